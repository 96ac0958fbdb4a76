"""The header of a SEG, walked or read by pydicom."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from imaging.seg_cases import ct_series, highdicom_seg, kidney_cyst_spleen, overlapping
from SegmentationConcordanceLib.errors import DicomSegError, UnreadableFileError
from SegmentationConcordanceLib.imaging import seg_header
from SegmentationConcordanceLib.imaging.seg_header import SegHeader, read_seg_header
from SegmentationConcordanceLib.imaging.seg_header_cache import SegHeaderCache
from SegmentationConcordanceLib.imaging.seg_identity import SegIdentity
from SegmentationConcordanceLib.imaging.seg_reader import read_dicom_seg
from SegmentationConcordanceLib.imaging.seg_writer import write_dicom_seg

MAKERS = ("dcmqi", "highdicom", "label map")


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> dict[str, Path]:
    """A file of each maker: dcmqi writes sequences with delimiters, highdicom with lengths."""
    folder = tmp_path_factory.mktemp("headers")
    series = ct_series(folder / "ct")
    files = {maker: folder / f"{maker}.dcm" for maker in MAKERS}
    names = {"identity": SegIdentity(label_map="totalsegmentator_v2", tasks=("total",))}
    write_dicom_seg(files["dcmqi"], kidney_cyst_spleen(), series, model_name="Model D", **names)
    highdicom_seg(overlapping(), series).save_as(files["highdicom"], enforce_file_format=True)
    label_map = highdicom_seg(kidney_cyst_spleen(), series, "LABELMAP")
    label_map.save_as(files["label map"], enforce_file_format=True)
    return files


def walked(path: Path) -> SegHeader:
    """Read without pydicom's help."""
    with mock.patch.object(seg_header, "_parsed", side_effect=AssertionError("was not understood")):
        return read_seg_header(path)


def parsed(path: Path) -> SegHeader:
    with mock.patch.object(seg_header, "_walked", return_value=None):
        return read_seg_header(path)


def changed(path: Path, target: Path, **values: object) -> Path:
    dataset = pydicom.dcmread(path)
    for keyword, value in values.items():
        if value is None:
            delattr(dataset, keyword)
        else:
            setattr(dataset, keyword, value)
    dataset.save_as(target)
    return target


@pytest.mark.parametrize("maker", MAKERS)
def test_both_ways_say_what_the_full_reader_says(made, maker):
    header = walked(made[maker])
    assert header == parsed(made[maker])
    seg = read_dicom_seg(made[maker])
    for name in ("sop_instance_uid", "series_uid", "study_uid", "frame_of_reference_uid", "referenced_series_uids"):
        assert getattr(header, name) == getattr(seg, name) != ""
    for name in ("series_description", "content_label", "algorithm_names", "label_map_name", "tasks"):
        assert getattr(header, name) == getattr(seg, name)


def test_what_the_header_says(made):
    header = read_seg_header(made["dcmqi"])
    assert header.title == header.series_description == "Model D"
    assert (header.algorithm_names, header.label_map_name, header.tasks) == (
        ("Model D",),
        "totalsegmentator_v2",
        ("total",),
    )
    assert header.n_segments == 3  # the fourth has no voxels
    assert header.source_images == frozenset()  # not looked for where a series is named


@pytest.mark.parametrize("maker", MAKERS)
def test_a_header_longer_than_the_first_bytes_read(made, maker):
    with mock.patch.object(seg_header, "_READ_AT_ONCE", (900, 2**20)):
        assert walked(made[maker]) == parsed(made[maker])


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, DeflatedExplicitVRLittleEndian])
def test_other_encodings(made, tmp_path, syntax):
    dataset = pydicom.dcmread(made["dcmqi"])
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.save_as(tmp_path / "other.dcm", implicit_vr=syntax == ImplicitVRLittleEndian, little_endian=True)
    header = read_seg_header(tmp_path / "other.dcm")
    assert header.algorithm_names == ("Model D",) and header.n_segments == 3


def test_letters_beyond_ascii(made, tmp_path):
    path = changed(
        made["dcmqi"], tmp_path / "a.dcm", SpecificCharacterSet="ISO_IR 192", SeriesDescription="Größe ≥ 3 模型"
    )
    assert read_seg_header(path).title == "Größe ≥ 3 模型"


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_a_backslash_in_a_text(made, tmp_path, syntax):
    dataset = pydicom.dcmread(made["dcmqi"])
    dataset.SeriesDescription = "T1\\T2"
    dataset.SegmentSequence[0].SegmentAlgorithmName = "A\\B"
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.save_as(tmp_path / "a.dcm", implicit_vr=syntax == ImplicitVRLittleEndian, little_endian=True)
    header, read = read_seg_header(tmp_path / "a.dcm"), read_dicom_seg(tmp_path / "a.dcm")
    assert header.series_description == read.series_description == "T1\\T2"
    assert header.algorithm_names == read.algorithm_names == ("A\\B", "Model D")


def test_title_where_there_is_no_description(made, tmp_path):
    assert read_seg_header(changed(made["dcmqi"], tmp_path / "a.dcm", SeriesDescription="")).title == "SEGMENTATION"
    bare = changed(made["dcmqi"], tmp_path / "b.dcm", SeriesDescription=None, ContentLabel="")
    assert read_seg_header(bare).title == "Model D"


def test_a_series_of_another_study(made, tmp_path):
    dataset = pydicom.dcmread(made["dcmqi"])
    study = Dataset()
    study.StudyInstanceUID = "1.2.3"
    study.ReferencedSeriesSequence = dataset.ReferencedSeriesSequence
    (series,) = read_seg_header(made["dcmqi"]).referenced_series_uids
    path = changed(
        made["dcmqi"],
        tmp_path / "other_study.dcm",
        ReferencedSeriesSequence=None,
        StudiesContainingOtherReferencedInstancesSequence=[study],
    )
    assert walked(path).referenced_series_uids == parsed(path).referenced_series_uids == (series,)


def test_the_images_of_the_frames_where_no_series_is_named(made, tmp_path):
    path = changed(made["dcmqi"], tmp_path / "without.dcm", ReferencedSeriesSequence=None)
    expected = frozenset().union(*read_dicom_seg(path).source_images)
    assert len(expected) == 4
    assert walked(path).source_images == parsed(path).source_images == expected
    assert walked(path).referenced_series_uids == ()


def test_an_algorithm_that_is_named_by_its_identification_only(made, tmp_path):
    dataset = pydicom.dcmread(made["highdicom"])
    for item in dataset.SegmentSequence:
        del item.SegmentAlgorithmName
    dataset.save_as(tmp_path / "a.dcm")
    assert read_seg_header(tmp_path / "a.dcm").algorithm_names == ("Model H",)


@pytest.mark.parametrize("maker", MAKERS)
def test_a_header_cut_short_is_told_or_read_as_far_as_pydicom_can(made, tmp_path, maker):
    data = made[maker].read_bytes()
    end = data.index(b"\x00\x52\x29\x92SQ")  # the shared functional groups
    for size in range(140, end, 97):
        path = tmp_path / "cut.dcm"
        path.write_bytes(data[:size])
        try:
            header = read_seg_header(path)
        except (DicomSegError, UnreadableFileError):
            continue
        assert header == parsed(path)  # cut between two elements


def test_what_is_no_segmentation_is_refused(made, tmp_path):
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        read_seg_header(tmp_path / "absent.dcm")
    for content in (b"", b"text" * 100):
        (tmp_path / "text.dcm").write_bytes(content)
        with pytest.raises(UnreadableFileError, match="is not a DICOM file"):
            read_seg_header(tmp_path / "text.dcm")
    surface = changed(made["dcmqi"], tmp_path / "surface.dcm", SOPClassUID="1.2.840.10008.5.1.4.1.1.66.5")
    with pytest.raises(DicomSegError, match="surface segmentation"):
        read_seg_header(surface)
    with pytest.raises(DicomSegError, match="describes no segments"):
        read_seg_header(changed(made["dcmqi"], tmp_path / "empty.dcm", SegmentSequence=[]))


def test_the_cache_reads_a_file_again_once_it_has_changed(made, tmp_path):
    path = changed(made["dcmqi"], tmp_path / "a.dcm", SeriesDescription="first")
    cache = SegHeaderCache()
    first = cache.get(path)
    with mock.patch.object(seg_header, "_walked", side_effect=AssertionError("was read again")):
        assert cache.get(path) is first
    changed(made["dcmqi"], path, SeriesDescription="second one")
    assert cache.get(path).title == "second one"
    path.unlink()
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        cache.get(path)
