"""``concordance labelmaps``: its actions, their text, their summaries and what they refuse."""

from __future__ import annotations

import io
import json

import pytest

from SegmentationConcordanceLib.commands import labelmaps
from SegmentationConcordanceLib.commands.parser import Parser
from SegmentationConcordanceLib.commands.terminal import Terminal
from SegmentationConcordanceLib.errors import LabelMapTableError

UNSOUND = (
    "label,name,structure,category,type\n1,a,spleen,SCT:123037004 Anatomical Structure,SCT:78961008 Spleen\n0,,,,\n"
)


def call(*words: str, quiet: bool = False):
    parser = Parser()
    labelmaps.add_arguments(parser)
    parser.add_common_arguments()
    terminal = Terminal(quiet=quiet, out=io.StringIO(), err=io.StringIO())
    args = parser.parse_args(words)
    return args, terminal, lambda: labelmaps.run(args, terminal)


def test_list_names_every_map_in_aligned_columns():
    _, terminal, run = call("list")
    summary = run()
    lines = terminal.out.getvalue().splitlines()
    assert [line.split()[0] for line in lines[1:]] == [one["name"] for one in summary["label_maps"]]
    assert lines[0].index("title") == lines[1].index("AIMI (BAMF)")
    assert {one["name"]: one["labels"] for one in summary["label_maps"]}["totalsegmentator_v2_0"] == 117


def test_show_one_task():
    _, terminal, run = call("show", "totalsegmentator_v2", "--task", "kidney_cysts")
    summary = run()
    assert [label["name"] for label in summary["labels"]] == ["kidney_cyst_left", "kidney_cyst_right"]
    assert summary["labels"][0]["structure_key"] == "SCT:367643001||SCT:64033007|SCT:7771000"
    assert summary["labels"][0]["region_modifier"] == "SCT:7771000 Left"
    last = terminal.out.getvalue().splitlines()[-1].split()
    assert last[:5] == [
        "kidney_cysts",
        "2",
        "kidney_cyst_right",
        "kidney_cyst_right",
        summary["labels"][1]["structure_key"],
    ]
    assert last[5:8] == ["Cyst,", "Kidney,", "Right"]


@pytest.mark.parametrize("words", [("show", "nonsense"), ("show", "moose", "--task", "nonsense")])
def test_show_refuses_what_is_not_there(words):
    with pytest.raises(LabelMapTableError, match="nonsense"):
        call(*words)[2]()


def test_check_of_the_shipped_maps():
    _, terminal, run = call("check")
    assert run()["findings"] == []
    assert terminal.out.getvalue().startswith("sound: aimi, auto3dseg, cads, ")


def test_check_reports_one_line_each_and_refuses(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(UNSOUND, encoding="utf-8")
    _, terminal, run = call("check", str(path))
    with pytest.raises(LabelMapTableError, match=r"mine.csv: 7 findings"):
        run()
    lines = terminal.err.getvalue().splitlines()
    assert len(lines) == 7
    assert lines[0].startswith(f"{path}, line 2: code: type SCT:78961008 of a is no SNOMED CT concept")
    assert terminal.out.getvalue() == ""


def test_check_with_json_gives_the_findings_as_data(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(UNSOUND, encoding="utf-8")
    _, terminal, run = call("check", str(path), quiet=True)
    with pytest.raises(LabelMapTableError):
        run()
    findings = json.loads(terminal.out.getvalue())["findings"]
    assert (findings[0]["line"], findings[0]["kind"]) == (2, "code")


@pytest.mark.parametrize("words", [("--json", "list"), ("list", "--json")])
def test_json_before_and_after_the_action(words):
    assert call(*words)[0].json is True
    assert call("list")[0].json is False
