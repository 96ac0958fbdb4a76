"""Which structures touch each other, as measured on real segmentations (neighbours.csv)."""

from __future__ import annotations

import functools
from pathlib import Path

from .shipped_tables import shipped_rows

NEIGHBOURS_FILE = Path(__file__).with_name("neighbours.csv")


@functools.cache
def measured_neighbours() -> dict[str, frozenset[str]]:
    """The harmonized names of every measured structure's neighbours; a structure without a key was not measured."""
    rows = shipped_rows(NEIGHBOURS_FILE)
    return {row["structure"]: frozenset(row["neighbours"].split()) for row in rows}


def touch(one: str, other: str) -> bool | None:
    """Whether two structures touch; None where nobody measured it.

    :param one: a harmonized name.
    :param other: another one; the order does not matter.
    """
    neighbours = measured_neighbours()
    if one not in neighbours or other not in neighbours:
        return None
    return other in neighbours[one]
