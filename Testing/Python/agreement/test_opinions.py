"""Whom a finding blames where models are of one family: they are one opinion, of whatever kind the finding is."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from agreement.bricks import (
    LABEL,
    LEVELS,
    hole_in_the_liver,
    model,
    output_that_stops,
    scan,
    swapped_sides,
)
from SegmentationConcordanceLib.agreement.analysis import Analysis
from SegmentationConcordanceLib.agreement.families import is_outvoted
from SegmentationConcordanceLib.agreement.findings import findings_of, findings_of_cohort
from SegmentationConcordanceLib.agreement.table import AgreementRow, PairwiseRow
from SegmentationConcordanceLib.agreement.table_findings import worst_findings

NOBODY = "Nothing tells which of them is right."
SHARED = "which may share an error."


def no_liver(voxels: np.ndarray) -> None:
    voxels[voxels == LABEL["liver"]] = 0


def liver_with_a_ball(voxels: np.ndarray) -> None:
    k, j, i = np.indices(voxels.shape)
    voxels[((k - 40) ** 2 + (j - 12) ** 2 + (i - 44) ** 2 <= 25) & (voxels == 0)] = LABEL["liver"]


def kidney_with_a_plate(voxels: np.ndarray) -> None:
    """Two voxels thick: a piece apart, and no region that is deep enough to be a blob."""
    voxels[2:4, 2:10, 44:52] = LABEL["kidney_left"]


def larger_liver(voxels: np.ndarray) -> None:
    voxels[29:51, 3:21, 9:41][voxels[29:51, 3:21, 9:41] == 0] = LABEL["liver"]


def half_of_a_kidney(voxels: np.ndarray) -> None:
    voxels[14:26, 22:32, 44:54] = 0


def kidney_elsewhere(voxels: np.ndarray) -> None:
    voxels[voxels == LABEL["kidney_left"]] = 0
    voxels[40:56, 22:32, 44:54] = LABEL["kidney_left"]


def shifted_names(voxels: np.ndarray) -> None:
    for name, wrong in zip(LEVELS[1:], LEVELS):
        voxels[scan() == LABEL[name]] = LABEL[wrong]
    voxels[scan() == LABEL["vertebrae_T8"]] = 0


def rib_that_nobody_else_found(voxels: np.ndarray) -> None:
    voxels[50:55, 30:38, 50:58] = LABEL["rib_left_13"]


OF_VOXELS = {
    "missing": no_liver,
    "found_alone": rib_that_nobody_else_found,
    "false_blob": liver_with_a_ball,
    "hole": hole_in_the_liver,
    "boundary_offset": larger_liver,
    "implausible_place": kidney_elsewhere,
    "side_swapped": swapped_sides,
    "label_shift": shifted_names,
    "fragmented": kidney_with_a_plate,
    "ends_early": output_that_stops,
}


def of_voxels(kind: str, families: dict[str, str]):
    """Of Odd, which errs, and sound models of these families."""
    voxels = scan()
    OF_VOXELS[kind](voxels)
    models = [model("Odd", voxels), *(model(name, scan()) for name in families if name != "Odd")]
    analysis = Analysis(models, case="a", series_uid="")
    return next(one for one in findings_of("a", analysis.comparison, analysis.boxes, families) if one.kind == kind)


def rows_of(models: dict[str, str], **values) -> list[AgreementRow]:
    """Rows of models and their families, on the spleen; a value may be a mapping by model."""
    plain = {"status": "ok", "volume_ml": 90.0, "consensus_volume_ml": 60.0, "dice": 0.8}
    made = []
    for name, family in models.items():
        own = {key: value[name] if isinstance(value, dict) else value for key, value in {**plain, **values}.items()}
        made.append(
            AgreementRow(
                case="a", series_uid="", structure="spleen", structure_key="S", model=name, consensus="majority",
                n_models=len(models), jaccard=None, volume_ratio=None, family=family, **own,
            )
        )  # fmt: skip
    return made


def pairs_of(models, dice) -> list[PairwiseRow]:
    return [PairwiseRow("a", "spleen", "S", a, b, dice(a, b), 90.0, 90.0) for a, b in combinations(models, 2)]


def of_tables(kind: str, families: dict[str, str]):
    """Of Odd, which agrees with nobody, and others that agree."""
    empty = {"status": "empty_consensus", "dice": 0.0, "consensus_volume_ml": 0.0}
    rows = rows_of(families, **(empty if kind == "no_overlap" else {}))
    (finding,) = worst_findings(rows, pairs_of(families, lambda a, b: 0.1 if "Odd" in (a, b) else 0.9))
    return finding


KINDS = [*((of_voxels, kind) for kind in OF_VOXELS), (of_tables, "stands_apart"), (of_tables, "no_overlap")]
each_kind = pytest.mark.parametrize(("found", "kind"), KINDS, ids=[kind for _, kind in KINDS])


@each_kind
def test_two_of_one_family_are_no_majority(found, kind):
    finding = found(kind, {"Odd": "", "M0": "F", "M1": "F"})
    assert finding.kind == kind
    assert (finding.models, finding.others, finding.is_blamed) == (("Odd", "M0", "M1"), (), False)
    assert finding.suspects == ("Odd",)
    assert finding.sentence.endswith(f" The 2 others are of one family (F), {SHARED} {NOBODY}")


@each_kind
def test_nor_are_three(found, kind):
    finding = found(kind, {"Odd": "G", "M0": "F", "M1": "F", "M2": "F"})
    assert (finding.models, finding.is_blamed) == (("Odd", "M0", "M1", "M2"), False)
    assert finding.sentence.endswith(f" The 3 others are of one family (F), {SHARED} {NOBODY}")


@each_kind
@pytest.mark.parametrize(
    "families",
    [
        {"Odd": "", "M0": "", "M1": ""},
        {"Odd": "", "M0": "F", "M1": "F", "M2": ""},
        {"Odd": "F", "M0": "F", "M1": ""},
        {"Odd": "F", "M0": "F", "M1": "F"},
        {"Odd": "F", "M0": "F", "M1": "G", "M2": "G"},
    ],
    ids=["no family", "a family and one more", "its own family and one more", "its own family", "two families"],
)
def test_two_opinions_are_one_more_than_one(found, kind, families):
    finding = found(kind, families)
    others = tuple(name for name in families if name != "Odd")
    assert (finding.kind, finding.models, finding.others, finding.is_blamed) == (kind, ("Odd",), others, True)
    assert NOBODY not in finding.sentence


def test_the_confidence_is_lower_where_a_family_alone_is_against_one():
    for found, kind in KINDS:
        alone = found(kind, {"Odd": "", "M0": "F", "M1": "F"}).confidence
        assert alone < found(kind, {"Odd": "", "M0": "", "M1": ""}).confidence


@pytest.mark.parametrize("families", [{"A": "F", "B": "F", "C": "G", "D": "G"}, {"A": "", "B": "", "C": "", "D": ""}])
def test_two_against_two_blames_nobody(families):
    without = scan()
    no_liver(without)
    models = [model(name, without if name in "AB" else scan()) for name in families]
    analysis = Analysis(models, case="a", series_uid="")
    (finding,) = findings_of("a", analysis.comparison, analysis.boxes, families)
    assert (finding.models, finding.is_blamed) == (("A", "B", "C", "D"), False)
    assert (finding.suspects, finding.whose) == (("A", "B"), "A and B, or C and D")
    assert finding.sentence.startswith("a, liver: A and B found nothing, the 2 others did")
    rows = rows_of(families, status={"A": "missing", "B": "missing", "C": "ok", "D": "ok"}, dice=None)
    (told,) = worst_findings(rows, [])
    assert (told.kind, told.models, told.is_blamed) == ("missing", ("A", "B", "C", "D"), False)
    assert told.suspects == ("A", "B")
    assert NOBODY in told.sentence


def test_two_that_stop_early_against_two_blame_nobody():
    stops = scan()
    output_that_stops(stops)
    models = [model(name, stops if name in "AB" else scan()) for name in "ABCD"]
    analysis = Analysis(models, case="a", series_uid="")
    finding = findings_of("a", analysis.comparison, analysis.boxes, {})[0]
    assert (finding.kind, finding.models, finding.is_blamed) == ("ends_early", ("A", "B", "C", "D"), False)


def test_a_model_that_found_nothing_does_not_speak_against_a_shape():
    """Of Odd and M0 nobody tells which kidney is right; that M1 has none is told apart."""
    voxels, without = scan(), scan()
    kidney_with_a_plate(voxels)
    without[without == LABEL["kidney_left"]] = 0
    models = [model("Odd", voxels), model("M0", scan()), model("M1", without)]
    analysis = Analysis(models, case="a", series_uid="")
    found = {one.kind: one for one in findings_of("a", analysis.comparison, analysis.boxes, {})}
    assert (found["fragmented"].models, found["fragmented"].is_blamed) == (("Odd", "M0"), False)
    assert (found["missing"].models, found["missing"].others) == (("M1",), ("Odd", "M0"))


def test_what_a_family_does_in_the_same_way_in_all_cases_is_told_of_all_models():
    voxels = scan()
    larger_liver(voxels)
    by_case = []
    for case in "abc":
        models = [model("Odd", voxels), *(model(name, scan()) for name in ("M0", "M1"))]
        analysis = Analysis(models, case=case, series_uid="")
        by_case.append(findings_of(case, analysis.comparison, analysis.boxes, {"M0": "F", "M1": "F"}))
    (finding,) = findings_of_cohort(by_case)
    assert (finding.kind, finding.models, finding.is_blamed) == ("other_definition", ("Odd", "M0", "M1"), False)
    assert "liver in 3 cases: Odd, M0 and M1 differ in the same way in every case. In a: the boundary of Odd" in (
        finding.sentence
    )


def test_the_agreement_of_a_family_with_itself_does_not_set_another_apart():
    """Of O, P and two of one family all pairs have 0.7 but P with the family, 0.73, and the family itself, 0.95."""
    models = {"O": "", "P": "", "F1": "F", "F2": "F"}

    def dice(a: str, b: str) -> float:
        return 0.95 if {a, b} == {"F1", "F2"} else 0.73 if "P" in (a, b) and "O" not in (a, b) else 0.7

    (finding,) = worst_findings(rows_of(models), pairs_of(models, dice))
    assert (finding.kind, finding.models, finding.is_blamed) == ("low_agreement", tuple(models), False)
    no_family = dict.fromkeys(models, "")
    (finding,) = worst_findings(rows_of(no_family), pairs_of(models, dice))
    assert (finding.kind, finding.models, finding.is_blamed) == ("stands_apart", ("O",), True)
    assert finding.numbers["others_dice"] == pytest.approx((0.95 + 2 * 0.73) / 3)


@pytest.mark.parametrize(
    ("models", "others", "families", "outvoted"),
    [
        ("A", "", "", False),
        ("A", "B", "", False),
        ("A", "BC", "", True),
        ("AB", "CD", "", False),
        ("A", "BC", "BC", False),
        ("A", "BCD", "BC", True),
        ("A", "BC", "AB", True),
        ("A", "BC", "ABC", True),
        ("AB", "C", "BC", False),
        ("AB", "CD", "AB", True),
        ("AB", "CDE", "CDE", False),
    ],
)
def test_a_family_is_one_opinion_unless_it_is_on_both_sides(models, others, families, outvoted):
    assert is_outvoted(tuple(models), tuple(others), dict.fromkeys(families, "F")) == outvoted
