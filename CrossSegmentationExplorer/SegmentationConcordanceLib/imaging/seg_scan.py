"""The quick way to read a binary DICOM SEG of the usual kind: frames as bytes, everything else by pydicom."""

from __future__ import annotations

import io
import os
import re
import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO

import numpy as np
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.filereader import read_partial, read_sequence_item
from pydicom.uid import ExplicitVRLittleEndian, SegmentationStorage

from ..errors import DicomSegError
from .dicom_files import BoundedFile, is_deflated
from .item_scan import Place, UnusualEncodingError, scan_sequence
from .seg_damage import DAMAGE
from .seg_frames import FrameTable, frame_plane

_PER_FRAME = 0x52009230
_SEGMENT = (0x0062000A, 0, 0x0062000B)
_POSITION = (0x00209113, 0, 0x00200032)
_SOURCE_TAGS = (0x00089124, 0x00082112, 0x00081155)
_PLANE_TAGS = {
    (0x00209116, 0x00200037): b"DS",  # ImageOrientationPatient
    (0x00289110, 0x00280030): b"DS",  # PixelSpacing
    (0x00289110, 0x00180088): b"DS",  # SpacingBetweenSlices
    (0x00289110, 0x00180050): b"DS",  # SliceThickness
}
_WANTED = _PLANE_TAGS | {_SEGMENT[::2]: b"US", _POSITION[::2]: b"DS", _SOURCE_TAGS: b"UI"}
_PIXEL_HEADERS = (b"\xe0\x7f\x10\x00OB\0\0", b"\xe0\x7f\x10\x00OW\0\0")
_DECIMAL = rb" *[+-]?[0-9]{1,16}(?:\.[0-9]{0,16})?(?:[eE][+-]?[0-9]{1,2})? *"
_THREE_DECIMALS = re.compile(rb"\\".join([_DECIMAL] * 3))
_UID = re.compile(rb"([0-9.]{1,64})\0?")


@dataclass(frozen=True, eq=False)
class ScannedSeg:
    """A binary SEG with one bit per voxel whose frames are known and not yet decoded.

    :param dataset: all attributes but PerFrameFunctionalGroupsSequence and PixelData.
    :param table: equal to what :func:`read_frame_table` finds.
    :param pixels_at: where in the file the value of PixelData begins; it is long enough for all frames.
    """

    dataset: Dataset
    table: FrameTable
    pixels_at: int


def scan_seg(path: Path, plain: BinaryIO | None = None) -> ScannedSeg | None:
    """Scan a file whose every byte up to the pixel data is understood with certainty.

    :param plain: what :func:`inflated` gave of it; ``pixels_at`` is a place in that then.
    :returns: None for all that is unusual, damaged, or no binary SEG in explicit VR little endian: then the file has
        to be read in full, which also tells what is wrong with it.
    """
    try:
        if plain is not None:
            plain.seek(0)
            return _scan(plain, path)
        with BoundedFile(path) as file:
            # Asked first, as a deflated file would be inflated just to find out that it is one.
            return None if is_deflated(file) else _scan(file, path)
    except (DicomSegError, InvalidDicomError, *DAMAGE):
        return None


def _scan(file: BinaryIO, path: Path) -> ScannedSeg | None:
    dataset = read_partial(file, stop_when=lambda tag, vr, length: tag >= _PER_FRAME)
    if not _is_plain(dataset):
        return None
    frames = int(dataset.NumberOfFrames)
    n_bytes = -(-frames * int(dataset.Rows) * int(dataset.Columns) // 8)
    groups_at = file.tell()
    file_size = file.seek(0, os.SEEK_END)
    file.seek(groups_at)
    if frames < 1 or not 0 < n_bytes < file_size - groups_at:
        return None
    data = file.read(file_size - n_bytes - groups_at)
    items, end = scan_sequence(data, _PER_FRAME, _WANTED)
    header, length = data[end : end + 8], data[end + 8 : end + 12]
    pixels_at = groups_at + end + 12
    is_rest = length == struct.pack("<I", file_size - pixels_at)
    # One byte makes an odd length even; what is longer still has to be looked at.
    is_whole = 0 <= file_size - pixels_at - n_bytes <= 1
    if len(items) != frames or header not in _PIXEL_HEADERS or not is_rest or not is_whole:
        return None
    shared = (dataset.get("SharedFunctionalGroupsSequence") or [Dataset()])[0]
    first_item = read_sequence_item(io.BytesIO(data[12:]), False, True, "iso8859")
    if first_item is None:
        return None
    return ScannedSeg(dataset, _frame_table(items, first_item, shared, path), pixels_at)


def _is_plain(dataset: Dataset) -> bool:
    return (
        dataset.original_encoding == (False, True)
        and dataset.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
        and dataset.SOPClassUID == SegmentationStorage
        and dataset.SegmentationType == "BINARY"
        and dataset.BitsAllocated == 1
        and "TotalPixelMatrixColumns" not in dataset
    )


def _frame_table(items: list[dict[Place, bytes]], first_item: Dataset, shared: Dataset, path: Path) -> FrameTable:
    planes = {tuple((place, item[place]) for place in item if place[::2] in _PLANE_TAGS) for item in items}
    if len(planes) != 1 or shared.get("DerivationImageSequence"):
        raise UnusualEncodingError("the frames differ in orientation or spacing, or share their source images")
    axes, measures = frame_plane([first_item], shared, path)
    position_of, uid_of = cache(_position), cache(_uid)
    return FrameTable(
        segment_numbers=np.array([_number(item[_SEGMENT]) for item in items], dtype=np.int64),
        positions=np.array([position_of(item[_POSITION]) for item in items]),
        orientation=axes,
        pixel_spacing_mm=measures[:2],
        slice_spacing_mm=measures[2],
        slice_thickness_mm=measures[3],
        sources=tuple(tuple(uid_of(item[place]) for place in item if place[::2] == _SOURCE_TAGS) for item in items),
    )


def _number(value: bytes) -> int:
    (number,) = struct.unpack("<H", value)
    return number


def _position(value: bytes) -> tuple[float, ...]:
    if not _THREE_DECIMALS.fullmatch(value):
        raise UnusualEncodingError(f"ImagePositionPatient {value!r}")
    return tuple(float(part) for part in value.split(b"\\"))


def _uid(value: bytes) -> str:
    match = _UID.fullmatch(value)
    if not match:
        raise UnusualEncodingError(f"UID {value!r}")
    return match[1].decode("ascii")
