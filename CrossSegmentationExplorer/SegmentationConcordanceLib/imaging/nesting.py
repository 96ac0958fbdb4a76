"""How deep the sequences of a DICOM header lie within each other: GDCM's time grows with the square of it."""

from __future__ import annotations

import math
import re

DEEPEST = 64
"""No header that a scanner or PACS writes comes near; 2,000 levels, in 40 kB, keep GDCM busy for half a minute."""

_MARK = re.compile(rb"\xfe\xff(?:\x00\xe0|\x0d\xe0)(?s:(....))")
_UNDEFINED = 0xFFFFFFFF


def nesting_depth(header: bytes) -> int:
    """The most items that are open at one place.

    :param header: little endian, of any transfer syntax, without pixel data. Only the marks of items are looked at.
    """
    ends: list[float] = []
    deepest = 0
    for mark in _MARK.finditer(header):
        while ends and ends[-1] <= mark.start():
            ends.pop()
        length = int.from_bytes(mark[1], "little")
        if mark[0][2:4] == b"\x0d\xe0":
            if ends:
                ends.pop()
            continue
        ends.append(math.inf if length == _UNDEFINED else mark.end() + length)
        deepest = max(deepest, len(ends))
    return deepest
