"""How far two surfaces lie apart, exactly, in mm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .search_rings import search_rings
from .surfaces import Surface

# These change the time, not the result. Looking at a place costs a few ns, looking a point up in the tree 2 us, and
# building the tree 0.1 us per corner.
_N_NEAR = 300
_FEW = 8
_CHUNK_PROBES = 1 << 16
_SHORTEST_BLOCK = 8


@dataclass(frozen=True, eq=False)
class DirectedDistances:
    """How much of one surface lies at which distance from the closest point of the other.

    Both are empty where one of the surfaces is: then there is no distance.

    :param distance_mm: float64 (n,), ascending: the distances that occur; one may stand there several times.
    :param area_mm2: float64 (n,), above 0: the area at each of them.
    """

    distance_mm: NDArray[np.float64]
    area_mm2: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SurfaceDistances:
    """The distances between two surfaces, both ways, and the areas in mm^2 (0 for an empty mask)."""

    a_to_b: DirectedDistances
    b_to_a: DirectedDistances
    area_a_mm2: float
    area_b_mm2: float

    @property
    def directions(self) -> tuple[DirectedDistances, DirectedDistances]:
        """Both directions."""
        return self.a_to_b, self.b_to_a


def surface_distances(a: Surface, b: Surface) -> SurfaceDistances:
    """The distance of every patch of each surface to the closest patch of the other.

    A patch lies at its voxel corner and weighs as much as its area: the definition of DeepMind's surface-distance. Each
    patch looks for the other surface in rings around it, as most of two similar surfaces lies a voxel or two apart;
    what has found nothing by then is looked up in a tree. Both ways are exact.

    :raises ValueError: the masks' shapes or spacings differ.
    """
    if a.shape != b.shape or a.spacing_mm != b.spacing_mm:
        raise ValueError(f"a mask of {a.shape}, {a.spacing_mm} mm against one of {b.shape}, {b.spacing_mm} mm")
    return SurfaceDistances(_directed(a, b), _directed(b, a), a.area_mm2, b.area_mm2)


def _directed(source: Surface, target: Surface) -> DirectedDistances:
    if not source.corners.size or not target.corners.size:
        return DirectedDistances(np.zeros(0), np.zeros(0))
    search = _RingSearch(target)
    parts = []
    for low in range(0, source.corners.size, _CHUNK_PROBES):
        chunk = slice(low, low + _CHUNK_PROBES)
        areas = source.area_of_pattern.take(source.patterns[chunk])
        parts.append(search.run(source.corners[chunk], areas, 0, _N_NEAR))
    corners, areas = (np.concatenate(part) for part in zip(*parts))
    if corners.size * _FEW < target.corners.size:
        # Building the tree would take longer than looking further for so few.
        corners, areas = search.run(corners, areas, _N_NEAR, search.steps.size)
    found = np.flatnonzero(search.area_mm2)
    distance_mm, area_mm2 = search.distance_mm[found], search.area_mm2[found]
    if corners.size:
        far_mm, _ = target.tree.query(source.points_mm(corners))
        distance_mm, area_mm2 = np.concatenate([distance_mm, far_mm]), np.concatenate([area_mm2, areas])
        order = np.argsort(distance_mm)
        distance_mm, area_mm2 = distance_mm[order], area_mm2[order]
    return DirectedDistances(distance_mm, area_mm2)


class _RingSearch:
    """Adds up the area that finds the target surface, by ring."""

    def __init__(self, target: Surface) -> None:
        rings = search_rings(target.spacing_mm)
        _, height, width = target.on_surface.shape
        self.steps = rings.steps @ np.array([height * width, width, 1])
        self.ring = rings.ring
        self.distance_mm = rings.distance_mm
        self.area_mm2 = np.zeros(rings.distance_mm.size)
        self.on_surface = target.on_surface.reshape(-1)

    def run(self, corners: np.ndarray, areas: np.ndarray, start: int, stop: int) -> tuple[np.ndarray, np.ndarray]:
        """Look at steps ``start`` to ``stop`` - 1 from each corner; the first hit is the closest.

        :returns: the corners, and their areas, that hit nothing.
        """
        while start < stop and corners.size:
            size = min(_CHUNK_PROBES // corners.size, stop - start)
            if size < _SHORTEST_BLOCK:
                size = 1
                hit = self.on_surface.take(corners + self.steps[start])
                self.area_mm2[self.ring[start]] += areas[hit].sum()
            else:
                probes = self.on_surface.take(corners[:, None] + self.steps[start : start + size])
                first = probes.argmax(axis=1)
                hit = probes[np.arange(first.size), first]
                ring = self.ring[start + first[hit]]
                self.area_mm2 += np.bincount(ring, weights=areas[hit], minlength=self.area_mm2.size)
            missed = ~hit
            corners, areas = corners[missed], areas[missed]
            start += size
        return corners, areas
