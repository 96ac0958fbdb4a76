"""Numbers with their nouns, and names of which there may be many."""

from __future__ import annotations

from collections.abc import Sequence

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


def first_few(names: Sequence[str], most: int) -> str:
    """``a, b, c``, or ``a, b and 7 more``.

    :param most: how many are named.
    :returns: "" for no names.
    """
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
