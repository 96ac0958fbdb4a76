"""The wanted values of a long DICOM sequence, taken from its bytes without building a dataset for every item.

A segmentation of a hundred structures has thousands of frames, and a sequence with an item for each. Building them all
takes far longer than decoding the frames. But the items differ in a few values only: their tags, representations and
lengths are those of a handful of layouts. Each layout is walked once, element by element; every other item is compared
with the layouts byte by byte, values apart, and so has the same elements in the same places.

Strict: whatever is not plainly explicit VR little endian is refused, for a full DICOM reader to make sense of.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass

Place = tuple[int, ...]
"""Where a value is within an item: tag, number of the item (from 0), tag, number of the item, ..., tag."""

ITEM = 0xFFFEE000
ITEM_END = 0xFFFEE00D
SEQUENCE_END = 0xFFFEE0DD
_DELIMITER_GROUP = 0xFFFE
_CHARACTER_SET = 0x00080005
UNDEFINED = 0xFFFFFFFF
_SHORT = frozenset(b"AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split())
_LONG = frozenset(b"OB OD OF OL OV OW SQ SV UC UR UT UV".split())
_MOST_LAYOUTS = 64
_DEEPEST = 16


class UnusualEncodingError(ValueError):
    """The bytes are not plainly what a strict scan understands; they may be good DICOM all the same."""


@dataclass(frozen=True, eq=False)
class _Layout:
    """What all items of one layout have in common: every byte but those of the values."""

    pattern: re.Pattern[bytes]
    places: tuple[Place, ...]


def scan_sequence(
    data: bytes, tag: int, wanted: Mapping[tuple[int, ...], bytes]
) -> tuple[list[dict[Place, bytes]], int]:
    """Take the wanted values of every item.

    :param data: begins with the header of the sequence; may go on behind it.
    :param tag: of the sequence.
    :param wanted: value representation by the tags that lead to a value, e.g. ``{(0x00209113, 0x00200032): b"DS"}``.
        Where sequences on the way have several items, the value is taken from each that has it.
    :returns: for each item its wanted values as they are in the file, padding included; and where the sequence ends.
    :raises UnusualEncodingError: another representation than the wanted one, bytes that fit no explicit VR little
        endian sequence, a length that does not add up, tags out of order, unknown representations, a character set
        within an item, nesting beyond 16 levels, more than 64 layouts.
    """
    try:
        return _Scan(data, wanted).sequence_items(tag)
    except struct.error as error:
        raise UnusualEncodingError("the bytes end within the sequence") from error


class _Scan:
    def __init__(self, data: bytes, wanted: Mapping[tuple[int, ...], bytes]) -> None:
        self._data = data
        self._wanted = wanted
        self._on_the_way = {tags[:depth] for tags in wanted for depth in range(1, len(tags))}
        self._spans: list[tuple[int, int, Place | None]] = []

    def sequence_items(self, tag: int) -> tuple[list[dict[Place, bytes]], int]:
        found, representation, length, at = element_header(self._data, 0)
        if found != tag or representation != b"SQ":
            raise UnusualEncodingError(f"no sequence {tag:08X}, but {found:08X}")
        end = None if length == UNDEFINED else at + length
        layouts: list[_Layout] = []
        items = []
        while (after := self._after_last(at, end)) is None:
            layout, match = self._matching(layouts, at)
            items.append(dict(zip(layout.places, match.groups())))
            at = match.end()
        return items, after

    def _matching(self, layouts: list[_Layout], at: int) -> tuple[_Layout, re.Match[bytes]]:
        """The layout of the item at ``at``, learned where it is new; it becomes the first of the layouts."""
        for layout in layouts:
            match = layout.pattern.match(self._data, at)
            if match:
                layouts.remove(layout)
                break
        else:
            layout = self._learn(at)
            match = layout.pattern.match(self._data, at)
            if match is None:
                raise UnusualEncodingError("an item does not match what was learned from it")
            if len(layouts) == _MOST_LAYOUTS:
                raise UnusualEncodingError("the items are all different")
        layouts.insert(0, layout)
        return layout, match

    def _learn(self, start: int) -> _Layout:
        self._spans = []
        end = self._item(start, ())
        pieces, at = [], start
        for low, high, place in self._spans:
            value = b".{%d}" % (high - low)
            pieces += [re.escape(self._data[at:low]), value if place is None else b"(%s)" % value]
            at = high
        pieces.append(re.escape(self._data[at:end]))
        places = tuple(place for _, _, place in self._spans if place is not None)
        return _Layout(re.compile(b"".join(pieces), re.DOTALL), places)

    def _after_last(self, at: int, end: int | None) -> int | None:
        """Where a sequence ends, if no further item begins at ``at``."""
        if end is not None:
            if at > end:
                raise UnusualEncodingError("an item is longer than its sequence")
            return at if at == end else None
        tag, length = delimiter(self._data, at)
        if tag != SEQUENCE_END:
            return None
        if length != 0:
            raise UnusualEncodingError("the end of a sequence has a length")
        return at + 8

    def _item(self, at: int, above: Place) -> int:
        """Walk one item; where it ends."""
        tag, length = delimiter(self._data, at)
        if tag != ITEM:
            raise UnusualEncodingError(f"{tag:08X} instead of an item")
        at += 8
        end = None if length == UNDEFINED else at + length
        previous = -1
        while end is None or at < end:
            if end is None and delimiter(self._data, at)[0] == ITEM_END:
                if delimiter(self._data, at)[1] != 0:
                    raise UnusualEncodingError("the end of an item has a length")
                return at + 8
            tag, at = self._element(at, above)
            if tag <= previous:
                raise UnusualEncodingError(f"{tag:08X} after {previous:08X}")
            previous = tag
        if at != end:
            raise UnusualEncodingError("an element is longer than its item")
        return at

    def _element(self, at: int, above: Place) -> tuple[int, int]:
        """Walk one element; its tag, and where it ends."""
        tag, representation, length, at = element_header(self._data, at)
        tags = (*above[::2], tag)
        place = (*above, tag)
        must_be = b"SQ" if tags in self._on_the_way else self._wanted.get(tags, representation)
        if tag >> 16 == _DELIMITER_GROUP or tag == _CHARACTER_SET or representation != must_be:
            raise UnusualEncodingError(f"{tag:08X} of representation {representation!r} within an item")
        if representation == b"SQ":
            return tag, self._sequence(at, length, place)
        if length == UNDEFINED or at + length > len(self._data):
            raise UnusualEncodingError(f"{tag:08X} is longer than the data")
        self._spans.append((at, at + length, place if tags in self._wanted else None))
        return tag, at + length

    def _sequence(self, at: int, length: int, place: Place) -> int:
        if len(place) > 2 * _DEEPEST:
            raise UnusualEncodingError("sequences within sequences without end")
        end = None if length == UNDEFINED else at + length
        number = 0
        while (after := self._after_last(at, end)) is None:
            at = self._item(at, (*place, number))
            number += 1
        return after


def element_header(data: bytes, at: int) -> tuple[int, bytes, int, int]:
    """Tag, value representation and length of an element, and where its value begins.

    :raises UnusualEncodingError: DICOM has no such representation. :raises struct.error: the data end before.
    """
    group, element, representation, length = struct.unpack_from("<HH2sH", data, at)
    if representation in _LONG:
        (length,) = struct.unpack_from("<I", data, at + 8)
        return group << 16 | element, representation, length, at + 12
    if representation not in _SHORT:
        raise UnusualEncodingError(f"unknown representation {representation!r}")
    return group << 16 | element, representation, length, at + 8


def delimiter(data: bytes, at: int) -> tuple[int, int]:
    """Tag and length of an item, of the end of an item or of a sequence, or anything else that begins there.

    :raises struct.error: the data end before.
    """
    group, element, length = struct.unpack_from("<HHI", data, at)
    return group << 16 | element, length
