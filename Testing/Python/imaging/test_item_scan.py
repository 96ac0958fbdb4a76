"""Taking values from the bytes of a sequence: the same that pydicom finds, or a refusal."""

from __future__ import annotations

import io
import struct

import pytest
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.sequence import Sequence

from SegmentationConcordanceLib.imaging.item_scan import UnusualEncodingError, scan_sequence

FRAMES = 0x52009230
SEGMENT, POSITION, UID = (0x0062000A, 0x0062000B), (0x00209113, 0x00200032), (0x00089124, 0x00082112, 0x00081155)
WANTED = {SEGMENT: b"US", POSITION: b"DS", UID: b"UI"}


def item(number: int, position: list[str], uids: list[str]) -> Dataset:
    frame = Dataset()
    frame.SegmentIdentificationSequence = [Dataset()]
    frame.SegmentIdentificationSequence[0].ReferencedSegmentNumber = number
    frame.PlanePositionSequence = [Dataset()]
    frame.PlanePositionSequence[0].ImagePositionPatient = position
    frame.DerivationImageSequence = [Dataset()]
    frame.DerivationImageSequence[0].SourceImageSequence = [Dataset() for _ in uids]
    for image, uid in zip(frame.DerivationImageSequence[0].SourceImageSequence, uids):
        image.ReferencedSOPInstanceUID = uid
    return frame


FOUR = [
    item(1, ["0", "0", "-1"], ["1.2.3"]),
    item(2, ["0", "0", "-10.5"], ["1.2.34", "1.2.3"]),
    item(300, ["0", "0", "-2"], ["1.2.4"]),
    item(1, ["0", "0", "0"], []),
]
VALUES_OF_FOUR = [
    (b"\x01\x00", rb"0\0\-1", [b"1.2.3\0"]),
    (b"\x02\x00", rb"0\0\-10.5 ", [b"1.2.34", b"1.2.3\0"]),
    (b"\x2c\x01", rb"0\0\-2", [b"1.2.4\0"]),
    (b"\x01\x00", rb"0\0\0 ", []),
]


def encoded(items: list[Dataset], *, undefined: bool = False) -> bytes:
    """The sequence as pydicom writes it, with lengths or with delimiters everywhere."""
    frames = Dataset()
    frames.PerFrameFunctionalGroupsSequence = Sequence(items)
    if undefined:
        for element in frames.iterall():
            if element.VR == "SQ":
                element.is_undefined_length = True
                for one in element.value:
                    one.is_undefined_length_sequence_item = True
    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, False
    write_dataset(buffer, frames)
    return buffer.getvalue()


def wanted_of(values: dict) -> tuple[bytes, bytes, list[bytes]]:
    sources = [value for place, value in values.items() if place[::2] == UID]
    return values[SEGMENT[0], 0, SEGMENT[1]], values[POSITION[0], 0, POSITION[1]], sources


@pytest.mark.parametrize("undefined", [False, True])
def test_values_and_end(undefined):
    data = encoded(FOUR, undefined=undefined)
    assert (b"\xff\xff\xff\xff" in data) == undefined
    items, end = scan_sequence(data + b"what follows", FRAMES, WANTED)
    assert [wanted_of(values) for values in items] == VALUES_OF_FOUR
    assert data[end:] == b""


def test_each_value_has_its_place():
    items, _ = scan_sequence(encoded(FOUR), FRAMES, WANTED)
    assert items[1][0x00089124, 0, 0x00082112, 1, 0x00081155] == b"1.2.3\0"


def test_unwanted_elements_may_hold_anything():
    frame = item(1, ["0", "0", "-1"], [])
    frame.add_new(0x00091001, "OB", b"\xfe\xff\x00\xe0\xff\xff\xff\xff")
    frame.add_new(0x00091002, "UT", "(.*)[a\\]")
    other = item(2, ["0", "0", "-1"], [])
    other.add_new(0x00091001, "OB", bytes(range(8)))
    other.add_new(0x00091002, "UT", "whatever")
    items, _ = scan_sequence(encoded([frame, other]), FRAMES, WANTED)
    assert [wanted_of(values)[0] for values in items] == [b"\x01\x00", b"\x02\x00"]


def test_no_items():
    assert scan_sequence(encoded([]), FRAMES, WANTED) == ([], 12)


@pytest.mark.parametrize("undefined", [False, True])
def test_bytes_that_end_anywhere_are_refused(undefined):
    data = encoded(FOUR, undefined=undefined)
    for length in range(len(data)):
        with pytest.raises(UnusualEncodingError):
            scan_sequence(data[:length], FRAMES, WANTED)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\x62\x00\x0b\x00US", b"\x62\x00\x0b\x00SS"),  # another representation of a wanted value
        (b"\x62\x00\x0b\x00US", b"\x62\x00\x0b\x00XX"),  # an unknown one
        (b"\x20\x00\x13\x91SQ", b"\x20\x00\x13\x91OB"),  # no sequence on the way to a wanted value
        (b"\x20\x00\x13\x91SQ", b"\x20\x00\x13\x91UN"),
        (b"\x20\x00\x13\x91SQ", b"\x01\x00\x13\x91SQ"),  # tags out of order
        (b"\x20\x00\x32\x00DS", b"\x08\x00\x05\x00CS"),  # a character set of its own
        (b"\x20\x00\x32\x00DS", b"\xfe\xff\x32\x00DS"),
        (b"\x00\x52\x30\x92SQ", b"\x00\x52\x29\x92SQ"),
        (b"\x00\x52\x30\x92SQ", b"\x00\x52\x30\x92OB"),
        (b"\xfe\xff\x00\xe0", b"\xfe\xff\x01\xe0"),
        (b"DS\x06\x00", b"DS\x04\x00"),
        (b"DS\x06\x00", b"DS\x08\x00"),
    ],
)
@pytest.mark.parametrize("undefined", [False, True])
def test_what_is_unusual_is_refused(old, new, undefined):
    data = encoded(FOUR, undefined=undefined)
    assert old in data
    with pytest.raises(UnusualEncodingError):
        scan_sequence(data.replace(old, new, 1), FRAMES, WANTED)


@pytest.mark.parametrize("delimiter", [b"\xfe\xff\x0d\xe0", b"\xfe\xff\xdd\xe0"])
def test_delimiters_with_a_length_are_refused(delimiter):
    data = encoded(FOUR, undefined=True).replace(delimiter + bytes(4), delimiter + b"\x02\0\0\0", 1)
    with pytest.raises(UnusualEncodingError):
        scan_sequence(data, FRAMES, WANTED)


def test_an_item_in_implicit_vr_is_refused():
    buffer = io.BytesIO(encoded(FOUR))
    implicit = struct.pack("<HHI", 0x0020, 0x9113, 0)
    frame = struct.pack("<HHI", 0xFFFE, 0xE000, len(implicit)) + implicit
    header = buffer.getvalue()[:8] + struct.pack("<I", len(frame))
    with pytest.raises(UnusualEncodingError):
        scan_sequence(header + frame, FRAMES, WANTED)


def test_endless_nesting_is_refused():
    sequence = struct.pack("<HH2sHI", 0x0009, 0x1001, b"SQ", 0, 0xFFFFFFFF)
    begin = struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
    data = encoded([], undefined=False)[:8] + b"\xff\xff\xff\xff" + begin + (sequence + begin) * 10_000
    with pytest.raises(UnusualEncodingError, match="without end"):
        scan_sequence(data, FRAMES, WANTED)


def test_items_that_are_all_different_are_refused():
    items = []
    for number in range(70):
        items.append(item(number, ["0", "0", "0"], []))
        items[-1].add_new(0x00091001, "UT", "x" * 2 * number)
    scan_sequence(encoded(items[:64]), FRAMES, WANTED)
    with pytest.raises(UnusualEncodingError, match="all different"):
        scan_sequence(encoded(items), FRAMES, WANTED)
