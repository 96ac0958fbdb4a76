"""Where the frames lie in a file's pixel data, and their bytes in the transfer syntax that they are stored in."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO

import numpy as np
from pydicom import dcmread
from pydicom.uid import UID

# PixelData, FloatPixelData and DoubleFloatPixelData, as little endian writes them.
_PIXEL_DATA = (b"\xe0\x7f\x10\x00", b"\xe0\x7f\x08\x00", b"\xe0\x7f\x09\x00")
_ITEM, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE0DD
_UNDEFINED_LENGTH = 0xFFFFFFFF

MEDIA_TYPES = {
    "1.2.840.10008.1.2.4.50": "image/jpeg",
    "1.2.840.10008.1.2.4.51": "image/jpeg",
    "1.2.840.10008.1.2.4.57": "image/jpeg",
    "1.2.840.10008.1.2.4.70": "image/jpeg",
    "1.2.840.10008.1.2.4.80": "image/jls",
    "1.2.840.10008.1.2.4.81": "image/jls",
    "1.2.840.10008.1.2.4.90": "image/jp2",
    "1.2.840.10008.1.2.4.91": "image/jp2",
    "1.2.840.10008.1.2.4.201": "image/jphc",
    "1.2.840.10008.1.2.4.202": "image/jphc",
    "1.2.840.10008.1.2.4.203": "image/jphc",
    "1.2.840.10008.1.2.5": "image/dicom-rle",
}


class FrameError(ValueError):
    """The pixel data are not what the header says, or there are none."""


@dataclass(frozen=True)
class FrameTable:
    """Where each frame lies.

    :param start: offset of native pixel data in the file in bytes; ``length`` bytes of them.
    :param extents: per frame its parts as (offset in the file in bytes, length in bytes), to be joined. Empty for
        native data, whose frames follow each other without gaps from ``start`` on.
    :param bits_per_frame: of native data; frames of one-bit data need not begin at a byte.
    """

    n_frames: int
    start: int = 0
    bits_per_frame: int = 0
    extents: tuple[tuple[tuple[int, int], ...], ...] = ()

    def read(self, stream: BinaryIO, number: int) -> bytes:
        """The bytes of frame ``number``, which counts from 1.

        A frame of one-bit data begins at the first bit of its first byte, the rest of its last byte is 0.

        :raises IndexError: there is no such frame.
        :raises FrameError: the file ends before the frame does.
        """
        if not 1 <= number <= self.n_frames:
            raise IndexError(number)
        if self.extents:
            return b"".join(_read_at(stream, offset, length) for offset, length in self.extents[number - 1])
        first_bit = (number - 1) * self.bits_per_frame
        first, shift = divmod(first_bit, 8)
        end = -(-(first_bit + self.bits_per_frame) // 8)
        stored = _read_at(stream, self.start + first, end - first)
        if shift == 0 and self.bits_per_frame % 8 == 0:
            return stored
        bits = np.unpackbits(np.frombuffer(stored, np.uint8), bitorder="little")
        return np.packbits(bits[shift : shift + self.bits_per_frame], bitorder="little").tobytes()


def frame_table(stream: BinaryIO) -> FrameTable:
    """Find the frames of a file; only headers are read.

    :param stream: the whole file, at its beginning, not deflated and not big endian.
    :raises FrameError: it has no pixel data, or they are shorter than the header says, or nothing tells which of
        their fragments make a frame.
    """
    header = dcmread(stream, stop_before_pixels=True)
    syntax = UID(header.file_meta.TransferSyntaxUID)
    start, length = _pixel_data(stream, syntax)
    n_frames = int(header.get("NumberOfFrames") or 1)
    if n_frames < 1:
        raise FrameError(f"it says to have {n_frames} frames")
    if syntax.is_encapsulated:
        return FrameTable(n_frames, extents=_encapsulated(stream, start, n_frames))
    try:
        pixels = header.Rows * header.Columns * header.get("SamplesPerPixel", 1)
        bits = pixels * header.BitsAllocated
    except (AttributeError, TypeError) as error:
        raise FrameError(f"its header does not say the size of a frame ({error})") from error
    if "YBR_FULL_422" in header.get("PhotometricInterpretation", ""):
        bits = bits * 2 // 3
    if bits * n_frames > 8 * length:
        raise FrameError(f"{n_frames} frames of {bits} bits do not fit into {length} bytes")
    return FrameTable(n_frames, start, bits)


def _read_at(stream: BinaryIO, offset: int, length: int) -> bytes:
    stream.seek(offset)
    found = stream.read(length)
    if len(found) != length:
        raise FrameError("the file ends within its pixel data")
    return found


def _pixel_data(stream: BinaryIO, syntax: UID) -> tuple[int, int]:
    """Offset and length of the value of the pixel data element, which the stream stands before."""
    head = stream.read(12)
    if len(head) < 8 or head[:4] not in _PIXEL_DATA:
        raise FrameError("it has no pixel data")
    at_value = stream.tell() - (4 if syntax.is_implicit_VR else 0)
    length = struct.unpack("<I", head[4:8] if syntax.is_implicit_VR else head[8:12])[0]
    return at_value, length


def _encapsulated(stream: BinaryIO, start: int, n_frames: int) -> tuple[tuple[tuple[int, int], ...], ...]:
    items = _items(stream, start)
    if not items:
        raise FrameError("its compressed pixel data have no fragments")
    (table_at, table_length), fragments = items[0], items[1:]
    if len(fragments) == n_frames:
        return tuple((fragment,) for fragment in fragments)
    if n_frames == 1:
        return (tuple(fragments),)
    if not fragments or table_length != 4 * n_frames:
        raise FrameError(f"nothing tells how {len(fragments)} fragments make {n_frames} frames")
    begins = struct.unpack(f"<{n_frames}I", _read_at(stream, table_at, table_length))
    origin = fragments[0][0] - 8
    bounds = [*(origin + begin for begin in begins), fragments[-1][0] + fragments[-1][1]]
    frames = tuple(
        tuple(fragment for fragment in fragments if begin <= fragment[0] - 8 < end) for begin, end in pairwise(bounds)
    )
    if not all(frames):
        raise FrameError("its table of frames does not fit its fragments")
    return frames


def _items(stream: BinaryIO, start: int) -> list[tuple[int, int]]:
    """Offset and length of the value of every item of encapsulated pixel data, the table of frames first."""
    found: list[tuple[int, int]] = []
    stream.seek(start)
    while len(head := stream.read(8)) == 8:
        group, element, length = struct.unpack("<HHI", head)
        tag = group << 16 | element
        if tag == _SEQUENCE_END:
            return found
        if tag != _ITEM or length == _UNDEFINED_LENGTH:
            break
        found.append((stream.tell(), length))
        stream.seek(length, 1)
    raise FrameError("its compressed pixel data are damaged or cut short")
