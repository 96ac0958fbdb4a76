"""Segments of one SEG that are coded alike and are not the same: told apart by their names, or left uncoded."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from ..anatomy.concepts import CodedStructure
from ..anatomy.identity import StructureIdentity, structure_identity
from ..anatomy.known_structures import KnownStructures, spelling
from ..anatomy.vocabulary import load_vocabulary, shipped_vocabularies
from ..plurals import first_few
from .label_map import Segment

_LISTED = 5
# Codes that say that it is an organ, or a structure, and not which one.
_GENERIC = frozenset(
    {"SCT:272625005", "SCT:113343008", "SCT:91723000", "SCT:123037004", "SCT:85756007", "SCT:39801007"}
)


def told_apart(segments: Iterable[Segment]) -> tuple[tuple[Segment, ...], tuple[str, ...]]:
    """The segments, none of them the same structure as another one of another name.

    Several segments of one identity and one name stay one structure. Of those with different names each becomes what
    its name says to the letter in the shipped label maps, where that is the coded structure with a side, or where the
    code says no more than "organ". The others lose their codes: they are compared with nothing, and summed with
    nothing.

    :returns: the segments in their order, and what was decided, a phrase each.
    """
    segments = tuple(segments)
    alike: dict[StructureIdentity, list[Segment]] = defaultdict(list)
    for segment in segments:
        if segment.structure is not None:
            alike[structure_identity(segment.structure)].append(segment)
    changed: dict[int, Segment] = {}
    notes = []
    for identity, group in alike.items():
        if len({spelling(one.name) for one in group}) < 2:
            if len(group) > 1:
                notes.append(f"{len(group)} segments are called {group[0].name}, with the same codes: taken together")
            continue
        named = {one.label: _named(one, identity) for one in group}
        meant = [structure_identity(one) for one in named.values() if one is not None]
        # A name that two of them have, or that another segment of the file already is, tells none apart.
        clear = {one for one in meant if meant.count(one) == 1 and (one == identity or one not in alike)}
        for one in group:
            structure = named[one.label]
            is_clear = structure is not None and structure_identity(structure) in clear
            changed[one.label] = replace(one, structure=structure if is_clear else None)
        notes.append(_note(identity, [changed[one.label] for one in group]))
    return tuple(changed.get(one.label, one) for one in segments), tuple(notes)


def _named(segment: Segment, identity: StructureIdentity) -> CodedStructure | None:
    """What the name says, where that is the coded structure told more closely, or the code tells nothing."""
    known = _known()
    found = [one for one in known.spelled(segment.name) if one.type == identity.type or identity.type in _GENERIC]
    return known.structures[found[0]] if len(found) == 1 else None


def _note(identity: StructureIdentity, group: list[Segment]) -> str:
    by_name = [one.name for one in group if one.structure is not None]
    uncoded = [one.name for one in group if one.structure is None]
    parts = [f"{len(group)} segments have the same codes {identity.key}"]
    for words, names in (("taken by their names", by_name), ("not compared, as no name tells what they are", uncoded)):
        if names:
            parts.append(f"{first_few(names, _LISTED)}: {words}")
    return "; ".join(parts)


@functools.cache
def _known() -> KnownStructures:
    return KnownStructures.of(load_vocabulary(name) for name in shipped_vocabularies())
