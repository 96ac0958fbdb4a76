"""Where to look at a structure: where the models differ most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from .boxes import Box
from .comparison import ComparedStructure, Comparison
from .crops import most_disputed_voxel
from .models import ModelSegmentation

Place = tuple[float, float, float]


def disputed_place(
    comparison: Comparison, boxes: Mapping[str, Box], models: Sequence[ModelSegmentation], structure_key: str
) -> Place | None:
    """The place of greatest disagreement on a structure, RAS in mm; the middle of one that a single model knows.

    :param boxes: of :attr:`Analysis.boxes`.
    :returns: None for a structure that is not in the comparison, or that no model marked.
    """
    keys = [structure.key for structure in comparison.structures]
    if structure_key not in keys:
        return None
    index = keys.index(structure_key)
    if structure_key in boxes:
        voxel = most_disputed_voxel(comparison, index, boxes[structure_key])
    else:
        voxel = _middle(comparison.structures[index], models)
    if voxel is None:
        return None
    left, back, up = comparison.geometry.lps_of(voxel[::-1])
    return -float(left), -float(back), float(up)


def _middle(structure: ComparedStructure, models: Sequence[ModelSegmentation]) -> tuple[int, int, int] | None:
    """The voxel (k, j, i) of the structure that lies next to the mean of its fullest slice."""
    masks = [
        model.label_map.mask(segment)
        for model in models
        for segment in model.label_map.segments
        if model.structure_of(segment) == structure.identity
    ]
    if not masks or not any(mask.any() for mask in masks):
        return None
    mask = np.logical_or.reduce(masks)
    k = int(np.argmax(np.count_nonzero(mask, axis=(1, 2))))
    places = np.argwhere(mask[k])
    j, i = places[np.argmin(((places - places.mean(axis=0)) ** 2).sum(axis=1))]
    return k, int(j), int(i)
