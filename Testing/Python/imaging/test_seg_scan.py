"""The quick way to read a binary SEG gives what reading it in full gives, or leaves it to that."""

from __future__ import annotations

import dataclasses
import warnings
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from unittest import mock

import numpy as np
import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.pixels import pack_bits
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian

from imaging.seg_cases import AXIAL, ct_series, highdicom_seg, kidney_cyst_spleen, oblique, overlapping, reordered
from SegmentationConcordanceLib.errors import ConcordanceError
from SegmentationConcordanceLib.imaging import seg_reader
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.label_map import LabelMap
from SegmentationConcordanceLib.imaging.seg_frames import read_frame_table
from SegmentationConcordanceLib.imaging.seg_reader import read_dicom_seg
from SegmentationConcordanceLib.imaging.seg_scan import scan_seg
from SegmentationConcordanceLib.imaging.seg_writer import write_dicom_seg

PER_FRAME = 0x52009230
MAKERS = ("dcmqi", "highdicom")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("scan")


@pytest.fixture(scope="module")
def series(folder):
    return ct_series(folder / "ct")


@pytest.fixture(scope="module")
def made(folder, series) -> dict[str, Path]:
    """One file of each maker: dcmqi writes sequences with delimiters, highdicom with lengths."""
    files = {maker: folder / f"{maker}.dcm" for maker in MAKERS}
    write_dicom_seg(files["dcmqi"], kidney_cyst_spleen(), series, model_name="M")
    highdicom_seg(overlapping(), series).save_as(files["highdicom"], enforce_file_format=True)
    return files


def read_in_full(path: Path) -> seg_reader.DicomSeg:
    with mock.patch.object(seg_reader, "scan_seg", return_value=None):
        return read_dicom_seg(path)


def assert_equal_fields(one, other):
    """Equal in every field, arrays element by element."""
    assert type(one) is type(other)
    for field in dataclasses.fields(one):
        a, b = getattr(one, field.name), getattr(other, field.name)
        if isinstance(a, Geometry | LabelMap):
            assert_equal_fields(a, b)
        elif field.name == "layers":
            assert len(a) == len(b)
            assert all(x.dtype == y.dtype and np.array_equal(x, y) for x, y in zip(a, b))
        elif isinstance(a, np.ndarray):
            assert a.dtype == b.dtype, field.name
            assert np.array_equal(a, b), field.name
        else:
            assert a == b, field.name


def assert_scanned_as_in_full(path: Path) -> None:
    scanned = scan_seg(path)
    assert scanned is not None
    in_full = pydicom.dcmread(path)
    assert_equal_fields(scanned.table, read_frame_table(in_full, path, frames_have_segments=True))
    assert path.read_bytes()[scanned.pixels_at :] == in_full.PixelData
    del in_full[PER_FRAME], in_full.PixelData
    assert scanned.dataset == in_full
    assert scanned.dataset.file_meta == in_full.file_meta
    assert_equal_fields(read_dicom_seg(path), read_in_full(path))


def saved(dataset: pydicom.Dataset, path: Path) -> Path:
    dataset.save_as(path, enforce_file_format=True)
    return path


def many_slices() -> LabelMap:
    """Positions of many lengths, below and above zero, and source images whose UIDs end in numbers of many lengths."""
    geometry = Geometry.from_parts((130, 4, 6), (0.7, 0.9, 0.625), (-10.125, 20.25, -12.5), np.eye(3))
    voxels = np.zeros(geometry.shape, dtype=np.uint8)
    voxels[5:125, 1:3, 2:5] = 9
    voxels[30:90, 0] = 4
    label_map = kidney_cyst_spleen()
    return LabelMap((voxels,), geometry, tuple(s for s in label_map.segments if s.label in (4, 9)))


class TestUsualFiles:
    @pytest.mark.parametrize("maker", MAKERS)
    def test_both_makers(self, made, maker):
        assert_scanned_as_in_full(made[maker])

    @pytest.mark.parametrize("maker", MAKERS)
    def test_values_of_many_lengths(self, tmp_path, maker):
        label_map = many_slices()
        series = ct_series(tmp_path / "ct", label_map.geometry)
        if maker == "dcmqi":
            write_dicom_seg(tmp_path / "s.dcm", label_map, series, model_name="M")
        else:
            saved(highdicom_seg(label_map, series), tmp_path / "s.dcm")
        assert_scanned_as_in_full(tmp_path / "s.dcm")
        found = read_dicom_seg(tmp_path / "s.dcm").label_map
        assert sorted(found.voxel_counts().values()) == [6 * 60, 6 * 120]

    def test_uids_of_many_lengths(self, made, tmp_path):
        dataset = pydicom.dcmread(made["highdicom"])
        for number, frame in enumerate(dataset.PerFrameFunctionalGroupsSequence):
            source = frame.DerivationImageSequence[0].SourceImageSequence[0]
            source.ReferencedSOPInstanceUID = f"1.2.{10**number}"
        assert_scanned_as_in_full(saved(dataset, tmp_path / "s.dcm"))
        images = frozenset().union(*read_dicom_seg(tmp_path / "s.dcm").source_images)
        assert images == {f"1.2.{10**number}" for number in range(7)}

    @pytest.mark.parametrize("geometry", [AXIAL, oblique()], ids=["axial", "oblique"])
    def test_frames_in_any_order(self, tmp_path, geometry):
        dataset = highdicom_seg(overlapping(geometry), ct_series(tmp_path / "ct", geometry))
        order = np.random.default_rng(3).permutation(int(dataset.NumberOfFrames))
        assert_scanned_as_in_full(saved(reordered(dataset, order), tmp_path / "s.dcm"))

    def test_orientation_and_spacing_of_each_frame(self, made, tmp_path):
        dataset = with_own_planes(pydicom.dcmread(made["highdicom"]))
        assert_scanned_as_in_full(saved(dataset, tmp_path / "s.dcm"))

    def test_several_and_no_source_images(self, made, tmp_path):
        frames = (dataset := pydicom.dcmread(made["highdicom"])).PerFrameFunctionalGroupsSequence
        images = frames[0].DerivationImageSequence[0].SourceImageSequence
        images.append(deepcopy(frames[2].DerivationImageSequence[0].SourceImageSequence[0]))
        images.append(deepcopy(images[0]))
        del images[-1].ReferencedSOPInstanceUID
        del frames[1].DerivationImageSequence
        frames[3].DerivationImageSequence[0].SourceImageSequence = []
        path = saved(dataset, tmp_path / "s.dcm")
        assert_scanned_as_in_full(path)
        assert [len(images) for images in scan_seg(path).table.sources[:4]] == [2, 0, 1, 0]

    def test_frames_of_whole_words(self, tmp_path):
        geometry = Geometry.from_parts((4, 16, 24), (0.7, 0.9, 2.5), (0, 0, 0), np.eye(3))
        voxels = np.zeros(geometry.shape, dtype=np.uint8)
        voxels[1:3, 3:12, 5:20] = 4
        label_map = replace(kidney_cyst_spleen(), layers=(voxels,), geometry=geometry)
        label_map = replace(label_map, segments=tuple(s for s in label_map.segments if s.label == 4))
        write_dicom_seg(tmp_path / "s.dcm", label_map, ct_series(tmp_path / "ct", geometry), model_name="M")
        assert_scanned_as_in_full(tmp_path / "s.dcm")
        assert np.array_equal(read_dicom_seg(tmp_path / "s.dcm").label_map.layers[0], voxels[1:3] // 4)


def with_own_planes(dataset: pydicom.Dataset) -> pydicom.Dataset:
    """Orientation and spacing in each frame instead of in the shared groups."""
    (shared,) = dataset.SharedFunctionalGroupsSequence
    for frame in dataset.PerFrameFunctionalGroupsSequence:
        frame.PlaneOrientationSequence = deepcopy(shared.PlaneOrientationSequence)
        frame.PixelMeasuresSequence = deepcopy(shared.PixelMeasuresSequence)
    del shared.PlaneOrientationSequence, shared.PixelMeasuresSequence
    return dataset


def _other_orientation(dataset):
    with_own_planes(dataset)
    frame = dataset.PerFrameFunctionalGroupsSequence[4]
    frame.PlaneOrientationSequence[0].ImageOrientationPatient = ["1", "0", "0", "0", "1", "1e-6"]


def _shared_sources(dataset):
    (shared,) = dataset.SharedFunctionalGroupsSequence
    shared.DerivationImageSequence = dataset.PerFrameFunctionalGroupsSequence[0].DerivationImageSequence
    del dataset.PerFrameFunctionalGroupsSequence[1].DerivationImageSequence


def _shared_position(dataset):
    (shared,) = dataset.SharedFunctionalGroupsSequence
    shared.PlanePositionSequence = dataset.PerFrameFunctionalGroupsSequence[0].PlanePositionSequence
    del dataset.PerFrameFunctionalGroupsSequence[0].PlanePositionSequence


def _private_tail(dataset):
    dataset.private_block(0x6001, "SOMEBODY", create=True).add_new(1, "LO", "between frames and pixels")


def _odd_number(dataset):
    position = dataset.PerFrameFunctionalGroupsSequence[0].PlanePositionSequence[0]
    position["ImagePositionPatient"]._value = ["-10.125", "20.25", " 1_0"]


def _character_set(dataset):
    dataset.PerFrameFunctionalGroupsSequence[1].SpecificCharacterSet = "ISO_IR 192"


def _many_frames_missing(dataset):
    dataset.NumberOfFrames = 6


class TestUnusualFiles:
    """They are left to the full reading, whose result or error is what one gets."""

    @pytest.mark.parametrize(
        "spoil",
        [
            _other_orientation,
            _shared_sources,
            _shared_position,
            _private_tail,
            _character_set,
            _many_frames_missing,
            lambda d: delattr(d, "SharedFunctionalGroupsSequence"),
            lambda d: delattr(d, "PixelData"),
            lambda d: delattr(d, "Rows"),
            lambda d: delattr(d, "PerFrameFunctionalGroupsSequence"),
            lambda d: setattr(d, "TotalPixelMatrixColumns", 10),
            lambda d: setattr(d, "PixelData", d.PixelData[:-4]),
            lambda d: setattr(d, "DataSetTrailingPadding", b"\0\0"),
            lambda d: setattr(d, "SegmentationType", "FRACTIONAL"),
        ],
    )
    def test_other_contents(self, made, tmp_path, spoil):
        dataset = pydicom.dcmread(made["highdicom"])
        spoil(dataset)
        path = saved(dataset, tmp_path / "s.dcm")
        assert scan_seg(path) is None
        assert_same_outcome(path)

    @pytest.mark.parametrize("syntax", [DeflatedExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian])
    @pytest.mark.parametrize("maker", MAKERS)
    def test_other_transfer_syntaxes(self, made, tmp_path, maker, syntax):
        dataset = pydicom.Dataset(pydicom.dcmread(made[maker]))
        dataset.file_meta = pydicom.dcmread(made[maker]).file_meta
        dataset.file_meta.TransferSyntaxUID = syntax
        assert scan_seg(saved(dataset, tmp_path / "s.dcm")) is None
        if syntax != ExplicitVRBigEndian:  # bits of big endian files are in words, which nobody writes
            assert_equal_fields(
                replace(read_dicom_seg(tmp_path / "s.dcm"), path=made[maker]), read_dicom_seg(made[maker])
            )

    def test_implicit_items_in_an_explicit_file(self, made, tmp_path):
        dataset = pydicom.dcmread(made["highdicom"])
        path = saved(dataset, tmp_path / "s.dcm")
        path.write_bytes(path.read_bytes().replace(b"\x62\x00\x0b\x00US\x02\x00", b"\x62\x00\x0b\x00\x02\x00\x00\x00"))
        assert scan_seg(path) is None
        assert_same_outcome(path)

    def test_label_maps_and_fractions(self, series, tmp_path):
        label_map = kidney_cyst_spleen()
        assert scan_seg(saved(highdicom_seg(label_map, series, "LABELMAP"), tmp_path / "l.dcm")) is None
        fractions = highdicom_seg(label_map, series, "FRACTIONAL", max_fractional_value=1)
        assert scan_seg(saved(fractions, tmp_path / "f.dcm")) is None

    def test_no_seg_at_all(self, series, tmp_path):
        (tmp_path / "text").write_text("hello" * 100, encoding="ascii")
        (tmp_path / "empty").touch()
        for path in (tmp_path / "text", tmp_path / "empty", tmp_path / "missing", tmp_path, series.files[0]):
            assert scan_seg(path) is None

    def test_decimals_that_only_python_reads(self, made, tmp_path):
        whole = made["highdicom"].read_bytes()
        start = whole.index(b"\x20\x00\x32\x00DS") + 8
        position = bytearray(whole)
        position[start : start + 4] = b"-1_0"
        (tmp_path / "s.dcm").write_bytes(position)
        assert scan_seg(tmp_path / "s.dcm") is None
        assert_same_outcome(tmp_path / "s.dcm")


def outcome(read, path: Path):
    """What reading gave, or the error's kind and words."""
    try:
        return read(path)
    except ConcordanceError as error:
        return type(error), str(error)


def assert_same_outcome(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        quick, in_full = outcome(read_dicom_seg, path), outcome(read_in_full, path)
    if isinstance(in_full, tuple):
        assert quick == in_full
    else:
        assert_equal_fields(quick, in_full)


# Bytes that mean something where they land: digits, delimiters, representations, lengths.
TELLING = [*b"\0\1\2\4\6\x08\x10\x20\xff\xfe -.\\0123456789eE_", *b"SQUNDSUIOB"]
CHANGES = st.lists(
    st.tuples(st.integers(0, 10**6), st.sampled_from(TELLING) | st.integers(0, 255)), min_size=1, max_size=4
)


class TestDamagedFiles:
    """Whatever happened to the bytes, the result or the error is that of reading the file in full."""

    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(maker=st.sampled_from(MAKERS), changes=CHANGES, in_frames=st.booleans())
    def test_changed_bytes(self, made, folder, maker, changes, in_frames):
        self._check_changed(made[maker], changes, folder, in_frames=in_frames)

    @pytest.mark.slow
    @settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(maker=st.sampled_from(MAKERS), changes=CHANGES)
    def test_many_changed_bytes_of_the_frames(self, made, folder, maker, changes):
        self._check_changed(made[maker], changes, folder, in_frames=True)

    @pytest.mark.slow
    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(maker=st.sampled_from(MAKERS), changes=CHANGES)
    def test_many_changed_bytes_anywhere(self, made, folder, maker, changes):
        self._check_changed(made[maker], changes, folder, in_frames=False)

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(maker=st.sampled_from(MAKERS), at=st.floats(0, 1), cut=st.integers(0, 40), put=st.binary(max_size=4))
    def test_bytes_cut_out_or_put_in(self, made, folder, maker, at, cut, put):
        whole = made[maker].read_bytes()
        start = int(at * len(whole))
        self._check(whole[:start] + put + whole[start + cut :], [], folder)

    def _check_changed(self, path: Path, changes: list[tuple[int, int]], folder: Path, *, in_frames: bool) -> None:
        whole = path.read_bytes()
        first, last = 0, len(whole)
        if in_frames:
            first, last = whole.index(b"\x00\x52\x30\x92SQ"), whole.rindex(b"\xe0\x7f\x10\x00O") + 12
        self._check(whole, [(first + offset % (last - first), value) for offset, value in changes], folder)

    def _check(self, whole: bytes, changes: list[tuple[int, int]], folder: Path) -> None:
        changed = bytearray(whole)
        for offset, value in changes:
            changed[offset] = value
        (folder / "changed.dcm").write_bytes(changed)
        assert_same_outcome(folder / "changed.dcm")


def test_the_packed_bits_are_read_from_the_file(made, tmp_path):
    dataset = pydicom.dcmread(made["highdicom"])
    dataset.PixelData = pack_bits(np.ones((7, 9, 11), dtype=np.uint8).ravel())
    path = saved(dataset, tmp_path / "s.dcm")
    assert scan_seg(path) is not None
    assert [int(read_dicom_seg(path).label_map.mask(s).sum()) for s in read_dicom_seg(path).label_map.segments] == [
        99 * n for n in np.bincount(scan_seg(path).table.segment_numbers)[1:]
    ]
