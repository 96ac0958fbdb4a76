"""findings.csv: written and read again."""

from __future__ import annotations

import csv

import pytest

from SegmentationConcordanceLib.agreement.finding import Finding, finding_json
from SegmentationConcordanceLib.agreement.finding_kinds import KINDS, NUMBERS
from SegmentationConcordanceLib.agreement.table import PRESENCES, STATUSES
from SegmentationConcordanceLib.errors import ConcordanceError
from SegmentationConcordanceLib.reporting.finding_tables import read_findings, write_findings


def finding(**changes) -> Finding:
    values = {
        "kind": "label_shift",
        "case": 'a, "b"',
        "structures": ("SCT:1626008", "SCT:53733008"),
        "names": ("vertebrae_T3", "vertebrae_T2"),
        "models": ("MOOSE",),
        "others": ("CADS", "=cmd()"),
        "sentence": 'a, "b", T3: one\nline',
        "lead": 'a, "b", T3',
        "numbers": {"levels": -1.0, "share": 1 / 3},
        "place_ras": (1.25, -2.5, 1e-3),
        "confidence": 0.9,
        "severity": 0.123456789,
        "cases": ("a", "c"),
        "is_blamed": False,
        "suspects": ("MOOSE",),
        "is_cut": True,
    }
    return Finding(**{**values, **changes})


def test_what_is_written_is_read_again(tmp_path):
    found = [finding(), finding(place_ras=None, numbers={}, others=(), cases=(), is_blamed=True)]
    write_findings(tmp_path / "findings.csv", found)
    assert read_findings(tmp_path / "findings.csv") == found
    write_findings(tmp_path / "none.csv", [])
    assert read_findings(tmp_path / "none.csv") == []


def test_a_table_with_the_former_name_of_a_kind_is_read(tmp_path):
    write_findings(tmp_path / "findings.csv", [finding(kind="ends_early")])
    text = (tmp_path / "findings.csv").read_text(encoding="utf-8")
    assert ",ends_early,Ends early," in text
    (tmp_path / "findings.csv").write_text(text.replace(",ends_early,", ",truncated,"), encoding="utf-8")
    assert read_findings(tmp_path / "findings.csv") == [finding(kind="ends_early")]


def test_a_table_without_suspects_is_read_and_those_who_are_blamed_are_suspects(tmp_path):
    pair = finding(models=("A", "B"), suspects=("A",), others=())
    write_findings(tmp_path / "findings.csv", [pair, finding(is_blamed=True)])
    lines = csv.DictReader((tmp_path / "findings.csv").read_text(encoding="utf-8").splitlines())
    kept = [{name: cell for name, cell in line.items() if name != "suspects"} for line in lines]
    with (tmp_path / "before.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, kept[0])
        writer.writeheader()
        writer.writerows(kept)
    before, blamed = read_findings(tmp_path / "before.csv")
    assert (before.suspects, before.in_doubt, before.whose) == ((), ("A", "B"), "A and B")
    assert (blamed.suspects, blamed.in_doubt, blamed.whose) == (("MOOSE",), ("MOOSE",), "MOOSE")
    assert (pair.suspects, pair.in_doubt, pair.whose) == (("A",), ("A", "B"), "A or B")


def test_what_a_finding_says_of_a_model():
    """Of low agreement the two that agree least are in doubt, and neither is said to fail."""
    three = {"models": ("A", "B", "C"), "others": ()}
    low = finding(kind="low_agreement", suspects=("A", "C"), **three)
    tie = finding(kind="missing", suspects=("A",), **three)
    blamed = finding(kind="missing", is_blamed=True, models=("A",))
    assert [one.in_doubt for one in (low, tie, blamed)] == [("A", "C"), ("A", "B", "C"), ("A",)]
    assert [one.whose for one in (low, tie, blamed)] == ["A and C", "A, or B and C", "A"]
    assert [[model for model in "ABC" if one.names_failure_of(model)] for one in (low, tie, blamed)] == [
        [],
        ["A"],
        ["A"],
    ]


def test_no_kind_is_called_as_a_status():
    assert KINDS.keys().isdisjoint({*STATUSES, *PRESENCES} - {"missing"})


def test_names_that_look_like_a_list_are_read_again(tmp_path):
    names = ("a | b", "| c", "d |", "SCT:1|SCT:2", "e\\", "f\\| g", "\\", "h\\|i", "|")
    write_findings(tmp_path / "findings.csv", [finding(structures=names, names=names, models=names, cases=names)])
    (read,) = read_findings(tmp_path / "findings.csv")
    assert (read.structures, read.names, read.models, read.cases) == (names,) * 4


@pytest.mark.parametrize(
    ("old", "new", "fact"),
    [
        ("label_shift", "nonsense", "line 3: 'nonsense' is no kind of finding"),
        ("0.123456789", "much", "column severity: 'much' is not a number"),
        ("kind", "sort", "has no column kind"),
    ],
)
def test_a_table_that_is_none_names_line_and_column(tmp_path, old, new, fact):
    write_findings(tmp_path / "findings.csv", [finding()])
    text = (tmp_path / "findings.csv").read_text(encoding="utf-8").replace(old, new, 1)
    (tmp_path / "findings.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ConcordanceError, match=fact.replace("(", r"\(")):
        read_findings(tmp_path / "findings.csv")


def test_unknown_kinds_and_numbers_cannot_be_made():
    with pytest.raises(ValueError, match="no such kind"):
        finding(kind="other")
    with pytest.raises(ValueError, match="no such kind"):
        finding(numbers={"miles": 1.0})


def test_codes_fit_dicom_and_every_number_is_declared():
    values = [kind.code.value for kind in KINDS.values()] + [number.code.value for number in NUMBERS.values()]
    assert all(len(value) <= 16 for value in values)
    assert len(set(values)) == len(values)
    assert {key for kind in KINDS.values() for key in kind.numbers} <= NUMBERS.keys()


def test_json_holds_every_field():
    told = finding_json(finding())
    assert told["title"] == "Names shifted"
    assert told["model"] == "MOOSE"
    assert (told["suspects"], told["in_doubt"], told["whose"]) == (["MOOSE"], ["MOOSE"], "MOOSE")
    assert told["place_ras"] == [1.25, -2.5, 0.0]
    assert told["numbers"] == {"levels": -1.0, "share": 0.3333}
