"""The first values of a DICOM file are read without what comes behind them."""

from __future__ import annotations

import pydicom
import pytest

from imaging.seg_cases import ct_series, highdicom_seg, kidney_cyst_spleen
from SegmentationConcordanceLib.imaging.dicom_files import first_values


@pytest.fixture(scope="module")
def seg(tmp_path_factory):
    folder = tmp_path_factory.mktemp("seg")
    dataset = highdicom_seg(kidney_cyst_spleen(), ct_series(folder / "ct"), "BINARY")
    dataset.save_as(folder / "seg.dcm", enforce_file_format=True)
    return folder / "seg.dcm"


def test_they_are_those_of_the_whole_file(seg):
    whole = pydicom.dcmread(seg)
    keywords = ["SegmentSequence", "Modality", "SeriesInstanceUID"]
    first = first_values(seg, keywords)
    assert [first[keyword] for keyword in keywords] == [whole[keyword] for keyword in keywords]


def test_what_lies_behind_is_not_read(seg, tmp_path):
    content = seg.read_bytes()
    segments_at = content.index(b"\x62\x00\x02\x00SQ")
    (tmp_path / "cut.dcm").write_bytes(content[:segments_at] + b"\xff" * 100)
    assert first_values(tmp_path / "cut.dcm", ["Modality"]).Modality == "SEG"


def test_one_that_is_not_there_is_left_out(seg):
    assert "KVP" not in first_values(seg, ["KVP"])
    assert "PatientID" not in first_values(seg, ["KVP", "Modality"])


def test_a_file_without_mark_is_read(seg, tmp_path):
    (tmp_path / "bare.dcm").write_bytes(seg.read_bytes()[132:])
    assert first_values(tmp_path / "bare.dcm", ["Modality"]).Modality == "SEG"
