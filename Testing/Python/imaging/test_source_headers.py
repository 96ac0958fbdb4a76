"""Headers as hospitals leave them: a SEG is written all the same, sound, and what was mended is named."""

from __future__ import annotations

import numpy as np
import pydicom
import pytest
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from imaging.seg_cases import ct_series, kidney_cyst_spleen, masks_on
from SegmentationConcordanceLib.cohort.runs import is_dicom_seg
from SegmentationConcordanceLib.imaging.image_series import read_image_series, read_voxels
from SegmentationConcordanceLib.imaging.seg_reader import read_dicom_seg
from SegmentationConcordanceLib.imaging.seg_writer import BINARY, LABEL_MAP, write_dicom_seg

VALUES = {
    "PatientSex": [("CS", "female", "F", "mended"), ("CS", "W", "", "left blank"), ("CS", "M", "M", "")],
    "PatientAge": [("AS", "45", "045Y", "mended"), ("AS", "3 months", "003M", "mended"), ("AS", "old", None, "blank")],
    "StudyDate": [("DA", "2020-01-31", "20200131", "mended"), ("DA", "31.01.2020", "", "left blank")],
    "PatientBirthDate": [("DA", "ANON", "", "left blank"), ("DA", "1950.02.03", "19500203", "mended")],
    "StudyTime": [("TM", "12:30:59.25", "123059.25", "mended"), ("TM", "noon", "", "left blank")],
    "PatientWeight": [("DS", "70kg", "70", "mended"), ("DS", "70,5", "70.5", "mended"), ("DS", "?", None, "blank")],
    "AccessionNumber": [("SH", "x" * 40, "x" * 16, "mended")],
    "PatientID": [("LO", "a\\b", "a/b", "mended")],
    "StudyDescription": [("LO", "two\nlines " + "y" * 90, ("two lines " + "y" * 90)[:64], "mended")],
    "StudyID": [("SH", "", "", "")],
}
ROUNDS = [
    {keyword: cases[number] for keyword, cases in VALUES.items() if number < len(cases)}
    for number in range(max(map(len, VALUES.values())))
]


def put(folder, keyword: str, vr: str, value: str | bytes) -> None:
    """Write a value as it stands, past all checks of pydicom."""
    data = value if isinstance(value, bytes) else value.encode("latin-1")
    data += b" " * (len(data) % 2)
    for path in folder.glob("*.dcm"):
        dataset = pydicom.dcmread(path)
        if "SpecificCharacterSet" in dataset:
            del dataset.SpecificCharacterSet
        tag = Tag(keyword)
        dataset[tag] = RawDataElement(tag, vr, len(data), data, 0, False, True)
        dataset.save_as(path)


def assert_complete(path, series) -> None:
    seg, meant = read_dicom_seg(path, series), kidney_cyst_spleen()
    found = masks_on(series.geometry, seg.label_map)
    for segment in meant.segments[:3]:
        assert np.array_equal(found[segment.name], meant.mask(segment))


@pytest.mark.parametrize("values", ROUNDS, ids=["first values", "second values", "third values"])
@pytest.mark.parametrize("kind", [BINARY, LABEL_MAP])
def test_values_are_mended_or_left_blank_and_named(tmp_path, values, kind, dciodvfy):
    ct_series(tmp_path / "ct")
    for keyword, (vr, value, _, _) in values.items():
        put(tmp_path / "ct", keyword, vr, value)
    series = read_image_series(tmp_path / "ct")
    notes = write_dicom_seg(tmp_path / "s.dcm", kidney_cyst_spleen(), series, model_name="M", kind=kind)
    written = pydicom.dcmread(tmp_path / "s.dcm")
    for keyword, (_, _, stored, words) in values.items():
        assert (str(written[keyword].value or "") if keyword in written else None) == stored, keyword
        told = [note for note in notes if keyword in note]
        assert len(told) == bool(words), keyword
        assert all(words in note for note in told)
    assert all(any(keyword in note for keyword in values) for note in notes)
    assert_complete(tmp_path / "s.dcm", series)
    if kind == BINARY:
        assert dciodvfy(tmp_path / "s.dcm") == []


@pytest.mark.parametrize(("name", "words"), [(b"M\xfcller^J", "Latin-1"), (b"M\xc3\xbcll^Ja", "UTF-8")])
@pytest.mark.parametrize("kind", [BINARY, LABEL_MAP])
def test_letters_without_a_character_set(tmp_path, name, words, kind, dciodvfy):
    ct_series(tmp_path / "ct")
    put(tmp_path / "ct", "StudyID", "SH", "")  # takes the character set away
    for path in (tmp_path / "ct").glob("*.dcm"):
        path.write_bytes(path.read_bytes().replace(b"Doe^Jane", name))
    series = read_image_series(tmp_path / "ct")
    (note,) = write_dicom_seg(tmp_path / "s.dcm", kidney_cyst_spleen(), series, model_name="M", kind=kind)
    assert note.startswith("PatientName") and note.endswith(f"read as {words}")
    assert str(pydicom.dcmread(tmp_path / "s.dcm").PatientName) == name.decode(words)
    if kind == BINARY:
        assert dciodvfy(tmp_path / "s.dcm") == []


def test_what_a_seg_does_not_take_over_may_be_anything(tmp_path, dciodvfy):
    ct_series(tmp_path / "ct")
    for path in (tmp_path / "ct").glob("*.dcm"):
        dataset = pydicom.dcmread(path)
        dataset.ProcedureCodeSequence = [Dataset()]
        dataset.save_as(path)
    put(tmp_path / "ct", "InstitutionName", "LO", "H\xf4pital " + "x" * 200)
    series = read_image_series(tmp_path / "ct")
    assert write_dicom_seg(tmp_path / "s.dcm", kidney_cyst_spleen(), series, model_name="M") == ()
    assert "InstitutionName" not in pydicom.dcmread(tmp_path / "s.dcm")
    assert dciodvfy(tmp_path / "s.dcm") == []


def without_mark(path, syntax) -> None:
    """The dataset alone: no preamble, no mark, no meta information."""
    dataset = pydicom.dcmread(path)
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.save_as(path, enforce_file_format=True)
    data = path.read_bytes()
    path.write_bytes(data[144 + int.from_bytes(data[140:144], "little") :])


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
@pytest.mark.parametrize("which", [slice(None), slice(0, 1), slice(3, 4)])
def test_dicom_without_its_mark_is_read(tmp_path, syntax, which):
    ct_series(tmp_path / "ct")
    meant = read_voxels(read_image_series(tmp_path / "ct"))
    for number, path in enumerate(sorted((tmp_path / "ct").glob("*.dcm"))):
        if number in range(6)[which]:
            without_mark(path, syntax)
            path.rename(path.with_suffix(""))
    series = read_image_series(tmp_path / "ct")
    assert series.geometry.shape[0] == 6
    assert np.array_equal(read_voxels(series), meant)
    write_dicom_seg(tmp_path / "s.dcm", kidney_cyst_spleen(), series, model_name="M")
    assert_complete(tmp_path / "s.dcm", series)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_a_seg_without_its_mark_is_read(tmp_path, syntax):
    series = ct_series(tmp_path / "ct")
    write_dicom_seg(tmp_path / "s.dcm", kidney_cyst_spleen(), series, model_name="M")
    without_mark(tmp_path / "s.dcm", syntax)
    assert is_dicom_seg(tmp_path / "s.dcm")
    assert_complete(tmp_path / "s.dcm", series)
