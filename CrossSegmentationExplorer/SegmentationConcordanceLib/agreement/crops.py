"""The votes for one structure, voxel by voxel, in the box where there are any."""

from __future__ import annotations

import numpy as np

from .boxes import Box
from .comparison import Comparison


def pattern_crop(comparison: Comparison, index: int, box: Box) -> np.ndarray:
    """Which models carry a structure, as bits: uint16, axes (k, j, i), of the box.

    :param index: of a structure that two or more models know.
    """
    number = comparison.structures[index].number
    patterns = np.zeros([high - low for low, high in zip(box.lower, box.upper)], dtype=np.uint16)
    for plane in comparison.planes:
        crop = plane.voxels[box.slices]
        for label in np.flatnonzero(plane.structure_of_label == number).tolist():  # else it compares in int64
            patterns |= (crop == label).astype(np.uint16) << np.uint16(plane.model)
    return patterns


def agreement_crop(comparison: Comparison, index: int, box: Box) -> np.ndarray:
    """How many models carry a structure: uint8, axes (k, j, i), of the box. The agreement map."""
    members = comparison.pattern_members().sum(axis=1).astype(np.uint8)
    return members[pattern_crop(comparison, index, box)]


def most_disputed_voxel(comparison: Comparison, index: int, box: Box) -> tuple[int, int, int]:
    """The voxel (k, j, i) of the scan where the models differ most: where the largest dispute has its middle.

    Disputed are the voxels that some of the models carry that know the structure, and some do not; the slice with
    most of them is chosen, and in it the disputed voxel next to their mean. Without a dispute it is the same for all
    voxels of the structure.
    """
    agreeing = agreement_crop(comparison, index, box)
    disputed = (agreeing > 0) & (agreeing < comparison.structures[index].n_voters)
    wanted = disputed if disputed.any() else agreeing > 0
    k = int(np.argmax(np.count_nonzero(wanted, axis=(1, 2))))
    places = np.argwhere(wanted[k])
    nearest = places[np.argmin(((places - places.mean(axis=0)) ** 2).sum(axis=1))]
    return tuple(int(low + at) for low, at in zip(box.lower, (k, *nearest)))
