"""``concordance run --cohort`` and ``compare --cases``: tables of all cases, what is done again, what fails."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import nibabel
import numpy as np
import pydicom
import pytest

from SegmentationConcordanceLib.cohort import case_work
from SegmentationConcordanceLib.cohort.one_run import one_run_at_a_time
from SegmentationConcordanceLib.reporting.tables import read_agreement

TABLES = ("agreement.csv", "pairwise.csv", "cases.csv")
PATTERNS = "ct='{case}/ct.nii.gz'\n[[model]]\nsegmentation='{case}/full.nii.gz'\n"
DICOM_COHORT = """
ct = "{case}/ct"
[[model]]
segmentation = "{case}/models/moose/CT_organs*"
[[model]]
segmentation = "{case}/models/auto3dseg/*.nrrd"
model = "auto3dseg"
[settings]
surfaces = false
"""


@pytest.fixture(scope="session")
def harmonized(sample_cohort, tmp_path_factory):
    """Two cases of the sample after one run: the folder with cases and out."""
    folder = tmp_path_factory.mktemp("harmonized")
    for case in sample_cohort.cases[:2]:
        shutil.copytree(case.ct_folder, folder / "cases" / case.name / "ct")
        for model in ("moose", "auto3dseg"):
            shutil.copytree(case.ct_folder.parent / "models" / model, folder / "cases" / case.name / "models" / model)
    (folder / "cases" / "cohort.toml").write_text(DICOM_COHORT)
    return folder


@pytest.fixture
def run_dicom(concordance, harmonized, tmp_path):
    """run_dicom(...) -> the run of a copy of the two cases, which a test may change."""
    shutil.copytree(harmonized, tmp_path, dirs_exist_ok=True)

    def call(*words):
        cohort, out = tmp_path / "cases" / "cohort.toml", tmp_path / "out"
        return concordance("run", "--cohort", cohort, "--output", out, "--workers", 1, *words)

    if not (harmonized / "out").exists():
        assert call().code == 0
        shutil.copytree(tmp_path / "out", harmonized / "out")
    return call


@pytest.fixture
def run_nifti(concordance, nifti_cohort, tmp_path):
    def call(*words):
        words = ("--output", tmp_path / "out", "--workers", 1, "--no-surfaces", *words)
        return concordance("run", "--cohort", nifti_cohort, *words)

    return call


def state_of(folder: Path) -> dict[str, int]:
    """When each file below a folder was written."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()
    }


def changed(before: dict[str, int], after: dict[str, int]) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def failures(folder: Path) -> list[tuple[str, str, str]]:
    with (folder / "failures.csv").open(newline="", encoding="utf-8") as stream:
        return [(line["case"], line["step"], line["output"]) for line in csv.DictReader(stream)]


def test_a_cohort_becomes_segs_tables_and_a_report(run_dicom, concordance, tmp_path):
    out = tmp_path / "out"
    for name in ("SAMPLE-001", "SAMPLE-002"):
        segs = sorted(path.name for path in (out / "cases" / name / "segmentations").iterdir())
        assert segs == ["auto3dseg.dcm", "moose.dcm"]
        assert (out / "cases" / name / "consensus.dcm").is_file()
    rows = read_agreement(out / "agreement.csv")
    assert {(row.case, row.model) for row in rows} == {
        (case, model) for case in ("SAMPLE-001", "SAMPLE-002") for model in ("MOOSE", "Auto3DSeg")
    }
    assert "Concordance of 2 models on 2 cases" in (out / "report.html").read_text()
    segs = sorted((out / "cases" / "SAMPLE-001" / "segmentations").iterdir())
    ct = tmp_path / "cases" / "SAMPLE-001" / "ct"
    assert concordance("compare", "--ct", ct, "--seg", *segs, "--no-surfaces", "--output", tmp_path / "one").code == 0
    one = read_agreement(tmp_path / "one" / "agreement.csv")
    key = lambda row: (row.structure, row.model)  # noqa: E731
    assert sorted(one, key=key) == sorted((row for row in rows if row.case == "SAMPLE-001"), key=key)


def test_what_is_done_is_left_as_it_is(run_dicom, tmp_path):
    before = state_of(tmp_path / "out" / "cases")
    tables = [(tmp_path / "out" / name).read_bytes() for name in TABLES]
    outcome = run_dicom()
    assert (outcome.code, "2 unchanged" in outcome.out) == (0, True)
    assert changed(before, state_of(tmp_path / "out" / "cases")) == set()
    assert [(tmp_path / "out" / name).read_bytes() for name in TABLES] == tables


def test_new_times_of_the_same_content_change_nothing(run_dicom, tmp_path):
    for path in (tmp_path / "cases").rglob("*.nrrd"):
        path.touch()
    assert "2 unchanged" in run_dicom().out


def test_a_changed_output_is_done_again_and_nothing_else(run_dicom, tmp_path):
    before = state_of(tmp_path / "out" / "cases")
    (path,) = (tmp_path / "cases" / "SAMPLE-001" / "models" / "moose").glob("CT_organs*")
    image = nibabel.load(path)
    labels = np.asarray(image.dataobj).copy()
    labels[labels == labels[labels > 0].min()] = 0
    nibabel.save(nibabel.Nifti1Image(labels, image.affine, image.header), path)
    outcome = run_dicom()
    assert (outcome.code, "1 compared, 1 unchanged" in outcome.out) == (0, True)
    assert "segmentations/moose.dcm has another content than before" in outcome.out
    done = changed(before, state_of(tmp_path / "out" / "cases"))
    assert {name for name in done if name.endswith(".dcm")} == {
        "SAMPLE-001/segmentations/moose.dcm", "SAMPLE-001/consensus.dcm",
    }  # fmt: skip
    assert not any(name.startswith("SAMPLE-002") for name in done)


def test_overlapping_outputs_become_a_label_map_for_each_layer(concordance, sample_cohort, tmp_path):
    case = sample_cohort.cases[0]
    outputs = "".join(
        f"[[case.output]]\nsegmentation = '{case.ct_folder.parent / 'models' / model}'\nmodel = '{model}'\n"
        for model in ("cads", "multitalent")
    )
    (tmp_path / "cohort.toml").write_text(f"[[case]]\nname = 'A'\nct = '{case.ct_folder}'\n{outputs}")
    words = ["run", "--cohort", tmp_path / "cohort.toml", "--output", tmp_path / "out", "--workers", 1, "--no-surfaces"]
    segs = tmp_path / "out" / "cases" / "A" / "segmentations"

    def kinds():
        headers = {path.name: pydicom.dcmread(path, stop_before_pixels=True) for path in sorted(segs.iterdir())}
        return {name: (head.SegmentationType, head.SeriesInstanceUID) for name, head in headers.items()}

    assert concordance(*words).code == 0
    found = kinds()
    assert {name: kind for name, (kind, _) in found.items()} == dict.fromkeys(
        ("cads.dcm", "cads_2.dcm", "multitalent.dcm"), "LABELMAP"
    )
    assert len({uid for _, uid in found.values()}) == 3
    head = pydicom.dcmread(tmp_path / "out" / "cases" / "A" / "consensus.dcm", stop_before_pixels=True)
    assert head.SegmentationType == "LABELMAP"
    table = (tmp_path / "out" / "agreement.csv").read_bytes()
    assert "1 unchanged" in concordance(*words).out
    assert concordance(*words, "--kind", "binary").code == 0
    assert {name: kind for name, (kind, _) in kinds().items()} == {"cads.dcm": "BINARY", "multitalent.dcm": "BINARY"}
    assert (tmp_path / "out" / "agreement.csv").read_bytes() == table


def test_other_settings_compare_again_and_leave_the_segs(run_dicom, tmp_path):
    before = state_of(tmp_path / "out" / "cases")
    assert "2 compared" in run_dicom("--consensus", "at least").out
    done = changed(before, state_of(tmp_path / "out" / "cases"))
    assert {row.consensus for row in read_agreement(tmp_path / "out" / "agreement.csv")} == {"at least 2"}
    assert not any("segmentations" in name for name in done)


def test_a_result_that_somebody_changed_is_made_again(run_nifti, tmp_path):
    run_nifti()
    tables = [(tmp_path / "out" / name).read_bytes() for name in TABLES]
    path = tmp_path / "out" / "cases" / "P1" / "agreement.csv"
    path.write_text(path.read_text().replace("full", "fool"))
    assert "1 compared, 4 unchanged" in run_nifti().out
    assert [(tmp_path / "out" / name).read_bytes() for name in TABLES] == tables


def test_the_dice_of_each_case_is_that_of_its_boxes(run_nifti, tmp_path):
    assert run_nifti().code == 0
    rows = {(row.case, row.structure, row.model): row for row in read_agreement(tmp_path / "out" / "agreement.csv")}
    for number in range(5):  # full has 13 slices, fast 12 less one with each case; fast lies in full
        fast = 12 - number
        assert rows[f"P{number}", "liver", "full"].dice == pytest.approx(2 * fast / (13 + fast))
        assert rows[f"P{number}", "liver", "full"].volume_ml == pytest.approx(10 * 10 * 13 * 0.008)
        assert rows[f"P{number}", "spleen", "fast"].dice == 1


def test_one_bad_case_stops_no_other_and_is_counted(run_nifti, nifti_cohort, tmp_path):
    (nifti_cohort.parent / "P2" / "ct.nii.gz").write_bytes(b"no image")
    outcome = run_nifti()
    assert outcome.code == 2
    assert "of 5 cases 1 failed" in outcome.err
    assert failures(tmp_path / "out") == [("P2", "read", "")]
    assert {row.case for row in read_agreement(tmp_path / "out" / "agreement.csv")} == {"P0", "P1", "P3", "P4"}
    assert "1 of 5 cases could not be compared" in (tmp_path / "out" / "report.html").read_text()
    nifti_cohort.parent.joinpath("P2", "ct.nii.gz").write_bytes((nifti_cohort.parent / "P1/ct.nii.gz").read_bytes())
    assert run_nifti().code == 0
    assert not (tmp_path / "out" / "failures.csv").exists()


def test_a_case_that_fails_later_leaves_no_old_rows(run_nifti, nifti_cohort, tmp_path):
    run_nifti()
    (nifti_cohort.parent / "P2" / "ct.nii.gz").write_bytes(b"no image")
    assert run_nifti().code == 2
    assert not (tmp_path / "out" / "cases" / "P2" / "agreement.csv").exists()
    assert "P2" not in {row.case for row in read_agreement(tmp_path / "out" / "agreement.csv")}


def test_two_runs_of_one_model_without_names_are_said(run_nifti, nifti_cohort):
    lines = nifti_cohort.read_text().splitlines()
    nifti_cohort.write_text("\n".join(line for line in lines if not line.startswith("name")))
    outcome = run_nifti()
    joined = " several times; joined. Give each run a model name of its own to compare them.\n"
    assert outcome.out.count(joined) == 5
    assert "\nP0: TotalSegmentator 2.6: " in outcome.out


def test_one_bad_output_costs_that_model_only(run_nifti, nifti_cohort, tmp_path):
    (nifti_cohort.parent / "P3" / "fast.nii.gz").write_bytes(b"no labels")
    (nifti_cohort.parent / "P4" / "fast.nii.gz").unlink()
    outcome = run_nifti()
    assert outcome.code == 2
    assert "cases: 3 compared, 2 compared without some outputs\n" in outcome.out
    assert "of 5 cases 2 lack outputs that could not be used." in outcome.err
    assert "P3: 1 model, 2 structures." in outcome.out
    assert failures(tmp_path / "out") == [("P3", "read", "fast"), ("P4", "find", "fast")]
    rows = read_agreement(tmp_path / "out" / "agreement.csv")
    assert {row.model for row in rows if row.case in ("P3", "P4")} == {"full"}
    page = (tmp_path / "out" / "report.html").read_text()
    assert "Without some model, whose output could not be used: P3, P4" in page


def test_a_fault_of_the_program_is_one_case_s(run_nifti, tmp_path, monkeypatch):
    compare = case_work.compare_case

    def faulty(case, *args):
        if case == "P1":
            raise ZeroDivisionError("never so")
        return compare(case, *args)

    monkeypatch.setattr(case_work, "compare_case", faulty)
    assert run_nifti().code == 2
    assert failures(tmp_path / "out") == [("P1", "run", "")]
    assert "ZeroDivisionError: never so" in (tmp_path / "out" / "failures.csv").read_text()


def test_two_runs_in_one_folder_are_refused(run_nifti, tmp_path):
    (tmp_path / "out").mkdir()
    with one_run_at_a_time(tmp_path / "out"):
        outcome = run_nifti()
    assert (outcome.code, "another run is at work in it" in outcome.err) == (2, True)
    assert run_nifti().code == 0


def test_processes_give_the_same_bytes_as_one(run_nifti, tmp_path):
    run_nifti()
    tables = [(tmp_path / "out" / name).read_bytes() for name in TABLES]
    assert "5 compared" in run_nifti("--workers", 2, "--redo").out
    assert [(tmp_path / "out" / name).read_bytes() for name in TABLES] == tables


def test_compare_cases_by_patterns(concordance, nifti_cohort, tmp_path):
    words = ["compare", "--cases", nifti_cohort.parent, "--ct", "{case}/ct.nii.gz", "--no-surfaces", "--workers", 1]
    segs = ["--seg", "full={case}/full.nii.gz", "fast={case}/fast.nii.gz", "--model", "totalsegmentator_v2:total"]
    outcome = concordance(*words, *segs, "--output", tmp_path / "out")
    assert outcome.code == 0, outcome
    assert {row.case for row in read_agreement(tmp_path / "out" / "agreement.csv")} == {f"P{n}" for n in range(5)}
    assert "5 unchanged" in concordance(*words, *segs, "--output", tmp_path / "out").out


SEGS = ["--seg", "full={case}/full.nii.gz", "fast={case}/fast.nii.gz", "--model", "totalsegmentator_v2:total"]


def test_compare_cases_without_images_and_one_bad_output_among_them(concordance, nifti_cohort, tmp_path):
    (nifti_cohort.parent / "P3" / "fast.nii.gz").write_bytes(b"no labels")
    (nifti_cohort.parent / "P4" / "full.nii.gz").unlink()
    words = ["compare", "--cases", nifti_cohort.parent, *SEGS, "--no-surfaces", "--workers", 1]
    outcome = concordance(*words, "--output", tmp_path / "out")
    assert outcome.code == 2, outcome
    assert "cases: 3 compared, 2 compared without some outputs\n" in outcome.out
    assert failures(tmp_path / "out") == [("P3", "read", "fast"), ("P4", "find", "full")]
    rows = read_agreement(tmp_path / "out" / "agreement.csv")
    models = {case: {row.model for row in rows if row.case == case} for case in ("P0", "P3", "P4")}
    assert models == {"P0": {"full", "fast"}, "P3": {"full"}, "P4": {"fast"}}


def test_one_model_without_an_image_promises_no_consensus(concordance, nifti_cohort, tmp_path):
    words = ["compare", "--model", "totalsegmentator_v2:total", "--output", tmp_path / "out", "--seg"]
    one, other = (nifti_cohort.parent / "P0" / f"{name}.nii.gz" for name in ("full", "fast"))
    assert "consensus" not in concordance(*words, f"full={one}").out
    assert "the consensus is consensus.nii.gz" in concordance(*words, f"full={one}", f"fast={other}").out
    assert (tmp_path / "out" / "consensus.nii.gz").is_file()


def test_a_cohort_of_patterns_without_images(concordance, nifti_cohort, tmp_path):
    nifti_cohort.write_text(nifti_cohort.read_text().replace('ct = "{case}/ct.nii.gz"', ""))
    outcome = concordance(
        "run", "--cohort", nifti_cohort, "--output", tmp_path / "out", "--no-surfaces", "--workers", 1
    )
    assert outcome.code == 0, outcome
    assert {row.case for row in read_agreement(tmp_path / "out" / "agreement.csv")} == {f"P{n}" for n in range(5)}


def test_patterns_that_nothing_tells_apart(refused, nifti_cohort, tmp_path):
    words = ["compare", "--cases", nifti_cohort.parent, "--output", tmp_path / "out", "--model", "totalsegmentator_v2"]
    assert "nothing tells the cases apart" in refused(*words, "--seg", "P0/full.nii.gz", "{case}/fast.nii.gz")
    assert "matches nothing below" in refused(*words, "--seg", "{case}/none.nii.gz")


def test_a_file_that_nobody_recognizes_is_named_with_what_to_write(concordance, nifti_cohort, tmp_path):
    table = nifti_cohort.with_name("cohort.csv")
    table.write_text("case,segmentation,model,task\nP0,P0/full.nii.gz,,\nP0,P0/fast.nii.gz,totalsegmentator_v2,total\n")
    outcome = concordance("run", "--cohort", table, "--output", tmp_path / "out", "--no-surfaces", "--workers", 1)
    assert "P0 P0/full.nii.gz: failed (read)." in outcome.out
    assert "Name its label map: model in the cohort file;" in outcome.out


def test_many_cases_of_a_file_that_nobody_recognizes_are_told_the_option(concordance, nifti_cohort, tmp_path):
    words = ["compare", "--cases", nifti_cohort.parent, "--output", tmp_path / "out", "--workers", 1]
    outcome = concordance(*words, "--seg", "{case}/full.nii.gz", "{case}/fast.nii.gz")
    assert "Name its label map: --model LABELMAP[:TASK];" in outcome.out
    assert "cohort file" not in outcome.out


def test_cases_in_a_table_with_facts(concordance, nifti_cohort, tmp_path):
    table = nifti_cohort.with_name("cohort.csv")
    lines = ["case,ct,segmentation,model,task,name,kernel"]
    for name in ("P0", "P1"):
        lines += [
            f"{name},{name}/ct.nii.gz,{name}/{run}.nii.gz,totalsegmentator_v2,total,{run},B30f"
            for run in ("full", "fast")
        ]
    table.write_text("\n".join(lines) + "\n")
    out = tmp_path / "out"
    assert concordance("run", "--cohort", table, "--output", out, "--no-surfaces", "--workers", 1).code == 0
    assert (out / "cases.csv").read_text() == "case,compared,failed,study_uid,kernel\nP0,yes,,,B30f\nP1,yes,,,B30f\n"
    assert "B30f" in (out / "report.html").read_text()


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("ct = ", "is no TOML"),
        ("cts = 'x'", "has the unknown 'cts'"),
        ("ct = '{case}/ct'", "names no [[model]]"),
        ("folder = '.'", "names no cases"),
        (f"{PATTERNS}[settings]\nmetod='x'", "unknown 'metod'"),
        (f"{PATTERNS}[settings]\nat_least='x'", "is no int"),
        (f"{PATTERNS}[settings]\nkind='bitmap'", "kind = 'bitmap' is not known. There are binary, labelmap, auto"),
        ("[[case]]\nct = 'P0/ct.nii.gz'", "has no name"),
        ("[[case]]\nname='A'\n[[case]]\nname='a'", "several cases are called"),
    ],
)  # fmt: skip
def test_a_cohort_file_that_cannot_be_meant(refused, nifti_cohort, tmp_path, text, fact):
    nifti_cohort.write_text(text)
    assert fact in refused("run", "--cohort", nifti_cohort, "--output", tmp_path / "out")
    assert not (tmp_path / "out").exists()
