"""Colours of a label map: the two of a pair have one, and one colour never stands for two structures that touch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from .identity import StructureIdentity, structure_identity
from .label_map_table import TableRow
from .neighbours import touch

_SIDES = ("SCT:7771000", "SCT:24028007", "SCT:51440002")
# The chambers of the heart are left and right, but no pair of equals, and they touch.
_NO_PAIRS = ("SCT:21814001", "SCT:59652004")


def color_findings(rows: Sequence[TableRow]) -> Iterator[tuple[int, str, str]]:
    """(line, kind, text) of every mistake; rows without codes or colour are passed over.

    Structures that nobody has measured (see neighbours.csv) are taken to touch.
    """
    first_of_pair: dict[StructureIdentity, tuple[TableRow, StructureIdentity, tuple[int, int, int]]] = {}
    by_color: dict[tuple[int, int, int], list[tuple[StructureIdentity, TableRow]]] = defaultdict(list)
    for row in rows:
        if row.structure is None or row.color is None:
            continue
        identity = structure_identity(row.structure)
        pair = without_side(identity)
        first, other_side, its_color = first_of_pair.setdefault(pair, (row, identity, row.color))
        if _sided(identity) and _sided(other_side) and its_color != row.color:
            text = f"{row.structure_name} is {_hex(row.color)}, its other side {_hex(its_color)} (line {first.line})"
            yield row.line, "color of a pair", text
        for other_pair, other in by_color[row.color]:
            touching = touch(row.structure_name, other.structure_name)
            if other_pair != pair and touching is not False:
                why = "which it touches" if touching else "which it may touch"
                text = f"{row.structure_name} is {_hex(row.color)} like {other.structure_name} (line {other.line})"
                yield row.line, "color of neighbours", f"{text}, {why}"
                break
        by_color[row.color].append((pair, row))


def without_side(identity: StructureIdentity) -> StructureIdentity:
    """What both sides of a pair have in common; a structure that is no half of a pair stays as it is."""
    if identity.type in _NO_PAIRS:
        return identity
    modifier = "" if identity.modifier in _SIDES else identity.modifier
    region_modifier = "" if identity.region_modifier in _SIDES else identity.region_modifier
    return StructureIdentity(identity.category, identity.type, modifier, identity.region, region_modifier)


def _sided(identity: StructureIdentity) -> bool:
    return bool({identity.modifier, identity.region_modifier} & set(_SIDES[:2]))


def _hex(color: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)
