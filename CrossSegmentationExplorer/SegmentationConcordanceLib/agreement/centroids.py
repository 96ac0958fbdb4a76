"""How far the middles of two segments lie apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def centroid_distance_mm(
    mask: NDArray[np.bool_], reference: NDArray[np.bool_], spacing_kji: tuple[float, float, float]
) -> float | None:
    """Distance of the means of the voxels' centres, in mm.

    :param mask: bool, axes (k, j, i); ``reference`` likewise, on the same grid.
    :param spacing_kji: of the voxels in mm, along the same axes, which are at right angles.
    :returns: None where one of the two is empty.
    """
    middles = [_middle(one) for one in (mask, reference)]
    if middles[0] is None or middles[1] is None:
        return None
    return float(np.linalg.norm((middles[0] - middles[1]) * spacing_kji))


def _middle(mask: np.ndarray) -> np.ndarray | None:
    """Mean index along each axis, from the counts along that axis alone; None of an empty mask."""
    n = np.count_nonzero(mask)
    if not n:
        return None
    others = [tuple({0, 1, 2} - {axis}) for axis in range(3)]
    return np.array([mask.sum(axis=rest) @ np.arange(mask.shape[axis]) / n for axis, rest in enumerate(others)])
