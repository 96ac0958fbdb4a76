"""Label map SEG: one number per voxel instead of one bit per voxel and segment."""

from __future__ import annotations

import highdicom
import numpy as np
import pydicom
import pytest

from imaging.seg_cases import ct_series, kidney_cyst_spleen, masks_on, overlapping
from SegmentationConcordanceLib.errors import ConcordanceError
from SegmentationConcordanceLib.imaging import dcmqi
from SegmentationConcordanceLib.imaging.seg_identity import SegIdentity
from SegmentationConcordanceLib.imaging.seg_reader import read_dicom_seg
from SegmentationConcordanceLib.imaging.seg_writer import BINARY, LABEL_MAP, write_dicom_seg


@pytest.fixture
def series(tmp_path):
    return ct_series(tmp_path / "ct")


def test_every_voxel_and_code_comes_back(tmp_path, series):
    meant = kidney_cyst_spleen()
    path = tmp_path / "seg.dcm"
    write_dicom_seg(path, meant, series, model_name="M", identity=SegIdentity(label_map="moose"), kind=LABEL_MAP)
    assert pydicom.dcmread(path, stop_before_pixels=True).SegmentationType == "LABELMAP"
    seg = read_dicom_seg(path)
    assert seg.label_map_name == "moose"
    read = masks_on(series.geometry, seg.label_map)
    structures = {segment.name: segment.structure for segment in seg.label_map.segments}
    for segment in meant.segments[:3]:
        assert np.array_equal(read[segment.name], meant.mask(segment))
        assert structures[segment.name] == segment.structure


def test_highdicom_reads_the_same_voxels(tmp_path, series):
    write_dicom_seg(tmp_path / "seg.dcm", kidney_cyst_spleen(), series, model_name="M", kind=LABEL_MAP)
    stacked = highdicom.seg.segread(tmp_path / "seg.dcm").get_pixels_by_source_instance(
        list(series.sop_instance_uids),
        combine_segments=True,
        assert_missing_frames_are_empty=True,
        ignore_spatial_locations=True,
    )
    meant = kidney_cyst_spleen()
    for number, segment in enumerate(meant.segments[:3], start=1):
        assert np.array_equal(stacked == number, meant.mask(segment))


def test_segments_that_overlap_are_refused(tmp_path, series):
    with pytest.raises(ConcordanceError, match="overlap"):
        write_dicom_seg(tmp_path / "seg.dcm", overlapping(), series, model_name="M", kind=LABEL_MAP)
    assert not (tmp_path / "seg.dcm").exists()


@pytest.mark.parametrize("kind", [BINARY, LABEL_MAP])
def test_cancelling_while_dcmqi_works_ends_it_and_leaves_nothing(tmp_path, series, monkeypatch, kind):
    class CancelledError(Exception):
        pass

    def cancel() -> None:
        raise CancelledError

    monkeypatch.setattr(dcmqi, "_BEAT_S", 1e-4)  # it has not even started by then
    with pytest.raises(CancelledError):
        write_dicom_seg(tmp_path / "seg.dcm", kidney_cyst_spleen(), series, model_name="M", kind=kind, waiting=cancel)
    assert [path.name for path in tmp_path.iterdir()] == ["ct"]


def test_waiting_is_told_while_dcmqi_works(tmp_path, series, monkeypatch):
    beats = []
    monkeypatch.setattr(dcmqi, "_BEAT_S", 1e-4)
    write_dicom_seg(tmp_path / "seg.dcm", kidney_cyst_spleen(), series, model_name="M", waiting=lambda: beats.append(1))
    assert beats and read_dicom_seg(tmp_path / "seg.dcm").label_map.segments
