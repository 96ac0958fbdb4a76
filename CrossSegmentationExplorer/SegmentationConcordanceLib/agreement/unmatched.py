"""Segments that match nothing of the other models by their codes, and by their names could."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from ..anatomy.known_structures import KnownStructures
from ..anatomy.vocabulary import load_vocabulary, shipped_vocabularies
from .models import ModelSegmentation

_LISTED = 5


def unmatched_notes(models: Sequence[ModelSegmentation]) -> list[str]:
    """A sentence per model on segments that no other model has, though one has what their names say; nothing is merged.

    Names are held against the shipped label maps, to the letter. Empty where all that could match does.
    """
    found = [{model.structure_of(one) for one in model.label_map.segments} for model in models]
    notes = []
    for number, model in enumerate(models):
        others = frozenset().union(*(some for other, some in enumerate(found) if other != number))
        could = []
        for segment in model.label_map.segments:
            own = model.structure_of(segment)
            meant = _known().spelled(segment.name) & others - {own}
            if own not in others and meant:
                could.append(f"{segment.name} ({own.key}) could be {_known().names[min(meant)]}")
        if could:
            more = f", and {len(could) - _LISTED} more" if len(could) > _LISTED else ""
            notes.append(
                f"{model.model}: coded as nothing that another model has, though the names say it: "
                f"{', '.join(could[:_LISTED])}{more}."
            )
    return notes


@functools.cache
def _known() -> KnownStructures:
    return KnownStructures.of(load_vocabulary(name) for name in shipped_vocabularies())
