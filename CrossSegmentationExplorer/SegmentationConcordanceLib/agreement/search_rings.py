"""The places around a place on a grid, nearest first: where to look for the closest point of another surface."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

N_PLACES = 4000
_SAME_DISTANCE = 1e-12


@dataclass(frozen=True, eq=False)
class SearchRings:
    """All places within a radius of one place, in rings of equal distance.

    :param steps: int64 (n, 3), from the place along k, j, i, ascending by distance; the first is (0, 0, 0).
    :param ring: int64 (n,), the ring of every step.
    :param distance_mm: float64 (n_rings,), ascending.
    :param reach: the longest step along k, j, i.
    """

    steps: NDArray[np.int64]
    ring: NDArray[np.int64]
    distance_mm: NDArray[np.float64]
    reach: tuple[int, int, int]


@lru_cache(maxsize=8)
def search_rings(spacing_mm: tuple[float, float, float]) -> SearchRings:
    """The rings of the ball that holds about ``N_PLACES`` places.

    :param spacing_mm: distance of neighbouring places along k, j, i in mm.
    """
    radius = (N_PLACES * np.prod(spacing_mm) * 3 / (4 * np.pi)) ** (1 / 3)
    k, j, i = (int(radius // step) for step in spacing_mm)
    axes = np.meshgrid(*(np.arange(-n, n + 1) for n in (k, j, i)), indexing="ij")
    steps = np.stack([axis.ravel() for axis in axes], axis=1)
    squared = ((steps * spacing_mm) ** 2).sum(axis=1)
    order = np.argsort(squared, kind="stable")
    order = order[squared[order] <= radius**2]
    squared = squared[order]
    new_ring = np.diff(squared, prepend=-1.0) > _SAME_DISTANCE * squared
    return SearchRings(steps[order], np.cumsum(new_ring) - 1, np.sqrt(squared[new_ring]), (k, j, i))
