"""``concordance cohort init`` and ``check``: cases of folder trees of several layouts, problems before the work."""

from __future__ import annotations

import csv
import shutil

import pydicom
import pytest

from imaging.test_rtstruct import contour, rtstruct, square
from SegmentationConcordanceLib.cohort.case_comparison import Settings
from SegmentationConcordanceLib.cohort.case_work import segs_of
from SegmentationConcordanceLib.cohort.cases import CaseOutput
from SegmentationConcordanceLib.cohort.cohort_file import read_cohort
from SegmentationConcordanceLib.cohort.found_cases import found_cases
from SegmentationConcordanceLib.imaging.image_series import read_image_series


@pytest.fixture(scope="session")
def organs(sample_cohort):
    """By case: the CT's folder, its series UID, and MOOSE's organs."""
    return [
        (case.name, case.ct_folder, read_image_series(case.ct_folder).series_uid, path)
        for case in sample_cohort.cases[:2]
        for path in (case.ct_folder.parent / "models" / "moose").glob("CT_organs*")
    ]


def patient_folders(root, organs):
    for name, ct, _, path in organs:
        shutil.copytree(ct, root / name / "ct")
        (root / name / "moose").mkdir()
        shutil.copy(path, root / name / "moose")


def idc(root, organs):
    for name, ct, uid, path in organs:
        shutil.copytree(ct, root / "idc" / name / "1.2.3" / uid)
        (root / "outputs" / "moose" / uid).mkdir(parents=True)
        shutil.copy(path, root / "outputs" / "moose" / uid)


def model_folders(root, organs):
    for _, ct, uid, path in organs:
        shutil.copytree(ct, root / "dicom" / uid)
        (root / "moose").mkdir(exist_ok=True)
        shutil.copy(path, root / "moose" / f"{uid}.nii.gz")


@pytest.mark.parametrize("layout", [patient_folders, idc, model_folders])
def test_init_finds_the_outputs_of_each_series(concordance, organs, tmp_path, layout):
    root = tmp_path / "tree"
    layout(root, organs)
    outcome = concordance("cohort", "init", root)
    assert outcome.code == 0, outcome
    assert "2 cases with 2 outputs" in outcome.out
    with (root / "cohort.csv").open(newline="") as stream:
        lines = list(csv.DictReader(stream))
    assert [line["model"] for line in lines] == ["moose", "moose"]
    for line in lines:
        uid = read_image_series(root / line["ct"]).series_uid
        (source,) = (path for _, _, other, path in organs if other == uid)
        found = root / line["segmentation"]
        (found,) = found.iterdir() if found.is_dir() else (found,)
        assert found.read_bytes() == source.read_bytes()
        assert line["patient_id"] == source.parents[2].name
    told = layout is not model_folders  # a file that is called as its series tells no task of MOOSE
    outcome = concordance("cohort", "check", root / "cohort.csv")
    assert (outcome.code, "which task of MOOSE" in outcome.out) == ((0, False) if told else (2, True))


def test_init_takes_a_seg_to_the_series_that_it_names(concordance, organs, tmp_path):
    (_, ct, _, path), (_, other, _, _) = organs
    root = tmp_path / "tree"
    shutil.copytree(ct, root / "a")
    shutil.copytree(other, root / "b")
    words = ["harmonize", "--ct", ct, "--model", "moose", "--segmentation", path]
    assert concordance(*words, "--output", root / "b" / "seg.dcm").code == 0
    assert concordance("cohort", "init", root).code == 0
    with (root / "cohort.csv").open(newline="") as stream:
        lines = [(line["ct"], line["segmentation"]) for line in csv.DictReader(stream)]
    assert lines == [("a", "b/seg.dcm"), ("b", "")]
    outcome = concordance("cohort", "check", root / "cohort.csv")
    assert "  MOOSE: 1 output\n" in outcome.out
    assert "1 problem in 1 of 2 cases" in outcome.err  # b has no output


def test_init_takes_contours_to_the_series_that_they_were_drawn_on(concordance, organs, tmp_path):
    (_, ct, uid, _), (_, other, _, _) = organs
    root = tmp_path / "tree"
    shutil.copytree(ct, root / "a")
    shutil.copytree(other, root / "b")
    grid = read_image_series(ct).geometry
    rtstruct(root / "b" / "rt.dcm", [("Heart", [contour(square(15.5, 35.5), 15, grid)])], uid)
    assert "2 cases with 1 output\n" in concordance("cohort", "init", root).out
    with (root / "cohort.csv").open(newline="") as stream:
        lines = [(line["ct"], line["segmentation"]) for line in csv.DictReader(stream)]
    assert lines == [("a", "b/rt.dcm"), ("b", "")]
    assert "  RT Structure Set: 1 output\n" in concordance("cohort", "check", root / "cohort.csv").out


def test_init_leaves_out_the_truth_of_the_sample_and_says_so(concordance, sample_cohort, tmp_path):
    table = tmp_path / "cohort.csv"
    outcome = concordance("cohort", "init", sample_cohort.folder, "--output", table)
    assert outcome.code == 0, outcome
    assert "truth.nii.gz" not in table.read_text()
    names = ", ".join(f"{case.name}/truth.nii.gz" for case in sample_cohort.cases)
    assert f"left out, as their names say image or reference and not a model's output: {names}." in outcome.out
    assert concordance("cohort", "check", table).code == 0


def test_init_takes_a_truth_that_is_named(concordance, sample_cohort, tmp_path):
    table = tmp_path / "cohort.csv"
    outcome = concordance("cohort", "init", sample_cohort.folder, "--segmentation", "*/truth.nii.gz", "--output", table)
    assert table.read_text().count("truth.nii.gz") == len(sample_cohort.cases)
    assert "left out" not in outcome.out


@pytest.mark.parametrize(
    "name",
    [
        "P1/truth.nii.gz",
        "P1/GroundTruth.nrrd",
        "P1/P1_ground-truth.nii.gz",
        "P1/P1_GT.mha",
        "P1/reference_standard.seg.nrrd",
        "P1/label.nii.gz",
        "P1/labels-P1.nii.gz",
        "P1/P1_labels.nii",
        "ground truth/P1.nii.gz",
        "gt/P1/heart.nii.gz",
        "labelsTr/P1.nii.gz",
        "labels/P1_label.nii.gz",
    ],
)
def test_a_file_that_is_called_a_reference_is_no_output(tmp_path, name):
    found = found_cases(tree(tmp_path, "P1/ct.nii.gz", "P1/moose/heart.nii.gz", name))
    assert found.references == (tmp_path / name,)
    assert [one.paths for case in found.cases for one in case.outputs] == [(tmp_path / "P1/moose/heart.nii.gz",)]


@pytest.mark.parametrize(
    "name",
    [
        "P1/moose/labels.nii.gz",  # in a folder of its own, so a model may call it so
        "P1/total_labels.nii.gz",
        "moose/labels/P1.nii.gz",
        "labels/total.nii.gz",
        "P1/rights.nii.gz",
        "P1/preferences.nii.gz",
    ],
)
def test_a_file_that_may_be_of_a_model_is_an_output(tmp_path, name):
    found = found_cases(tree(tmp_path, "P1/ct.nii.gz", name))
    assert found.references == ()
    assert [one.paths for case in found.cases for one in case.outputs] == [(tmp_path / name,)]


def test_a_patient_who_is_called_as_a_reference_keeps_the_outputs(tmp_path):
    found = found_cases(tree(tmp_path, "GT_1/ct.nii.gz", "GT_2/ct.nii.gz", "GT_1/a.nii.gz", "moose/GT_2.nii.gz"))
    assert [(case.name, len(case.outputs)) for case in found.cases] == [("GT_1", 1), ("GT_2", 1)]


def test_a_file_that_is_called_as_its_case_goes_to_that_case(tmp_path):
    found = found_cases(tree(tmp_path, "P1/ct.nii.gz", "P2/ct.nii.gz", "moose/P2.nii.gz", "moose/P1.nii.gz"))
    outputs = [path for case in found.cases for one in case.outputs for path in one.paths]
    assert (outputs, found.alone) == ([tmp_path / "moose/P1.nii.gz", tmp_path / "moose/P2.nii.gz"], ())


def test_files_of_one_folder_that_are_called_after_different_models_are_different_outputs(tmp_path):
    names = ("TotalSegmentator.nii.gz", "moose.nii.gz", "cads_551.nii.gz", "cads_552.nii.gz", "own.nii.gz")
    (case,) = found_cases(tree(tmp_path, "P1/ct.nii.gz", *(f"P1/seg/{name}" for name in names))).cases
    assert sorted(sorted(path.name for path in one.paths) for one in case.outputs) == [
        ["TotalSegmentator.nii.gz"],
        ["cads_551.nii.gz", "cads_552.nii.gz"],
        ["moose.nii.gz"],
        ["own.nii.gz"],
    ]


def test_files_of_one_folder_that_tell_versions_of_a_model_are_different_outputs(tmp_path):
    names = ("totalsegmentator_v1.nii.gz", "totalsegmentator_v2_total.nii.gz", "totalsegmentator_v2_body.nii.gz")
    (case,) = found_cases(tree(tmp_path, "P1/ct.nii.gz", *(f"P1/seg/{name}" for name in names))).cases
    assert sorted(len(one.paths) for one in case.outputs) == [1, 2]


def test_init_names_the_files_of_an_output_where_others_lie_beside_them(concordance, tmp_path):
    """A folder stands for all its image files: those of another model, and a reference, would be read as well."""
    moose, ours = ["moose_a.nii.gz", "moose_b.nii.gz"], ["liver.nii.gz", "spleen.nii.gz"]
    tree(tmp_path, "P1/ct.nii.gz", *(f"P1/seg/{name}" for name in moose), *(f"P1/own/{name}" for name in ours))
    tree(tmp_path, "P1/seg/cads.nii.gz", "P2/ct.nii.gz", *(f"P2/own/{name}" for name in (*ours, "ground_truth.nii.gz")))
    assert concordance("cohort", "init", tmp_path).code == 0
    with (tmp_path / "cohort.csv").open(newline="") as stream:
        told = {line["segmentation"] for line in csv.DictReader(stream)}
    assert told == {
        "P1/own",
        "P1/seg/cads.nii.gz",
        ";".join(f"P1/seg/{name}" for name in moose),
        ";".join(f"P2/own/{name}" for name in ours),
    }


def test_files_of_structures_in_one_folder_are_one_output(tmp_path):
    names = ("liver.nii.gz", "spleen.nii.gz", "heart_atrium_left.nii.gz")
    (case,) = found_cases(tree(tmp_path, "P1/ct.nii.gz", *(f"P1/seg/{name}" for name in names))).cases
    assert [len(one.paths) for one in case.outputs] == [3]


def test_an_image_file_of_a_patient_without_dicom_is_a_case_beside_those_with_dicom(organs, tmp_path):
    shutil.copytree(organs[0][1], tmp_path / "P1" / "ct")
    found = found_cases(tree(tmp_path, "P1/models/liver.nii.gz", "P2/ct.nii.gz", "P2/models/heart.nii.gz"))
    told = {case.name: (case.image, [path.name for one in case.outputs for path in one.paths]) for case in found.cases}
    assert told == {
        "P1": (tmp_path / "P1" / "ct", ["liver.nii.gz"]),
        "P2": (tmp_path / "P2" / "ct.nii.gz", ["heart.nii.gz"]),
    }


def test_a_copy_of_a_dicom_series_as_an_image_file_is_no_output(organs, tmp_path):
    shutil.copytree(organs[0][1], tmp_path / "P1" / "ct")
    found = found_cases(tree(tmp_path, "P1/ct.nii.gz", "P1/models/heart.nii.gz"))
    assert [case.image for case in found.cases] == [tmp_path / "P1" / "ct"]
    assert [one.paths for one in found.cases[0].outputs] == [(tmp_path / "P1" / "models" / "heart.nii.gz",)]
    assert found.references == (tmp_path / "P1" / "ct.nii.gz",)


def test_an_output_that_is_called_as_an_image_stays_an_output_beside_dicom(organs, tmp_path):
    shutil.copytree(organs[0][1], tmp_path / "P1" / "ct")
    (case,) = found_cases(tree(tmp_path, "P1/moose/ct.nii.gz", "totalsegmentator_v2/P1/scan.nii.gz")).cases
    assert {one.paths[0].name for one in case.outputs} == {"ct.nii.gz", "scan.nii.gz"}


def test_patterns_of_outputs_leave_image_files_images(tmp_path):
    root = tree(tmp_path, "P1/ct.nii.gz", "P1/models/heart.nii.gz", "P1/more/heart.nii.gz")
    (case,) = found_cases(root, ["*/models/*"]).cases
    assert (case.image, [one.paths for one in case.outputs]) == (
        root / "P1" / "ct.nii.gz",
        [(root / "P1" / "models" / "heart.nii.gz",)],
    )


def test_a_fact_of_several_values_is_written_as_dicom_writes_it(organs, tmp_path):
    shutil.copytree(organs[0][1], tmp_path / "P1")
    for path in (tmp_path / "P1").iterdir():
        slice_ = pydicom.dcmread(path)
        slice_.ConvolutionKernel = ["Br38f", "3"]
        slice_.save_as(path)
    assert dict(found_cases(tmp_path).cases[0].facts)["kernel"] == "Br38f\\3"


def test_a_table_that_a_spreadsheet_saved_names_the_same_cases(tmp_path):
    tree(tmp_path, "P1/ct.nii.gz", "P1/a;b.nii.gz", "P1/c.nii.gz", "P1/d.nii.gz")
    lines = ["Case;CT;Segmentation;Name;kernel", 'P1;P1/ct.nii.gz;"P1/a;b.nii.gz";One;"B,f"']
    lines.append('P1;P1/ct.nii.gz;"P1/c.nii.gz; P1/d.nii.gz";Two;"B,f"')
    (tmp_path / "cohort.csv").write_text("sep=;\r\n" + "\r\n".join(lines) + "\r\n", encoding="utf-8-sig", newline="")
    (case,) = read_cohort(tmp_path / "cohort.csv", Settings()).cases
    assert (case.name, case.image, case.facts) == ("P1", tmp_path / "P1" / "ct.nii.gz", (("kernel", "B,f"),))
    assert [(one.name, [path.name for path in one.paths]) for one in case.outputs] == [
        ("One", ["a;b.nii.gz"]),
        ("Two", ["c.nii.gz", "d.nii.gz"]),
    ]


def test_a_seg_without_preamble_and_mark_is_one(tmp_path):
    path = rtstruct(tmp_path / "rt.dcm", [])
    content = path.read_bytes()
    path.write_bytes(content[144 + int.from_bytes(content[140:144], "little") :])
    assert segs_of(CaseOutput((path, *tree(tmp_path, "a.nii.gz").glob("*.gz")))) == [path]


def contours_of(path, ct, uids):
    rtstruct(path, [("Heart", [contour(square(15.5, 35.5), 15, read_image_series(ct).geometry)])], "1.2.3")
    dataset = pydicom.dcmread(path)
    (study,) = dataset.ReferencedFrameOfReferenceSequence[0].RTReferencedStudySequence
    study.RTReferencedSeriesSequence = [pydicom.Dataset() for _ in uids]
    for item, uid in zip(study.RTReferencedSeriesSequence, uids):
        item.SeriesInstanceUID = uid
    dataset.save_as(path)


def segs_and_contours_by_case(root):
    return [(case.image, [one.paths for one in case.outputs]) for case in found_cases(root).cases]


def test_an_output_that_names_no_series_goes_where_it_lies_and_any_of_several_that_it_names_counts(organs, tmp_path):
    (_, ct, uid, _), (_, other, _, _) = organs
    for name, folder in (("P1", ct), ("P2", other)):
        shutil.copytree(folder, tmp_path / name / "ct")
    contours_of(tmp_path / "P2" / "none.dcm", ct, [])
    contours_of(tmp_path / "P2" / "second.dcm", ct, ["1.2.3", uid])
    assert segs_and_contours_by_case(tmp_path) == [
        (tmp_path / "P1" / "ct", [(tmp_path / "P2" / "second.dcm",)]),
        (tmp_path / "P2" / "ct", [(tmp_path / "P2" / "none.dcm",)]),
    ]


@pytest.mark.parametrize("folder", ["ct", "scout"])
def test_a_localizer_is_no_case(organs, tmp_path, folder):
    (_, ct, _, path), _ = organs
    shutil.copytree(ct, tmp_path / "P1" / "ct")
    scout = pydicom.dcmread(next(path for path in ct.iterdir()))
    scout.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    scout.SeriesInstanceUID = "1.2.3"
    (tmp_path / "P1" / folder).mkdir(exist_ok=True)
    scout.save_as(tmp_path / "P1" / folder / "0_scout.dcm")
    (tmp_path / "P1" / "moose").mkdir()
    shutil.copy(path, tmp_path / "P1" / "moose")
    (case,) = found_cases(tmp_path).cases
    assert (case.image, case.series_uid) == (tmp_path / "P1" / "ct", "")
    assert [one.paths for one in case.outputs] == [(tmp_path / "P1" / "moose" / path.name,)]


def test_files_without_preamble_and_mark_are_found(organs, tmp_path):
    (_, ct, _, _), _ = organs
    shutil.copytree(ct, tmp_path / "P1")
    for path in (tmp_path / "P1").iterdir():
        content = path.read_bytes()
        path.write_bytes(content[144 + int.from_bytes(content[140:144], "little") :])
    assert [case.image for case in found_cases(tmp_path).cases] == [tmp_path / "P1"]


def tree(root, *names):
    """Empty files; which case they belong to is found by their names alone."""
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


def test_check_says_what_is_missing(concordance, nifti_cohort):
    (nifti_cohort.parent / "P1" / "fast.nii.gz").unlink()
    (nifti_cohort.parent / "P2" / "ct.nii.gz").write_bytes(b"no image")
    outcome = concordance("cohort", "check", nifti_cohort)
    assert outcome.code == 2
    assert "2 problems in 2 of 5 cases" in outcome.err
    assert "P1 fast: there is nothing that matches" in outcome.out
    assert "P2:" in outcome.out


def test_check_says_once_that_an_image_is_not_there(concordance, nifti_cohort):
    table = nifti_cohort.with_name("cohort.csv")
    table.write_text("case,ct,segmentation,model\nP0,P0/none.nii.gz,P0/full.nii.gz,totalsegmentator_v2\n")
    outcome = concordance("cohort", "check", table)
    assert outcome.out.count("none.nii.gz: does not exist.") == 1
    assert "1 problem in 1 of 1 case" in outcome.err


def test_check_says_of_how_many_outputs_it_did_not_look_at_the_model(concordance, nifti_cohort):
    table = nifti_cohort.with_name("cohort.csv")
    table.write_text("case,segmentation\n" + "".join(f"P{n},P{n}/full.nii.gz\n" for n in range(4)))
    outcome = concordance("cohort", "check", table)
    assert "looked at in the first case alone; --deep looks at 3 outputs more." in outcome.out
    assert "1 problem in 1 of 4 cases" in outcome.err
    deep = concordance("cohort", "check", "--deep", table)
    assert "4 problems in 4 of 4 cases" in deep.err
    assert "--deep" not in deep.out


def test_init_overwrites_nothing(refused, nifti_cohort):
    nifti_cohort.with_name("cohort.csv").write_text("mine")
    assert "is there already" in refused("cohort", "init", nifti_cohort.parent)
    assert nifti_cohort.with_name("cohort.csv").read_text() == "mine"
