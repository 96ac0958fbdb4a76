"""Every way of storing a SEG gives the same voxels, codes and identity back."""

from __future__ import annotations

import numpy as np
import pydicom
import pytest
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian, JPEGLSLossless, RLELossless

from imaging.seg_cases import AXIAL, ct_series, kidney_cyst_spleen, masks_on, overlapping
from SegmentationConcordanceLib.errors import ConcordanceError
from SegmentationConcordanceLib.imaging.seg_header import read_seg_header
from SegmentationConcordanceLib.imaging.seg_identity import SegIdentity
from SegmentationConcordanceLib.imaging.seg_reader import LABEL_MAP_STORAGE, read_dicom_seg
from SegmentationConcordanceLib.imaging.seg_writer import AUTO, BINARY, LABEL_MAP, write_dicom_seg

SYNTAX = {
    "none": ExplicitVRLittleEndian,
    "deflate": DeflatedExplicitVRLittleEndian,
    "rle": RLELossless,
    "jpegls": JPEGLSLossless,
}
WAYS = [(BINARY, "none"), (BINARY, "deflate"), *((LABEL_MAP, one) for one in SYNTAX)]
IDENTITY = SegIdentity("Model", "1", "moose", ("clin_ct_organs",))


@pytest.fixture(scope="module")
def series(tmp_path_factory):
    return ct_series(tmp_path_factory.mktemp("ct") / "ct")


@pytest.mark.parametrize(("kind", "compression"), WAYS)
def test_all_of_it_comes_back(tmp_path, series, kind, compression):
    meant, path = kidney_cyst_spleen(), tmp_path / "s.dcm"
    write_dicom_seg(path, meant, series, model_name="M", identity=IDENTITY, kind=kind, compression=compression)
    dataset = pydicom.dcmread(path)
    assert dataset.file_meta.TransferSyntaxUID == SYNTAX[compression]
    assert (dataset.SOPClassUID == LABEL_MAP_STORAGE) == (kind == LABEL_MAP)
    read = read_dicom_seg(path, series)
    found = masks_on(AXIAL, read.label_map)
    segments = {segment.name: segment for segment in read.label_map.segments}
    for segment in meant.segments[:3]:
        assert np.array_equal(found[segment.name], meant.mask(segment))
        assert segments[segment.name].structure == segment.structure
        assert segments[segment.name].color == segment.color
    assert read.identity == IDENTITY
    assert read_seg_header(path).tasks == IDENTITY.tasks


def test_auto_is_a_label_map_where_nothing_overlaps(tmp_path, series):
    write_dicom_seg(tmp_path / "one.dcm", kidney_cyst_spleen(), series, model_name="M", kind=AUTO)
    one = pydicom.dcmread(tmp_path / "one.dcm")
    assert (one.SegmentationType, one.file_meta.TransferSyntaxUID) == ("LABELMAP", JPEGLSLossless)
    write_dicom_seg(tmp_path / "two.dcm", overlapping(), series, model_name="M", kind=AUTO)
    two = pydicom.dcmread(tmp_path / "two.dcm")
    assert (two.SegmentationType, two.file_meta.TransferSyntaxUID) == ("BINARY", ExplicitVRLittleEndian)


def test_a_binary_seg_knows_no_compressed_frames(tmp_path, series):
    with pytest.raises(ConcordanceError, match="Use one of none, deflate"):
        write_dicom_seg(tmp_path / "s.dcm", kidney_cyst_spleen(), series, model_name="M", compression="rle")
