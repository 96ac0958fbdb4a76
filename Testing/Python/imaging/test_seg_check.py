"""A DICOM SEG that was written other than meant is found out, and does not appear."""

from __future__ import annotations

import pydicom
import pytest

from imaging.seg_cases import ct_series, kidney_cyst_spleen
from SegmentationConcordanceLib.errors import DicomSegError
from SegmentationConcordanceLib.imaging import seg_writer
from SegmentationConcordanceLib.imaging.seg_writer import write_dicom_seg


@pytest.fixture(scope="module")
def series(tmp_path_factory):
    return ct_series(tmp_path_factory.mktemp("ct") / "ct")


@pytest.mark.parametrize(
    ("spoil", "fact"),
    [
        (lambda d: setattr(d.SegmentSequence[1], "SegmentLabel", "liver"), "segment 2 was written with name"),
        (
            lambda d: setattr(d.SegmentSequence[2].AnatomicRegionSequence[0], "CodeValue", "1"),
            "segment 3 was written with structure",
        ),
        (
            lambda d: setattr(d.SegmentSequence[0], "RecommendedDisplayCIELabValue", [30000, 32896, 32896]),
            "segment 1 was written with color",
        ),
        (lambda d: setattr(d, "PixelData", bytes(len(d.PixelData) - 2) + b"\1\0"), "voxels were written"),
        (
            lambda d: setattr(d.ReferencedSeriesSequence[0], "SeriesInstanceUID", "1.2.3"),
            "reference to series 1.2.3",
        ),
        (lambda d: setattr(d, "FrameOfReferenceUID", "1.2.4"), "frame of reference 1.2.4"),
        (
            lambda d: setattr(
                d.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0], "PixelSpacing", [0.9, 0.71]
            ),
            "another grid than the images: spacing",
        ),
        (
            lambda d: setattr(
                d.PerFrameFunctionalGroupsSequence[0].DerivationImageSequence[0].SourceImageSequence[0],
                "ReferencedSOPInstanceUID",
                "1.2.5",
            ),
            "refers to image",
        ),
    ],
)
def test_a_spoilt_seg_does_not_appear(tmp_path, series, monkeypatch, spoil, fact):
    write = seg_writer.write_binary

    def write_and_spoil(target, *arguments):
        write(target, *arguments)
        dataset = pydicom.dcmread(target)
        spoil(dataset)
        dataset.save_as(target)

    monkeypatch.setattr(seg_writer, "write_binary", write_and_spoil)
    with pytest.raises(DicomSegError, match=fact):
        write_dicom_seg(tmp_path / "seg.dcm", kidney_cyst_spleen(), series, model_name="M")
    assert list(tmp_path.iterdir()) == []
