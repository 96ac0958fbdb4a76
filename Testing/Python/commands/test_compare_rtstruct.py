"""``concordance compare`` with an RT Structure Set as one of the models."""

from __future__ import annotations

import pydicom
import pytest

from imaging.test_rtstruct import contour, rtstruct, square
from SegmentationConcordanceLib.imaging.image_series import read_image_series
from SegmentationConcordanceLib.reporting.tables import read_agreement

pytest.importorskip("skimage", reason="needs scikit-image: make setup-test")


@pytest.fixture
def contours(case, tmp_path):
    """A heart of 20 x 20 voxels in one slice, and a structure that nobody knows; the file and the volume of a voxel."""
    series = read_image_series(case.ct_folder)
    structures = [
        ("Heart", [contour(square(15.5, 35.5), 15, series.geometry)]),
        ("PTV 60 Gy", [contour(square(5.5, 8.5), 3, series.geometry)]),
    ]
    path = rtstruct(tmp_path / "rt.dcm", structures, series.series_uid)
    return path, series.geometry.voxel_volume_ml


def test_its_structures_are_compared_by_their_names(concordance, case, segs, contours, tmp_path):
    path, ml = contours
    outcome = concordance(
        *("compare", "--ct", case.ct_folder, "--seg", f"Doctor={path}", segs["auto3dseg"]),
        *("--no-surfaces", "--output", tmp_path / "out"),
    )
    assert outcome.code == 0, outcome
    assert "compared with nothing: PTV 60 Gy" in outcome.err
    rows = {(row.structure, row.model): row for row in read_agreement(tmp_path / "out" / "agreement.csv")}
    assert rows["heart", "Doctor"].volume_ml == pytest.approx(400 * ml)
    assert rows["heart", "Doctor"].n_models == 2


def test_one_of_another_series_is_refused(refused, sample_cohort, segs, contours, tmp_path):
    other = sample_cohort.cases[1].ct_folder
    line = refused("compare", "--ct", other, "--seg", contours[0], "--output", tmp_path / "out")
    assert "refers to series" in line


def test_without_a_series_its_frame_of_reference_decides(concordance, refused, case, contours, tmp_path):
    path, _ = contours
    for frame, fits in ((read_image_series(case.ct_folder).frame_of_reference_uid, True), ("1.2.3", False)):
        dataset = pydicom.dcmread(path)
        del dataset.ReferencedFrameOfReferenceSequence
        for structure in dataset.StructureSetROISequence:
            structure.ReferencedFrameOfReferenceUID = frame
        dataset.save_as(tmp_path / "other.dcm")
        call = ("compare", "--ct", case.ct_folder, "--seg", tmp_path / "other.dcm", "--no-surfaces", "--output")
        if fits:
            assert concordance(*call, tmp_path / "fits").code == 0
        else:
            assert "its frame of reference is 1.2.3, that of the series " in refused(*call, tmp_path / "not")


def test_without_an_image_it_has_no_voxels(refused, contours, tmp_path):
    assert "Give the image: --ct PATH." in refused("compare", "--seg", contours[0], "--output", tmp_path / "out")
