"""What of a scan is judged: every structure, of every model that knows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..review.verdict import Subject
from .structure_list import NOT_IN_MODEL, ListedStructure


def judged_models(structure: ListedStructure, models: Sequence[str]) -> tuple[str, ...]:
    """The models that can be judged for a structure: those that know it, also where they found nothing.

    :param models: all of the scan, in their order.
    """
    return tuple(model for model in models if structure.presence.get(model, NOT_IN_MODEL) != NOT_IN_MODEL)


def judged_subjects(structures: Iterable[ListedStructure], models: Sequence[str]) -> tuple[Subject, ...]:
    """All that there is to be judged in a scan.

    :param structures: in the order of the list.
    :param models: all of the scan, in their order.
    """
    return tuple(
        Subject(structure.key, structure.name, model)
        for structure in structures
        for model in judged_models(structure, models)
    )
