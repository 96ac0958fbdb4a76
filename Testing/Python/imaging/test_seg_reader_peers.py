"""Every kind of DICOM SEG that highdicom writes of a scan is read, and holds the voxels that highdicom reads in it."""

from __future__ import annotations

import io
from dataclasses import replace

import highdicom
import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.encaps import encapsulate
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLSLossless,
    RLELossless,
    generate_uid,
)

from imaging.seg_cases import AXIAL, SPLEEN, ct_series, highdicom_seg, kidney_cyst_spleen, oblique, overlapping
from SegmentationConcordanceLib.imaging.image_series import read_image_series
from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment
from SegmentationConcordanceLib.imaging.seg_reader import read_dicom_seg

PLAIN = (ExplicitVRLittleEndian, ImplicitVRLittleEndian)
COMPRESSED = (RLELossless, JPEGLSLossless)


@pytest.fixture(scope="module")
def series(tmp_path_factory):
    return ct_series(tmp_path_factory.mktemp("ct") / "ct")


def assert_read_as_highdicom_reads(path) -> int:
    """Compare every segment, slice by slice; the number of voxels found."""
    ours = read_dicom_seg(path)
    theirs = highdicom.seg.segread(path)
    # Label maps as they are: split into segments, highdicom 0.28 takes 257 for 1.
    is_label_map = theirs.segmentation_type == highdicom.seg.SegmentationTypeValues.LABELMAP
    volume = theirs.get_volume(combine_segments=is_label_map, rescale_fractional=True, allow_missing_positions=True)
    to_ours = np.linalg.inv(ours.label_map.geometry.ijk_to_lps) @ volume.affine
    assert [segment.label for segment in ours.label_map.segments] == list(theirs.segment_numbers)
    found = 0
    for column, segment in enumerate(ours.label_map.segments):
        inside = volume.array == segment.label if is_label_map else volume.array[..., column] >= 0.5
        places = np.argwhere(inside)
        kji = np.rint(places @ to_ours[:3, :3].T + to_ours[:3, 3]).astype(int)[:, ::-1]
        mask = np.zeros(ours.label_map.geometry.shape, dtype=bool)
        mask[tuple(kji.T)] = True
        assert np.array_equal(ours.label_map.mask(segment), mask), segment.name
        found += len(places)
    return found


def save(dataset, tmp_path):
    path = tmp_path / "seg.dcm"
    dataset.save_as(path, enforce_file_format=True)
    return path


def many_segments(count: int) -> LabelMap:
    """As many segments of one voxel each."""
    voxels = np.zeros(AXIAL.shape, dtype=np.uint16)
    voxels.reshape(-1)[:count] = np.arange(1, count + 1)
    return LabelMap((voxels,), AXIAL, tuple(Segment(n, f"s{n}", SPLEEN) for n in range(1, count + 1)))


def in_jpeg_2000(dataset: pydicom.Dataset) -> pydicom.Dataset:
    """The frames of 8 bits, losslessly compressed; pydicom itself cannot write them without another library."""
    frames = []
    for frame in dataset.pixel_array:
        stream = io.BytesIO()
        Image.fromarray(frame).save(stream, "JPEG2000", irreversible=False, no_jp2=True)
        frames.append(stream.getvalue())
    dataset.PixelData = encapsulate(frames)
    dataset["PixelData"].VR = "OB"
    dataset.file_meta.TransferSyntaxUID = JPEG2000Lossless
    return dataset


@pytest.mark.parametrize("syntax", [*PLAIN, DeflatedExplicitVRLittleEndian], ids=lambda uid: uid.name)
@pytest.mark.parametrize("omit_empty_frames", [True, False])
def test_binary(series, tmp_path, syntax, omit_empty_frames):
    dataset = highdicom_seg(overlapping(), series, omit_empty_frames=omit_empty_frames)
    dataset.file_meta.TransferSyntaxUID = syntax
    plain = pydicom.Dataset(dataset)
    plain.file_meta = dataset.file_meta
    assert assert_read_as_highdicom_reads(save(plain, tmp_path)) == 72 + 1 + 60


@pytest.mark.parametrize("syntax", [*PLAIN, *COMPRESSED, JPEG2000Lossless], ids=lambda uid: uid.name)
def test_label_map(series, tmp_path, syntax):
    written = RLELossless if syntax == JPEG2000Lossless else syntax
    dataset = highdicom_seg(kidney_cyst_spleen(), series, "LABELMAP", transfer_syntax_uid=written)
    dataset = in_jpeg_2000(dataset) if syntax == JPEG2000Lossless else dataset
    assert dataset.file_meta.TransferSyntaxUID == syntax
    assert assert_read_as_highdicom_reads(save(dataset, tmp_path)) == 44 + 24 + 4


@pytest.mark.parametrize("kind", ["PROBABILITY", "OCCUPANCY"])
@pytest.mark.parametrize("syntax", [*PLAIN, *COMPRESSED, JPEG2000Lossless], ids=lambda uid: uid.name)
def test_fractional(series, tmp_path, syntax, kind):
    label_map = replace(kidney_cyst_spleen(), segments=kidney_cyst_spleen().segments[:2])
    fractions = np.linspace(0, 1, 2 * int(np.prod(AXIAL.shape))).reshape(*AXIAL.shape, 2)
    written = RLELossless if syntax == JPEG2000Lossless else syntax
    options = {"fractions": fractions, "fractional_type": kind, "transfer_syntax_uid": written}
    dataset = highdicom_seg(label_map, series, "FRACTIONAL", max_fractional_value=250, **options)
    dataset = in_jpeg_2000(dataset) if syntax == JPEG2000Lossless else dataset
    assert assert_read_as_highdicom_reads(save(dataset, tmp_path)) == np.count_nonzero(np.rint(250 * fractions) >= 125)


@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP"])
def test_more_segments_than_a_byte_counts(series, tmp_path, kind):
    label_map = many_segments(257)
    dataset = highdicom_seg(label_map, series, kind)
    assert dataset.BitsAllocated == (1 if kind == "BINARY" else 16)
    assert assert_read_as_highdicom_reads(save(dataset, tmp_path)) == 257


@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP"])
def test_oblique_scans(tmp_path, kind):
    label_map = kidney_cyst_spleen(oblique((6, 9, 11)))
    of = ct_series(tmp_path / "ct", label_map.geometry)
    assert assert_read_as_highdicom_reads(save(highdicom_seg(label_map, of, kind), tmp_path)) == 44 + 24 + 4


@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP"])
def test_of_an_enhanced_image(series, tmp_path, kind, monkeypatch):
    # highdicom 0.27 puts dates and times together, which pydicom gives as text unless it is told otherwise.
    monkeypatch.setattr(pydicom.config, "datetime_conversion", True)
    images = [pydicom.dcmread(file) for file in read_image_series(series.files[0].parent).files]
    enhanced = highdicom.legacy.LegacyConvertedEnhancedCTImage(
        legacy_datasets=images,
        series_instance_uid=generate_uid(),
        series_number=2,
        sop_instance_uid=generate_uid(),
        instance_number=1,
    )
    dataset = highdicom_seg(kidney_cyst_spleen(), series, kind, source_images=[enhanced])
    assert assert_read_as_highdicom_reads(save(dataset, tmp_path)) == 44 + 24 + 4
