"""What a header promises is refused before it is reserved: sizes, lengths, gaps, labels."""

from __future__ import annotations

import gzip
import struct
import tracemalloc
import zlib
from copy import deepcopy

import nibabel
import numpy as np
import pydicom
import pytest
from pydicom.uid import DeflatedExplicitVRLittleEndian, RLELossless

from imaging.seg_cases import ct_series, highdicom_seg, kidney_cyst_spleen
from SegmentationConcordanceLib.errors import ConcordanceError, DicomSegError, UnreadableFileError
from SegmentationConcordanceLib.imaging.dicom_files import BoundedFile, read_dicom
from SegmentationConcordanceLib.imaging.image_headers import read_headers
from SegmentationConcordanceLib.imaging.label_map import label_boxes, label_ranks
from SegmentationConcordanceLib.imaging.seg_reader import read_dicom_seg
from SegmentationConcordanceLib.imaging.volume_files import read_label_volume
from SegmentationConcordanceLib.memory_budget import VARIABLE, budget_bytes, require_within_budget

MB = 2**20


@pytest.fixture
def little_memory(monkeypatch):
    """A budget of 64 MiB, and a check at the end that the test reserved no more than twice that."""
    monkeypatch.setenv(VARIABLE, str(64 / 1024))
    tracemalloc.start()
    yield
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 128 * MB


@pytest.fixture(scope="module")
def seg(tmp_path_factory):
    """A whole SEG as a dataset."""
    return highdicom_seg(kidney_cyst_spleen(), ct_series(tmp_path_factory.mktemp("ct") / "ct"), "BINARY")


@pytest.fixture(scope="module")
def compressed_seg(tmp_path_factory):
    """The same as a label map in RLE."""
    dataset = highdicom_seg(kidney_cyst_spleen(), ct_series(tmp_path_factory.mktemp("ct") / "ct"), "LABELMAP")
    dataset.compress(RLELossless)
    return dataset


def test_the_budget_is_the_variables_or_at_most_4_gib(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert 0 < budget_bytes() <= 4 * 2**30
    monkeypatch.setenv(VARIABLE, "1.5")
    assert budget_bytes() == 1.5 * 2**30
    for text in ("many", "0", "-1", "inf", "nan"):
        monkeypatch.setenv(VARIABLE, text)
        with pytest.raises(ConcordanceError, match=f"{VARIABLE}: .* is no positive number"):
            budget_bytes()


def test_what_fits_exactly_is_allowed_and_one_byte_more_is_not(monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, "1")
    require_within_budget(tmp_path / "a", [1024, 1024, 256], 4)
    with pytest.raises(UnreadableFileError, match=r"asks for .* \(1024 x 1024 x 257 voxels\), the limit is 1 GiB"):
        require_within_budget(tmp_path / "a", [1024, 1024, 257], 4)


def test_a_small_gzip_file_of_many_voxels(tmp_path, little_memory):
    header = nibabel.Nifti1Header()
    header.set_data_dtype(np.uint8)
    header.set_data_shape((512, 512, 400))
    header.set_sform(np.eye(4), 1)
    path = tmp_path / "zeros.nii.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(header.binaryblock + bytes(4))
        for _ in range(100):
            file.write(bytes(MB))
    with pytest.raises(UnreadableFileError, match=rf"asks for 0.0977 GiB .*{VARIABLE}"):
        read_label_volume(path)


@pytest.mark.parametrize("behind", [0, 1])
def test_much_more_in_a_gzip_file_than_its_voxels(tmp_path, little_memory, behind):
    image = nibabel.Nifti1Image(np.ones((4, 4, 4), np.uint8), np.eye(4))
    image.set_sform(np.eye(4), 1)
    content = bytearray(image.to_bytes())
    if not behind:
        struct.pack_into("<f", content, 108, 70 * MB)
    path = tmp_path / "much.nii.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(content)
        for _ in range(100):
            file.write(bytes(MB))
    if behind:
        with pytest.raises(UnreadableFileError, match="far more bytes than the voxels"):
            read_label_volume(path)
    else:
        assert read_label_volume(path)[0].sum() == 0


@pytest.mark.parametrize("element", [b"\x02\x00\x01\x00OB\0\0", b"\x00\x52\x30\x92SQ\0\0"])
def test_a_wrong_length_reserves_no_more_than_the_file(tmp_path, seg, little_memory, element):
    seg.save_as(tmp_path / "seg.dcm", enforce_file_format=True)
    content = bytearray((tmp_path / "seg.dcm").read_bytes())
    at = content.index(element) + 8
    content[at : at + 4] = struct.pack("<I", 0xF0000000)
    (tmp_path / "seg.dcm").write_bytes(content)
    with pytest.raises((DicomSegError, UnreadableFileError)):
        read_dicom_seg(tmp_path / "seg.dcm")


def test_bounded_reading_gives_what_any_file_gives(tmp_path):
    path = tmp_path / "some"
    path.write_bytes(bytes(range(256)) * 1000)
    with BoundedFile(path) as file:
        assert file.read(3) == b"\0\1\2"
        assert file.read(10**12) == path.read_bytes()[3:]
        assert file.read(10**12) == b""
        file.seek(255_999)
        assert file.read() == b"\xff"


def test_a_deflated_file_that_grows_without_end(tmp_path, seg, little_memory):
    seg.save_as(tmp_path / "seg.dcm", enforce_file_format=True)
    dataset = pydicom.dcmread(tmp_path / "seg.dcm")
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    dataset.save_as(tmp_path / "deflated.dcm")
    assert read_dicom(tmp_path / "deflated.dcm").SOPInstanceUID == seg.SOPInstanceUID
    content = (tmp_path / "deflated.dcm").read_bytes()
    head = content[: 144 + struct.unpack("<I", content[140:144])[0]]
    deflater = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    parts = [deflater.compress(bytes(MB)) for _ in range(100)]
    (tmp_path / "deflated.dcm").write_bytes(b"".join([head, *parts, deflater.flush()]))
    with pytest.raises(UnreadableFileError, match="bytes, inflated"):
        read_dicom_seg(tmp_path / "deflated.dcm")
    with pytest.raises(UnreadableFileError, match="bytes, inflated"):
        read_headers(tmp_path)


@pytest.mark.parametrize(
    ("spoil", "fact"),
    [
        (lambda d: d.update({"Rows": 65535, "Columns": 65535}), "asks for|is truncated"),
        (lambda d: d.update({"NumberOfFrames": 2**31 - 1}), "is truncated|functional groups"),
        (
            lambda d: setattr(_position(d), "ImagePositionPatient", [-10.125, 20.25, 200_000]),
            "asks for|spaced|off an|its frames span",
        ),
    ],
)
@pytest.mark.parametrize("compressed", [False, True])
def test_a_seg_that_spans_too_much(tmp_path, seg, compressed_seg, little_memory, spoil, fact, compressed):
    dataset = deepcopy(compressed_seg if compressed else seg)
    spoil(dataset)
    dataset.save_as(tmp_path / "seg.dcm", enforce_file_format=True)
    with pytest.raises((DicomSegError, UnreadableFileError), match=fact):
        read_dicom_seg(tmp_path / "seg.dcm")


def _position(dataset):
    return dataset.PerFrameFunctionalGroupsSequence[-1].PlanePositionSequence[0]


def test_sequences_within_sequences_without_end(tmp_path, seg):
    """As a SEG, as a slice among others, and as a file of a folder that is viewed."""
    seg.save_as(tmp_path / "seg.dcm", enforce_file_format=True)
    content = (tmp_path / "seg.dcm").read_bytes()
    at = content.index(b"\x08\x00\x15\x11SQ")  # ReferencedSeriesSequence
    begin = b"\x08\x00\x15\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
    end = b"\xfe\xff\x0d\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0"
    (tmp_path / "seg.dcm").write_bytes(content[:at] + begin * 5000 + end * 5000 + content[at:])
    with pytest.raises(DicomSegError, match="damaged"):
        read_dicom_seg(tmp_path / "seg.dcm")
    with pytest.raises(UnreadableFileError, match="damaged"):
        read_headers(tmp_path)


def test_high_labels_take_no_table_up_to_them(little_memory):
    voxels = np.zeros((3, 4, 5), np.uint32)
    voxels[0, 1:3, 2] = 4_294_967_295
    voxels[2, 3, 4] = 70_000
    assert label_boxes(voxels, [70_000, 4_294_967_295]) == {
        4_294_967_295: (slice(0, 1), slice(1, 3), slice(2, 3)),
        70_000: (slice(2, 3), slice(3, 4), slice(4, 5)),
    }
    ranks = label_ranks(voxels, [5, 4_294_967_295])
    assert ranks.dtype == np.uint8
    assert (ranks[0, 1, 2], ranks[2, 3, 4], ranks[0, 0, 0]) == (2, 0, 0)
