"""Where to look at a structure: where the models differ most."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..imaging.geometry import Geometry
from .comparison import ComparedStructure, Comparison
from .dispute_depths import middle_voxel
from .disputed_regions import disputed_regions
from .models import ModelSegmentation

Place = tuple[float, float, float]


def disputed_place(comparison: Comparison, models: Sequence[ModelSegmentation], structure_key: str) -> Place | None:
    """The place of greatest disagreement on a structure, RAS in mm; the middle of one without disagreement.

    :param models: that the comparison is of; for the middle.
    :returns: None for a structure that is not in the comparison, or that no model marked.
    """
    index = next((n for n, found in enumerate(comparison.structures) if found.key == structure_key), None)
    if index is None:
        return None
    regions = disputed_regions(comparison, index)
    voxel = regions[0].voxel if regions else _middle(comparison.structures[index], models)
    return None if voxel is None else place_of(comparison.geometry, voxel)


def place_of(geometry: Geometry, voxel: tuple[int, int, int]) -> Place:
    """The middle of a voxel (k, j, i), RAS in mm.

    :param geometry: the grid; its affine gives LPS mm.
    :param voxel: indices (k, j, i).
    :returns: (right, anterior, superior) in mm.
    """
    left, back, up = geometry.lps_of(voxel[::-1])
    return -float(left), -float(back), float(up)


def _middle(structure: ComparedStructure, models: Sequence[ModelSegmentation]) -> tuple[int, int, int] | None:
    """The innermost voxel of everything that any model marked as the structure."""
    masks = [
        model.label_map.mask(segment)
        for model in models
        for segment in model.label_map.segments
        if model.structure_of(segment) == structure.identity
    ]
    if not masks or not any(mask.any() for mask in masks):
        return None
    mask = np.logical_or.reduce(masks)
    spans = [np.flatnonzero(mask.any(axis=tuple({0, 1, 2} - {axis}))) for axis in range(3)]
    crop = mask[tuple(slice(int(span[0]), int(span[-1]) + 1) for span in spans)]
    spacing_kji = models[0].label_map.geometry.spacing_mm[::-1]
    k, j, i = (int(span[0]) for span in spans)
    return middle_voxel(crop, (k, j, i), spacing_kji)
