"""Which structures follow each other, such as vertebrae, ribs and lobes, and which are pairs of sides: by codes."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from pathlib import Path

from .coded_cells import read_concept
from .identity import StructureIdentity
from .shipped_tables import shipped_rows

SERIES_FILE = Path(__file__).with_name("series.csv")

LEFT, RIGHT = "SCT:7771000", "SCT:24028007"


@dataclass(frozen=True, slots=True)
class SeriesPlace:
    """Where a structure stands in its series.

    :param series: e.g. "vertebrae"; of a side "ribs, left": neighbours are on one side.
    :param position: counted head to foot from 1; a variant stands between two whole numbers.
    :param member: what people call the member, e.g. "T8".
    """

    series: str
    position: float
    member: str


def series_place(identity: StructureIdentity) -> SeriesPlace | None:
    """The place of a structure in its series; None where it belongs to none."""
    found = _members().get(identity.type)
    if found is None or identity.region:
        return None
    side = side_of(identity)
    return replace(found, series=f"{found.series}, {side}") if side else found


def side_of(identity: StructureIdentity) -> str:
    """ "left", "right", or "" for a structure without a side."""
    modifiers = (identity.modifier, identity.region_modifier)
    if LEFT in modifiers or RIGHT in modifiers:
        return "left" if LEFT in modifiers else "right"
    return _sides().get(identity.type, "")


def counterpart(identity: StructureIdentity) -> StructureIdentity | None:
    """The same structure of the other side; None for one without a side, or whose type names its side."""
    swapped = {LEFT: RIGHT, RIGHT: LEFT}
    if identity.modifier not in swapped and identity.region_modifier not in swapped:
        return None
    return replace(
        identity,
        modifier=swapped.get(identity.modifier, identity.modifier),
        region_modifier=swapped.get(identity.region_modifier, identity.region_modifier),
    )


@functools.cache
def _members() -> dict[str, SeriesPlace]:
    """By type, "scheme:code"."""
    return {
        str(read_concept(row["type"])): SeriesPlace(row["series"], float(row["position"]), row["member"])
        for row in _rows()
    }


@functools.cache
def _sides() -> dict[str, str]:
    """By type, where the type names the side."""
    return {str(read_concept(row["type"])): row["side"] for row in _rows() if row["side"]}


def _rows() -> list[dict[str, str]]:
    return shipped_rows(SERIES_FILE)
