"""The index of a folder: DICOM files by content, each once, and what cannot be served left out with its reason."""

from __future__ import annotations

import shutil

import pydicom
import pytest
from pydicom.uid import ExplicitVRBigEndian

from SegmentationConcordanceLib.errors import DicomSeriesError, UnreadableFileError
from SegmentationConcordanceLib.viewer.dicom_index import index_folder


def test_every_dicom_file_is_found_by_content(study):
    index = index_folder(study.folder)
    assert list(index.studies) == [study.uid]
    assert {uid: len(series) for uid, series in index.studies[study.uid].items()} == {
        study.ct: 12,
        **dict.fromkeys(study.segs.values(), 1),
    }
    assert not index.left_out
    found = index.find(study.uid, study.ct, study.images[3])
    assert found.path.name == "slice_0004.dcm"
    assert str(found.header.PatientName) == "Müller^Jürgen"
    assert index.find(study.uid, study.ct, "1.2") is None
    assert list(index.instances("1.2")) == []


def test_no_pixels_and_no_frames_are_read(study):
    (seg,) = index_folder(study.folder).instances(study.uid, study.segs["MOOSE"])
    assert seg.header.NumberOfFrames > 1
    assert not {"PixelData", "PerFrameFunctionalGroupsSequence", "SegmentSequence"} & set(seg.header.dir())


@pytest.mark.filterwarnings("ignore:Invalid value for VR UI")
def test_files_without_suffix_copies_and_damage(study, tmp_path):
    images = sorted((study.folder / "ct").iterdir())
    shutil.copy(images[0], tmp_path / "noSuffix")
    shutil.copy(images[0], tmp_path / "other copy.dcm")
    for name, change in {
        "blank": {"SOPInstanceUID": ""},
        "path": {"SeriesInstanceUID": "../../etc"},
    }.items():
        dataset = pydicom.dcmread(images[1])
        for keyword, value in change.items():
            dataset[keyword]._value = value
        dataset.save_as(tmp_path / name)
    (tmp_path / "cut").write_bytes(images[2].read_bytes()[:200])
    big = pydicom.dcmread(images[3])
    big.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    big["PixelData"].VR = "OB"
    pydicom.dcmwrite(tmp_path / "big", big, little_endian=False, implicit_vr=False)
    (tmp_path / "outside").symlink_to(images[4])
    index = index_folder(tmp_path)
    assert [instance.path.name for instance in index.instances()] == ["noSuffix"]
    assert dict(index.left_out) == {
        "a second copy of another file": 1,
        "empty or invalid UIDs": 2,
        "a damaged header": 1,
        "big-endian data": 1,
    }


def test_progress_counts_files(study):
    seen = []
    index_folder(study.folder, lambda done, of: seen.append((done, of)))
    assert seen == [(n, 16) for n in range(16)]


def test_a_folder_without_dicom_files_is_refused(tmp_path):
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    with pytest.raises(DicomSeriesError, match="holds 1 file, none of them a DICOM file that can be shown"):
        index_folder(tmp_path)
    with pytest.raises(UnreadableFileError, match="cannot be listed"):
        index_folder(tmp_path / "absent")
