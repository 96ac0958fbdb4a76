"""The surface of a mask, laid out so that distances to other surfaces are found quickly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from .search_rings import search_rings
from .surface_area import N_PATTERNS, patch_areas

_SLAB_CORNERS = 1 << 17


@dataclass(frozen=True, eq=False)
class Surface:
    """The surface of a mask: the voxel corners that have voxels inside and outside the mask around them.

    Outside the array is outside the mask, so a structure that is truncated has a closed surface.

    :param spacing_mm: along k, j, i.
    :param shape: of the mask, (k, j, i).
    :param on_surface: bool, one element per corner, with a margin of False as wide as :func:`search_rings` reaches.
        Corner n of an axis lies before voxel n.
    :param corners: int64 (n,), ascending: the flat indices of ``on_surface`` that are True. Empty for an empty mask.
    :param patterns: uint8 (n,), which of the eight voxels around each corner are inside, as in :func:`patch_areas`.
    :param area_of_pattern: float64 (256,), in mm^2.
    """

    spacing_mm: tuple[float, float, float]
    shape: tuple[int, int, int]
    on_surface: NDArray[np.bool_]
    corners: NDArray[np.int64]
    patterns: NDArray[np.uint8]
    area_of_pattern: NDArray[np.float64]

    @property
    def area_mm2(self) -> float:
        """The area of the surface in mm^2; 0 for an empty mask."""
        return float(np.bincount(self.patterns, minlength=N_PATTERNS) @ self.area_of_pattern)

    def points_mm(self, corners: NDArray[np.int64]) -> NDArray[np.float64]:
        """Where corners lie: float64 (n, 3), mm along k, j, i from one origin for all masks of one shape."""
        return np.stack(np.unravel_index(corners, self.on_surface.shape), axis=1) * np.array(self.spacing_mm)

    @cached_property
    def tree(self) -> cKDTree:
        """The corners in mm. Few points are looked up in it, so a quickly built tree beats a well balanced one."""
        return cKDTree(self.points_mm(self.corners), leafsize=32, balanced_tree=False, compact_nodes=False)


def surface_of(mask: NDArray[np.bool_], spacing_mm: Sequence[float]) -> Surface:
    """Find the surface of a mask.

    :param mask: bool, axes (k, j, i): the whole volume or, faster, a box that holds all masks to be compared. It needs
        no margin.
    :param spacing_mm: distance of neighbouring voxel centres along k, j, i, the order of the axes (the reverse of
        ``Geometry.spacing_mm``), in mm.
    :raises ValueError: not a three-dimensional bool array with three finite spacings above 0.
    """
    spacing = tuple(float(step) for step in spacing_mm)
    if mask.ndim != 3 or mask.dtype != bool or len(spacing) != 3 or not all(0 < step < np.inf for step in spacing):
        raise ValueError(f"no surface of a mask of {mask.dtype} {mask.shape} with spacing {spacing}")
    reach = search_rings(spacing).reach
    on_surface = np.zeros([n + 1 + 2 * margin for n, margin in zip(mask.shape, reach)], dtype=bool)
    within = on_surface[tuple(slice(margin, margin + n + 1) for n, margin in zip(mask.shape, reach))]
    n_planes = max(1, _SLAB_CORNERS // within[0].size)
    corners, patterns = [], []
    for low in range(0, len(within), n_planes):
        around = _patterns_around(mask, low, min(low + n_planes, len(within)))
        # 0 wraps to 255, so that one comparison finds what is neither all outside (0) nor all inside (255).
        mixed = around - np.uint8(1) < N_PATTERNS - 2
        within[low : low + n_planes] = mixed
        patterns.append(around[mixed])
        planes = on_surface[reach[0] + low : reach[0] + low + len(mixed)]
        corners.append(np.flatnonzero(planes) + (reach[0] + low) * on_surface[0].size)
    return Surface(
        spacing, mask.shape, on_surface, np.concatenate(corners), np.concatenate(patterns), patch_areas(spacing)
    )


def _patterns_around(mask: np.ndarray, low: int, high: int) -> np.ndarray:
    """The pattern of the voxels around every corner of the planes ``low`` to ``high`` - 1: uint8 (k, j, i)."""
    depth, height, width = mask.shape
    voxels = np.zeros((high - low + 1, height + 2, width + 2), dtype=np.uint8)
    first, last = max(low - 1, 0), min(high, depth)
    voxels[first - low + 1 : last - low + 1, 1:-1, 1:-1] = mask[first:last]
    pairs = voxels[:, :, :-1] | voxels[:, :, 1:] << 1
    fours = pairs[:, :-1] | pairs[:, 1:] << 2
    return fours[:-1] | fours[1:] << 4
