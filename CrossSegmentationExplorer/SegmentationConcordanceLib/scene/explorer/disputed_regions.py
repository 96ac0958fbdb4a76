"""The places within a structure where the models disagree, one after the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from ...agreement.boxes import Box
from ...agreement.comparison import Comparison
from ...agreement.crops import agreement_crop


@dataclass(frozen=True, slots=True)
class DisputedRegion:
    """A connected region of voxels that some of the models that know the structure carry, and some do not.

    :param voxel: (k, j, i) of the scan, inside the region, next to its mean in the slice that has most of it.
    """

    n_voxels: int
    volume_ml: float
    voxel: tuple[int, int, int]


def disputed_regions(comparison: Comparison, index: int, box: Box) -> tuple[DisputedRegion, ...]:
    """The regions of one structure, the largest first; empty where all models agree or one alone knows it.

    Voxels are connected by their faces. Neighbours at the rim of a structure nearly always form one large shell;
    single stray voxels come last.

    :param index: of the structure in the comparison. :param box: of :attr:`Analysis.boxes`.
    """
    agreeing = agreement_crop(comparison, index, box)
    disputed = (agreeing > 0) & (agreeing < comparison.structures[index].n_voters)
    labels, count = ndimage.label(disputed)
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    boxes = ndimage.find_objects(labels)
    ml = comparison.geometry.voxel_volume_ml
    order = np.argsort(-sizes[1:], kind="stable") + 1
    return tuple(
        DisputedRegion(int(sizes[n]), float(sizes[n] * ml), _middle_of_region(labels, n, boxes[n - 1], box.lower))
        for n in map(int, order)
    )


def middle_voxel(mask: np.ndarray, lower: tuple[int, int, int]) -> tuple[int, int, int]:
    """The voxel (k, j, i) of the scan in the mask, next to its mean in the slice that has most of it.

    :param mask: bool (k, j, i), not empty. :param lower: where in the scan it begins.
    """
    k = int(np.argmax(np.count_nonzero(mask, axis=(1, 2))))
    places = np.argwhere(mask[k])
    nearest = places[np.argmin(((places - places.mean(axis=0)) ** 2).sum(axis=1))]
    return tuple(int(low + at) for low, at in zip(lower, (k, *nearest)))


def _middle_of_region(
    labels: np.ndarray, number: int, where: tuple[slice, ...], lower: tuple[int, int, int]
) -> tuple[int, int, int]:
    return middle_voxel(labels[where] == number, tuple(low + part.start for low, part in zip(lower, where)))
