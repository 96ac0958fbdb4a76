"""Numbers with their nouns."""

from __future__ import annotations

_SAME = ("series",)


def counted(number: int, noun: str) -> str:
    """``1 file``, ``2 files``, ``3 studies``, ``1,200 series``.

    :param number: 0 or more.
    :param noun: in the singular.
    """
    if number == 1 or noun.split()[-1] in _SAME:
        return f"{number:,} {noun}"
    ends_in_y = noun.endswith("y") and noun[-2:-1] not in "aeiou"
    return f"{number:,} {noun[:-1]}ies" if ends_in_y else f"{number:,} {noun}s"
