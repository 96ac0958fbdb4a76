"""concordance harmonize over the cases of a folder tree."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
from pathlib import Path

import pydicom
import pytest

from SegmentationConcordanceLib.cohort import harmonize_cases

MOOSE_ORGANS = "{case}/models/moose/CT_organs_*.nii.gz"


def rows_of(folder: Path) -> dict[tuple[str, str], dict[str, str]]:
    """The table by case and input."""
    with (folder / "harmonized.csv").open(newline="", encoding="utf-8") as stream:
        return {(row["case"], row["input"]): row for row in csv.DictReader(stream)}


def segs_below(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.dcm"))


@pytest.fixture(scope="session")
def sample_tree(sample_cohort, tmp_path_factory) -> Path:
    """Two cases with a file of MOOSE, one of Auto3DSeg and the folder of MultiTalent."""
    tree = tmp_path_factory.mktemp("tree")
    for case in sample_cohort.cases[:2]:
        shutil.copytree(case.ct_folder, tree / case.name / "ct")
        source = case.ct_folder.parent / "models"
        for path in ("auto3dseg", "multitalent"):
            shutil.copytree(source / path, tree / case.name / "models" / path)
        (moose,) = (source / "moose").glob("CT_organs_*")
        (tree / case.name / "models" / "moose").mkdir()
        shutil.copy(moose, tree / case.name / "models" / "moose")
    return tree


@pytest.fixture
def tree(sample_tree, tmp_path) -> Path:
    """A copy that a test may change; the CT files are links."""
    copy = tmp_path / "cases"
    shutil.copytree(sample_tree, copy, copy_function=os.link)
    return copy


@pytest.fixture
def call(concordance, tree, tmp_path):
    """call(...) -> harmonize of the tree into tmp_path/out, with MOOSE's organs unless other words are given."""

    def harmonize(*words, segmentation=MOOSE_ORGANS, ct="{case}/ct", output=None):
        given = ("--segmentation", segmentation) if segmentation else ()
        output = output or tmp_path / "out"
        return concordance("harmonize", "--cases", tree, "--ct", ct, *given, "--output", output, *words)

    return harmonize


def change(path: Path, data: bytes) -> None:
    """Write a file anew, not through the link."""
    path.unlink()
    path.write_bytes(data)


def test_every_case_becomes_a_seg_and_a_row(call, tmp_path):
    outcome = call("--model", "moose")
    assert (outcome.code, outcome.err) == (0, "")
    assert segs_below(tmp_path / "out") == ["SAMPLE-001/moose.dcm", "SAMPLE-002/moose.dcm"]
    rows = rows_of(tmp_path / "out")
    for case in ("SAMPLE-001", "SAMPLE-002"):
        row = rows[case, f"{case}/models/moose/CT_organs_segmentation_{case}.nii.gz"]
        assert (row["model"], row["task"], row["status"], row["reason"]) == ("moose", "clin_ct_organs", "written", "")
        seg = pydicom.dcmread(tmp_path / "out" / row["output"], stop_before_pixels=True)
        assert (row["output"], row["segments"]) == (f"{case}/moose.dcm", str(len(seg.SegmentSequence)))
        assert float(row["seconds"]) >= 0
        assert seg.PatientID == case


def test_runs_told_apart_by_a_placeholder_and_recognized_each(call, tmp_path):
    outcome = call("--json", segmentation="{case}/models/{run}")
    assert outcome.code == 0
    summary = outcome.json()
    assert (summary["written"], summary["unchanged"], summary["failed"]) == (6, 0, 0)
    assert {(row["output"], row["model"]) for row in summary["rows"] if row["case"] == "SAMPLE-002"} == {
        (f"SAMPLE-002/{name}.dcm", name) for name in ("auto3dseg", "moose", "multitalent")
    }
    reasons = {row["model"]: row["reason"] for row in summary["rows"]}
    assert '"auto3dseg" names Auto3DSeg' in reasons["auto3dseg"]
    assert "is called as MOOSE calls its files" in reasons["moose"]


def test_several_models_by_a_plan(call, tree, tmp_path):
    plan = tmp_path / "plan.csv"
    plan.write_text(
        f"segmentation,model,task,name\n{MOOSE_ORGANS},moose,clin_ct_organs,Run 7\n{{case}}/models/auto3dseg/*,,,\n",
        encoding="utf-8",
    )
    outcome = call("--plan", plan, segmentation=None, output=tmp_path / "out" / "{case}_{model}.dcm")
    assert (outcome.code, outcome.err) == (0, "")
    assert segs_below(tmp_path / "out") == [
        f"SAMPLE-00{number}_{name}.dcm" for number in (1, 2) for name in ("Run_7", "auto3dseg")
    ]
    seg = pydicom.dcmread(tmp_path / "out" / "SAMPLE-001_Run_7.dcm", stop_before_pixels=True)
    assert seg.SegmentSequence[0].SegmentAlgorithmName == "Run 7"


def test_a_line_of_the_plan_that_matches_nothing_stops_no_other(call, tree, tmp_path):
    plan = tmp_path / "plan.csv"
    plan.write_text(f"segmentation,model,task\n{MOOSE_ORGANS},moose,clin_ct_organs\n{{case}}/none/*,moose,\n")
    assert call("--plan", plan, segmentation=None).code == 2
    assert len(segs_below(tmp_path / "out")) == 2
    table = (tmp_path / "out" / "harmonized.csv").read_text(encoding="utf-8-sig")
    assert table.count("segmentation '{case}/none/*' matches nothing below") == 2


def statuses(tmp_path):
    return [row["status"] for row in rows_of(tmp_path / "out").values()]


def test_what_is_done_is_not_done_again(call, tmp_path):
    call("--model", "moose")
    times = [path.stat().st_mtime_ns for path in sorted((tmp_path / "out").rglob("*.dcm"))]
    outcome = call("--model", "moose", "--json")
    assert (outcome.code, outcome.json()["unchanged"], outcome.json()["written"]) == (0, 2, 0)
    assert [path.stat().st_mtime_ns for path in sorted((tmp_path / "out").rglob("*.dcm"))] == times
    assert call("--model", "moose", "--redo", "--json").json()["written"] == 2
    assert [path.stat().st_mtime_ns for path in sorted((tmp_path / "out").rglob("*.dcm"))] != times


CHANGES = {
    "the segmentation": lambda tree, out: next((tree / "SAMPLE-001/models/moose").iterdir()),
    "an image": lambda tree, out: sorted((tree / "SAMPLE-001/ct").iterdir())[3],
    "the output": lambda tree, out: out / "SAMPLE-001/moose.dcm",
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_of_any_file_is_noticed(call, tree, tmp_path, what):
    call("--model", "moose")
    path = CHANGES[what](tree, tmp_path / "out")
    data = path.read_bytes()
    change(path, data)
    later = path.stat().st_mtime_ns + 10**9
    os.utime(path, ns=(later, later))
    assert call("--model", "moose").code == 0
    assert sorted(statuses(tmp_path)) == ["unchanged", "written"]


def test_another_label_map_or_name_is_noticed(call, tmp_path, repository):
    call("--model", "moose")
    assert call("--model", "moose", "--name", "other", "--json").json()["written"] == 2
    assert len(segs_below(tmp_path / "out")) == 4
    shipped = repository / "CrossSegmentationExplorer/SegmentationConcordanceLib/anatomy/labelmaps/moose.csv"
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "moose.csv").write_text(shipped.read_text(encoding="utf-8").replace("#9d6ca2", "#9d6ca3"))
    outcome = call("--model", "moose", "--labelmaps", tmp_path / "maps", "--json")
    assert outcome.json()["written"] == 2
    assert any("takes the place of the program's own label map moose" in note for note in outcome.json()["notes"])
    assert outcome.err.count("takes the place") == 1


def test_one_bad_case_does_not_stop_the_others(call, tree, tmp_path):
    path = next((tree / "SAMPLE-001/models/moose").iterdir())
    change(path, path.read_bytes()[:-200])
    outcome = call("--model", "moose", "--json")
    assert outcome.code == 2
    (line,) = outcome.err.splitlines()
    assert "1 of 2 outputs failed" in line
    assert "harmonized.csv" in line
    bad, good = json.loads(outcome.out)["rows"]
    assert (bad["case"], bad["status"], bad["segments"]) == ("SAMPLE-001", "failed", "")
    assert "truncated" in bad["reason"]
    assert good["status"] == "written"
    assert segs_below(tmp_path / "out") == ["SAMPLE-002/moose.dcm"]


def test_a_failure_says_that_an_older_file_is_still_there(call, tree, tmp_path):
    call("--model", "moose")
    path = next((tree / "SAMPLE-001/models/moose").iterdir())
    change(path, b"")
    assert call("--model", "moose").code == 2
    row = next(iter(rows_of(tmp_path / "out").values()))
    assert row["reason"].endswith("is still there, as it was.")
    assert (row["made_from"], row["stamp"]) == ("", "")


def test_a_fault_of_the_program_on_one_case_costs_no_other(call, tmp_path, monkeypatch):
    read = harmonize_cases.output_on_grid

    def faulty(paths, *args):
        if "SAMPLE-001" in str(paths[0]):
            raise ZeroDivisionError("never so")
        return read(paths, *args)

    monkeypatch.setattr(harmonize_cases, "output_on_grid", faulty)
    with pytest.raises(ZeroDivisionError):  # the program then ends with its traceback and exit code 1
        call("--model", "moose")
    first, second = rows_of(tmp_path / "out").values()
    assert (first["status"], "ZeroDivisionError: never so" in first["reason"]) == ("failed", True)
    assert second["status"] == "written"


def test_what_was_missing_and_came_later_takes_the_place_of_its_row(call, tree, tmp_path):
    moved = (tree / "SAMPLE-001/models/moose").rename(tmp_path / "later")
    assert call("--model", "moose").code == 2
    assert sorted(statuses(tmp_path)) == ["failed", "written"]
    moved.rename(tree / "SAMPLE-001/models/moose")
    assert call("--model", "moose").code == 0
    assert sorted(statuses(tmp_path)) == ["unchanged", "written"]


def test_what_is_missing_or_double_is_a_row_too(call, tree, tmp_path):
    shutil.rmtree(tree / "SAMPLE-001/models/moose")
    shutil.copytree(tree / "SAMPLE-002/ct", tree / "SAMPLE-002/ct2")
    outcome = call("--model", "moose", ct="{case}/ct*")
    assert outcome.code == 2
    first, second = rows_of(tmp_path / "out").values()
    assert first["reason"].startswith(f"SAMPLE-001: there is nothing that matches '{MOOSE_ORGANS}'")
    assert "2 places match '{case}/ct*'" in second["reason"]
    shutil.rmtree(tree / "SAMPLE-002/ct")
    shutil.rmtree(tree / "SAMPLE-002/ct2")
    assert call("--model", "moose").code == 2
    assert "there are no images" in [*rows_of(tmp_path / "out").values()][1]["reason"]


def test_a_model_that_nobody_can_tell_is_asked_for(call, sample_cohort, tree, tmp_path):
    (source,) = (sample_cohort.cases[0].ct_folder.parent / "models/totalsegmentator_v2").iterdir()
    (tree / "SAMPLE-001/models/ts").mkdir()
    shutil.copy(source, tree / "SAMPLE-001/models/ts/total.nii.gz")
    pattern = "{case}/models/ts/total.nii.gz"
    assert call(segmentation=pattern).code == 2
    row = rows_of(tmp_path / "out")["SAMPLE-001", "SAMPLE-001/models/ts/total.nii.gz"]
    assert row["status"] == "failed"
    assert "totalsegmentator_v2 total or totalsegmentator_v2_0 total" in row["reason"]
    assert "are other structures" in row["reason"]
    call("--model", "totalsegmentator_v2", segmentation=pattern)
    row = rows_of(tmp_path / "out")["SAMPLE-001", "SAMPLE-001/models/ts/total.nii.gz"]  # in the place of the failure
    assert (row["status"], row["output"]) == ("written", "SAMPLE-001/totalsegmentator_v2.dcm")


def test_two_outputs_of_one_name_are_refused(call, tree, tmp_path):
    for number in (1, 2):
        shutil.copytree(tree / "SAMPLE-001/models/auto3dseg", tree / f"SAMPLE-001/models/run{number}")
    outcome = call("--model", "auto3dseg", segmentation="{case}/models/{run}", output=tmp_path / "out/{case}.dcm")
    assert outcome.code == 2
    written = [row for row in rows_of(tmp_path / "out").values() if row["case"] == "SAMPLE-001"]
    assert any("is the output of" in row["reason"] for row in written)


@pytest.mark.parametrize("output", ["{tree}", "{tree}/segs"])
def test_outputs_among_the_cases_are_neither_cases_nor_inputs(call, tree, output):
    for case in tree.iterdir():  # images and segmentation side by side
        for path in [*(case / "ct").iterdir(), *(case / "models/moose").iterdir()]:
            path.rename(case / path.name)
    words = {"ct": "{case}", "segmentation": "{case}/CT_organs_*.nii.gz", "output": output.replace("{tree}", str(tree))}
    first = call("--model", "moose", "--json", **words).json()
    assert (first["written"], first["failed"]) == (2, 0)
    again = call("--model", "moose", "--json", **words).json()
    assert (again["unchanged"], again["written"], again["failed"]) == (2, 0, 0)


def test_two_cases_that_are_called_the_same_do_not_overwrite_each_other(call, tree, tmp_path):
    for old, new in (("SAMPLE-001", "a_b/c"), ("SAMPLE-002", "a/b_c")):
        (tree / new).parent.mkdir()
        (tree / old).rename(tree / new)
    words = {"ct": "{site}/{case}/ct", "segmentation": "{site}/{case}/models/moose/*.nii.gz"}
    for first in ("written", "unchanged"):
        assert call("--model", "moose", **words).code == 2
        seg = pydicom.dcmread(tmp_path / "out/a_b_c/moose.dcm", stop_before_pixels=True)
        rows = {row["input"].split("/")[0]: row for row in rows_of(tmp_path / "out").values()}
        assert (rows["a"]["status"], rows["a"]["output"], seg.PatientID) == (first, "a_b_c/moose.dcm", "SAMPLE-002")
        assert (rows["a_b"]["status"], rows["a_b"]["output"]) == ("failed", "")
        assert "is the output of a_b_c moose a/b_c/models/moose" in rows["a_b"]["reason"]


def test_no_output_takes_the_place_of_an_input(call, tree):
    files = sorted(tree.glob("*/models/moose/*.nii.gz"))
    before = [path.read_bytes() for path in files]
    for file in files:
        file.rename(file.with_name("organs.nii.gz"))
    words = {"segmentation": "{case}/models/moose/organs.nii.gz", "output": tree / "{case}/models/moose/organs.nii.gz"}
    outcome = call("--model", "moose", "--task", "clin_ct_organs", **words)
    assert outcome.code == 2 and "2 failed" in outcome.out
    assert [path.with_name("organs.nii.gz").read_bytes() for path in files] == before


@pytest.mark.skipif(os.name == "nt", reason="needs names of files that are no text: make test on Linux")
def test_a_name_that_is_no_text_stops_nobody(call, tree, tmp_path):
    (tree / "SAMPLE-002").rename(tree / os.fsdecode(b"bad\xff"))
    for status in ("written", "unchanged"):
        assert call("--model", "moose").code == 0
        rows = {row["case"]: row for row in rows_of(tmp_path / "out").values()}
        assert {case: (row["status"], row["output"]) for case, row in rows.items()} == {
            "SAMPLE-001": (status, "SAMPLE-001/moose.dcm"),
            "bad\\udcff": (status, "bad/moose.dcm"),
        }


def test_two_models_of_one_name_on_the_same_files_are_refused(call, tmp_path):
    plan = tmp_path / "plan.csv"
    lines = [f"{MOOSE_ORGANS},{model},,mine" for model in ("moose", "auto3dseg")]
    plan.write_text("\n".join(["segmentation,model,task,name", *lines]), encoding="utf-8")
    assert call("--plan", plan, segmentation=None).code == 2
    assert "is the output of SAMPLE-001 mine moose" in (tmp_path / "out/harmonized.csv").read_text(encoding="utf-8")


def test_interruption_keeps_what_is_done(call, tmp_path, monkeypatch):
    write = harmonize_cases.write_output_seg
    done = []

    def interrupted_at_the_second(path, *args, **options):
        if done:
            raise KeyboardInterrupt
        done.append(path)
        return write(path, *args, **options)

    monkeypatch.setattr(harmonize_cases, "write_output_seg", interrupted_at_the_second)
    outcome = call("--model", "moose")
    assert (outcome.code, outcome.err) == (130, "concordance: interrupted\n")
    assert "1 of 2 outputs are done; the same command goes on from here" in outcome.out
    assert statuses(tmp_path) == ["written"]
    monkeypatch.setattr(harmonize_cases, "write_output_seg", write)
    assert call("--model", "moose").code == 0
    assert statuses(tmp_path) == ["unchanged", "written"]


REFUSED = {
    "images": ({"ct": "{case}/xct"}, r"in \S+/\{case\} there is ct, models\."),
    "case": ({"ct": "ct"}, "does not tell the cases apart"),
    "segmentation": ({"segmentation": "{case}/models/none/*"}, "there is auto3dseg, moose, multitalent"),
    "no case": ({"segmentation": "SAMPLE-001/models/moose"}, r"has no \{case\}"),
    "outside": ({"segmentation": "../{case}"}, "is no path below a folder"),
    "stars": ({"segmentation": "{case}/**.gz"}, r"has \*\* beside other text"),
    "neither": ({"segmentation": None}, "is missing"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_patterns_that_cannot_be_meant(call, tmp_path, kind):
    words, fact = REFUSED[kind]
    outcome = call("--model", "moose", **words)
    assert outcome.code == 2
    (line,) = outcome.err.splitlines()
    assert re.search(fact, line), line
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "fact"),
    [
        (("--series", "1.2.3"), "is for a single case"),
        (("--model", "nonsense"), "is no label map"),
        (("--plan", "absent.csv"), "is what the lines of --plan say"),
    ],
)
def test_options_that_do_not_go_together(call, tmp_path, words, fact):
    outcome = call(*words)
    assert (outcome.code, outcome.out) == (2, "")
    assert fact in outcome.err
    assert not (tmp_path / "out").exists()


def test_a_plan_with_other_columns(call, tmp_path):
    plan = tmp_path / "plan.csv"
    plan.write_text("path,model\nx,moose\n", encoding="utf-8")
    outcome = call("--plan", plan, segmentation=None)
    assert "has no column segmentation" in outcome.err


def test_a_foreign_table_is_left_alone(call, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "harmonized.csv").write_text("a,b\n1,2\n")
    outcome = call("--model", "moose")
    assert (outcome.code, "is no table of harmonized cases" in outcome.err) == (2, True)
    assert (tmp_path / "out" / "harmonized.csv").read_text() == "a,b\n1,2\n"
