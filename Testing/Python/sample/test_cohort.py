from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import nibabel
import numpy as np
import pydicom
import pytest
import SimpleITK
from scipy import ndimage

from coarse_sample import make_coarse_sample
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
from SegmentationConcordanceLib.errors import OutputError
from SegmentationConcordanceLib.sample.cohort import make_sample, make_sample_case

MODELS = ["totalsegmentator_v1", "totalsegmentator_v2", "auto3dseg", "moose", "multitalent", "cads"]


def hashes(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def read_ct(folder: Path) -> SimpleITK.Image:
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    return reader.Execute()


def test_three_cases_with_six_models_each(sample_cohort):
    assert [case.name for case in sample_cohort.cases] == ["SAMPLE-001", "SAMPLE-002", "SAMPLE-003", "SAMPLE-004"]
    for case in sample_cohort.cases:
        assert [output.label_map_name for output in case.outputs] == MODELS
        assert all(path.exists() for output in case.outputs for path in output.paths)


@pytest.mark.slow
def test_one_seed_gives_the_same_files_and_another_seed_others(coarse_sample, tmp_path):
    again, other = make_coarse_sample(tmp_path / "again"), make_coarse_sample(tmp_path / "other", seed=7)
    first, second, third = hashes(coarse_sample.folder), hashes(again.folder), hashes(other.folder)
    assert first == second
    images = [name for name in first if name.endswith((".dcm", ".nrrd")) or "truth" in name or "part_" in name]
    assert len(images) > 2 * 30
    assert not [name for name in images if first[name] == third[name]]


def test_one_case_alone_is_that_of_the_sample(sample_cohort, tmp_path):
    case, of_sample = make_sample_case(tmp_path, 1), sample_cohort.cases[1]
    assert (case.name, [path.name for path in tmp_path.iterdir()]) == ("SAMPLE-002", ["SAMPLE-002"])
    assert hashes(case.ct_folder.parent) == hashes(of_sample.ct_folder.parent)
    assert [one.title for one in case.outputs] == [one.title for one in of_sample.outputs]


def test_the_lists_say_what_was_planted(sample_cohort):
    with (sample_cohort.folder / "planted_errors.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == ["case", "model", "kind", "structures", "description", "expected_effect"]
    assert [(row["case"], row["model"], row["structures"]) for row in rows] == [
        (error.case, error.model, ";".join(error.structures)) for error in sample_cohort.planted_errors
    ]
    about = json.loads((sample_cohort.folder / "sample.json").read_text())
    assert about["seed"] == 2026
    assert "no patient" in about["notice"]


def test_the_ct_is_read_by_gdcm_with_the_planned_grid(sample_cohort):
    series = set()
    for case in sample_cohort.cases:
        ct = read_ct(case.ct_folder)
        assert ct.GetSize() == (96, 96, 60)
        assert ct.GetSpacing() == pytest.approx((4.0, 4.0, 4.5))
        assert ct.GetOrigin() == pytest.approx((-190.0, -190.0, 20 - 59 * 2.25))
        assert ct.GetDirection() == (1, 0, 0, 0, 1, 0, 0, 0, 1)
        header = pydicom.dcmread(next(case.ct_folder.iterdir()), stop_before_pixels=True)
        assert header.PatientID == case.name
        assert str(header.PatientName).startswith("Sample^")
        series.add(header.SeriesInstanceUID)
    assert len(series) == 4


def test_every_model_file_lies_on_the_voxels_of_the_ct(sample_cohort):
    for case in sample_cohort.cases:
        ct = read_ct(case.ct_folder)
        for path in (*(case.truth.parent / "models").rglob("*.n*"), case.truth):
            image = SimpleITK.DICOMOrient(SimpleITK.ReadImage(str(path)), "LPS")
            assert image.GetSize() == ct.GetSize()
            assert image.GetSpacing() == pytest.approx(ct.GetSpacing())
            assert image.GetOrigin() == pytest.approx(ct.GetOrigin(), abs=1e-3)
            assert image.GetDirection() == pytest.approx(ct.GetDirection(), abs=1e-6)


def test_axis_order_differs_between_the_models(read_cases):
    case = read_cases["SAMPLE-001"]
    codes = {
        model: "".join(nibabel.aff2axcodes(nibabel.load(case.files(model)[0]).affine))
        for model in MODELS
        if model != "auto3dseg"
    }
    # nibabel names the same ends of the axes as DICOM does.
    assert codes == {
        "totalsegmentator_v1": "LAS",
        "totalsegmentator_v2": "LAS",
        "moose": "LPI",
        "multitalent": "LPS",
        "cads": "RAS",
    }


def test_every_file_has_only_labels_of_its_vocabulary(sample_cohort, read_cases):
    for case in sample_cohort.cases:
        for output in case.outputs:
            vocabulary = load_vocabulary(output.label_map_name)
            names = {label.name for label in vocabulary.labels}
            for path in read_cases[case.name].files(output.label_map_name):
                found = set(np.unique(SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path))))) - {0}
                if output.label_map_name in ("totalsegmentator_v1", "multitalent"):
                    assert found == {1}
                    assert path.name.removesuffix(".nii.gz") in names
                    continue
                task = output.task or next(
                    label.task
                    for label in vocabulary.labels
                    if label.output_file.replace("<case>", case.name) == path.name
                )
                assert found <= {label.label for label in vocabulary.for_task(task).labels}


def test_moose_and_totalsegmentator_1_have_heart_parts_and_no_heart(read_cases):
    case = read_cases["SAMPLE-001"]
    cardiac = case.voxels("moose", "CT_cardiac_segmentation_SAMPLE-001.nii.gz")
    assert set(np.unique(cardiac)) == {0, 1, 2, 3, 4, 5, 6}
    names = {path.name for path in case.files("totalsegmentator_v1")}
    assert "heart_myocardium.nii.gz" in names
    assert "heart.nii.gz" not in names


def test_every_true_structure_is_one_piece(read_cases):
    for case in read_cases.values():
        assert len(case.labels) == 32
        for structure in case.labels:
            assert ndimage.label(case.true_mask(structure), np.ones((3, 3, 3)))[1] == 1, structure


def test_left_is_left_and_the_head_is_up(read_cases):
    for case in read_cases.values():
        image = SimpleITK.ReadImage(str(case.case.truth))

        def center(structure: str, case=case, image=image) -> tuple[float, ...]:
            k, j, i = np.argwhere(case.true_mask(structure)).mean(axis=0)
            return image.TransformContinuousIndexToPhysicalPoint((i, j, k))

        for number in range(3, 7):
            assert center(f"rib_left_{number}")[0] > 40 > -40 > center(f"rib_right_{number}")[0]
        heights = [center(f"vertebrae_T{number}")[2] for number in range(2, 11)]
        assert heights == sorted(heights, reverse=True)
        assert center("sternum")[1] < center("heart")[1] < center("vertebrae_T6")[1]
        assert center("lung_upper_lobe_left")[2] > center("lung_lower_lobe_left")[2]
        assert center("heart")[0] > center("trachea")[0]


def test_tissues_have_their_hounsfield_units(sample_cohort, read_cases):
    for case in sample_cohort.cases:
        ct = SimpleITK.GetArrayFromImage(read_ct(case.ct_folder))
        read = read_cases[case.name]
        assert -900 < np.median(ct[read.true_mask("lung_lower_lobe_left")]) < -800
        assert 170 < np.median(ct[read.true_mask("aorta")]) < 220
        assert np.median(ct[read.true_mask("vertebrae_T8")]) > 150
        assert ct[0, 0, 0] < -950


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("kept")
    with pytest.raises(OutputError, match="no empty folder"):
        make_sample(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_nothing_is_left_when_a_step_fails(tmp_path):
    def fail(step: str) -> None:
        if "cads" in step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_coarse_sample(tmp_path / "sample", progress=fail)
    assert not list(tmp_path.iterdir())


def test_unknown_size_is_a_mistake_of_the_caller(tmp_path):
    with pytest.raises(ValueError, match="small, full"):
        make_sample(tmp_path / "sample", size="huge")
