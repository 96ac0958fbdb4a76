"""Putting the parts of a structure together before models are compared: lungs of their lobes, hearts of chambers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..anatomy.combinations import Combination
from ..imaging.label_map import LabelMap, Segment
from .models import ModelSegmentation


def combined(model: ModelSegmentation, combinations: Iterable[Combination]) -> ModelSegmentation:
    """The model with the whole in place of its parts.

    A model that has the whole as a structure of its own keeps that, and loses the parts. One that knows all needed
    parts gets the whole as their union. One that knows only some of them does not know the whole, and loses them, as
    a part cannot be held against a whole.

    :param combinations: of parts that no two of them have in common.
    :returns: a model of the same name; its arrays are shared, not copied.
    """
    for combination in combinations:
        model = _with_whole(model, combination)
    return model


def _with_whole(model: ModelSegmentation, combination: Combination) -> ModelSegmentation:
    known = model.known_structures()
    has_whole = combination.identity in known
    has_parts = not has_whole and combination.needed <= known
    not_asked = has_parts and bool(combination.needed & model.not_looked_for)
    from_parts = has_parts and not not_asked
    segments = []
    for segment in model.label_map.segments:
        if model.structure_of(segment) not in combination.parts:
            segments.append(segment)
        elif from_parts:
            segments.append(_as_whole(segment, combination))
    vocabulary = model.vocabulary - combination.parts
    if has_whole or has_parts:
        vocabulary |= {combination.identity}
    aside = model.not_looked_for - combination.parts | ({combination.identity} if not_asked else set())
    label_map = LabelMap(model.label_map.layers, model.label_map.geometry, tuple(segments))
    return replace(model, label_map=label_map, vocabulary=vocabulary, not_looked_for=frozenset(aside))


def _as_whole(segment: Segment, combination: Combination) -> Segment:
    return replace(segment, name=combination.name, structure=combination.structure)
