"""Headers whose sequences lie within each other are measured before GDCM sees them."""

from __future__ import annotations

import struct

import pytest

from imaging.seg_cases import ct_series
from SegmentationConcordanceLib.errors import UnreadableFileError
from SegmentationConcordanceLib.imaging.image_headers import read_headers
from SegmentationConcordanceLib.imaging.nesting import DEEPEST, nesting_depth

ITEM, ITEM_END, SEQUENCE_END = b"\xfe\xff\x00\xe0", b"\xfe\xff\x0d\xe0" + bytes(4), b"\xfe\xff\xdd\xe0" + bytes(4)
SEQUENCE = b"\x40\x00\x75\x02SQ\0\0"
WITHOUT = b"\xff\xff\xff\xff"


def with_lengths(levels: int) -> bytes:
    value = b""
    for _ in range(levels):
        value = ITEM + struct.pack("<I", len(value)) + value
        value = SEQUENCE + struct.pack("<I", len(value)) + value
    return value


def without_lengths(levels: int) -> bytes:
    return (SEQUENCE + WITHOUT + ITEM + WITHOUT) * levels + (ITEM_END + SEQUENCE_END) * levels


@pytest.mark.parametrize("nested", [with_lengths, without_lengths])
def test_depth(nested):
    assert [nesting_depth(nested(levels)) for levels in (0, 1, 7)] == [0, 1, 7]
    assert nesting_depth(nested(3) + nested(5) + nested(2)) == 5
    assert nesting_depth((ITEM + struct.pack("<I", 2) + b"ab") * 500) == 1


@pytest.mark.parametrize("nested", [with_lengths, without_lengths])
def test_a_deep_header_is_refused(tmp_path, nested):
    series = ct_series(tmp_path / "ct")
    content = series.files[0].read_bytes()
    at = content.index(b"\xe0\x7f\x10\x00")  # in order of tags: before the pixel data
    series.files[0].write_bytes(content[:at] + nested(DEEPEST) + content[at:])
    assert len(read_headers(tmp_path).images) == len(series.files)
    series.files[0].write_bytes(content[:at] + nested(DEEPEST + 1) + content[at:])
    with pytest.raises(UnreadableFileError, match=f"{DEEPEST + 1} deep"):
        read_headers(tmp_path)
