"""A corrected SEG: who corrected which segments of which file, in the standard's places, as a model of its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pydicom
import pytest

from imaging.seg_cases import ct_series, kidney_cyst_spleen, masks_on
from SegmentationConcordanceLib.errors import ConcordanceError
from SegmentationConcordanceLib.imaging.corrected_seg import write_corrected_seg
from SegmentationConcordanceLib.imaging.label_map import LabelMap
from SegmentationConcordanceLib.imaging.seg_correction import corrected_name, correction_by, uncorrected_name
from SegmentationConcordanceLib.imaging.seg_header import read_seg_header
from SegmentationConcordanceLib.imaging.seg_identity import SegIdentity
from SegmentationConcordanceLib.imaging.seg_reader import check_refers_to, read_dicom_seg
from SegmentationConcordanceLib.imaging.seg_writer import write_dicom_seg

MODEL = "TotalSegmentator 2.6"
NAME = "TotalSegmentator 2.6, corrected by Ann"
IDENTITY = SegIdentity("TotalSegmentator", "2.6", "totalsegmentator_v2", ("total",))


def edited() -> LabelMap:
    """The kidney has lost one voxel and won two."""
    meant = kidney_cyst_spleen()
    voxels = meant.layers[0].copy()
    voxels[1, 2, 3], voxels[1, 5, 3:5] = 0, 4
    segments = tuple(replace(one, is_edited=one.name == "kidney_left", algorithm=MODEL) for one in meant.segments)
    return LabelMap((voxels,), meant.geometry, segments)


@pytest.fixture(scope="module")
def series(tmp_path_factory):
    return ct_series(tmp_path_factory.mktemp("ct") / "ct")


@pytest.fixture(scope="module", params=["binary", "labelmap"])
def original(request, series, tmp_path_factory):
    path = tmp_path_factory.mktemp("seg") / "model.dcm"
    write_dicom_seg(path, kidney_cyst_spleen(), series, model_name=MODEL, identity=IDENTITY, kind=request.param)
    return read_dicom_seg(path)


@pytest.fixture(scope="module")
def corrected(original, series):
    path = original.path.with_name("corrected.dcm")
    before = original.path.read_bytes()
    name = write_corrected_seg(
        path, edited(), series, correction_by("Ann", original.reference), model=MODEL, identity=IDENTITY
    )
    assert name == NAME
    assert original.path.read_bytes() == before
    return path


def test_edited_segments_are_semiautomatic_and_the_others_automatic(corrected):
    dataset = pydicom.dcmread(corrected)
    types = {item.SegmentLabel: item.SegmentAlgorithmType for item in dataset.SegmentSequence}
    assert types == {"spleen": "AUTOMATIC", "kidney_left": "SEMIAUTOMATIC", "kidney_cyst_right": "AUTOMATIC"}
    assert {item.SegmentAlgorithmName for item in dataset.SegmentSequence} == {NAME}
    names = {item.SegmentationAlgorithmIdentificationSequence[0].AlgorithmName for item in dataset.SegmentSequence}
    assert names == {MODEL}
    assert str(dataset.ContentCreatorName) == "Ann"
    assert dataset.SeriesDescription == NAME
    assert dataset.DerivationDescription == "Edited by a reader: segments 2"


def test_it_refers_to_the_corrected_seg_behind_the_images(corrected, original, series):
    dataset = pydicom.dcmread(corrected)
    images, seg = dataset.ReferencedSeriesSequence
    assert images.SeriesInstanceUID == series.series_uid
    assert seg.SeriesInstanceUID == original.series_uid
    assert seg.ReferencedInstanceSequence[0].ReferencedSOPInstanceUID == original.sop_instance_uid
    (source,) = dataset.SourceImageSequence
    assert source.ReferencedSOPClassUID == pydicom.dcmread(original.path).SOPClassUID
    assert source.ReferencedSOPInstanceUID == original.sop_instance_uid


def test_dciodvfy_finds_no_error(corrected, dciodvfy):
    assert dciodvfy(corrected) == []


def test_its_uids_are_new(corrected, original):
    read = read_dicom_seg(corrected)
    assert read.sop_instance_uid != original.sop_instance_uid
    assert read.series_uid != original.series_uid
    assert read.study_uid == original.study_uid


def test_it_reads_back_as_the_correction_of_its_model(corrected, original, series):
    read = read_dicom_seg(corrected)
    check_refers_to(read, series)
    assert read.correction == correction_by("Ann", original.reference)
    assert read.algorithm_names == read_seg_header(corrected).algorithm_names == (NAME,)
    assert read.identity == IDENTITY
    found, meant = masks_on(series.geometry, read.label_map), edited()
    for segment in meant.segments[:3]:
        assert np.array_equal(found[segment.name], meant.mask(segment)), segment.name
    assert {one.name for one in read.label_map.segments if one.is_edited} == {"kidney_left"}
    assert original.correction is None


def test_another_reader_is_another_model_and_another_file(corrected, original, series, tmp_path):
    name = write_corrected_seg(
        tmp_path / "bob.dcm", edited(), series, correction_by("Bob", original.reference), model=MODEL, identity=IDENTITY
    )
    assert name == "TotalSegmentator 2.6, corrected by Bob"
    assert read_dicom_seg(tmp_path / "bob.dcm").sop_instance_uid != read_dicom_seg(corrected).sop_instance_uid


def test_without_a_seg_that_was_corrected_nothing_is_referred_to(series, tmp_path):
    write_corrected_seg(tmp_path / "a.dcm", edited(), series, correction_by("Zoë=\\A"), model=MODEL)
    dataset = pydicom.dcmread(tmp_path / "a.dcm")
    assert str(dataset.ContentCreatorName) == "Zoe A"
    assert len(dataset.ReferencedSeriesSequence) == 1
    assert "SourceImageSequence" not in dataset


def test_names_fit_and_say_a_correction_once():
    ann = correction_by("Ann")
    assert corrected_name("M" * 80, ann) == "M" * 46 + ", corrected by Ann"
    assert corrected_name(NAME, ann) == NAME
    assert uncorrected_name(NAME) == MODEL
    assert uncorrected_name("MOOSE") == "MOOSE"
    with pytest.raises(ConcordanceError, match="has no reader"):
        correction_by(" = ")
