"""The area of the surface patch at a voxel corner, for every pattern of the eight voxels around the corner.

The surface of a mask is taken apart into small patches, one per corner that has voxels of both kinds around it, as in

    Nikolov S et al. Clinically applicable segmentation of head and neck anatomy for radiotherapy: deep learning
    algorithm development and validation study. J Med Internet Res 2021;23(7):e26151.

The centres of the eight voxels span a cube. The patch is the marching-cubes patch (Lorensen and Cline, 1987) in that
cube: it cuts each of the cube's edges that joins an inside and an outside voxel at its midpoint. That leaves two
choices, made here so that every area equals that of the authors' software, surface-distance:

- The kind of voxel that is rarer in the cube is never joined across the diagonal of a face (of four and four, the
  inside voxels are not). A pattern and its complement therefore have the same area.
- A loop of more than three midpoints is a fan of triangles around the midpoint for which the area is largest in a cube
  with equal sides. This keeps the flat parts of the patch flat. The triangles are the same for all spacings.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

N_PATTERNS = 256
_CORNERS = tuple(product((0, 1), repeat=3))

_Point = tuple[float, ...]


def patch_areas(spacing_mm: Sequence[float]) -> NDArray[np.float64]:
    """The area of the patch of every pattern in mm^2: float64 (256,), 0 for patterns 0 and 255.

    :param spacing_mm: distance of neighbouring voxel centres along k, j, i (the order of the arrays' axes) in mm.

    Bit 4 a + 2 b + c of a pattern is set where the voxel on side (a, b, c) of the corner is inside the mask; sides are
    along k, j, i; 0 is the side of the lower index.
    """
    depth, height, width = spacing_mm
    patterns, area_vectors = _unit_patches()
    # A vector of area along one axis grows with the product of the other two spacings.
    scaled = area_vectors * (height * width, depth * width, depth * height)
    areas = np.bincount(patterns, weights=np.linalg.norm(scaled, axis=1), minlength=N_PATTERNS)
    return areas.astype(np.float64, copy=False)


@cache
def _unit_patches() -> tuple[np.ndarray, np.ndarray]:
    """All triangles on the unit cube: their patterns, int64 (n,), and vectors of area (normal times area), (n, 3)."""
    patterns, vectors = [], []
    for pattern in range(N_PATTERNS):
        for loop in _loops(pattern):
            fan = _fan(np.array(loop))
            patterns += [pattern] * len(fan)
            vectors += list(fan)
    return np.array(patterns), np.array(vectors)


def _fan(loop: np.ndarray) -> np.ndarray:
    """The vectors of area (n - 2, 3) of the fan of triangles over a loop (n, 3) that has the largest area."""
    n = len(loop)
    others = (np.arange(n)[:, None] + np.arange(1, n)) % n
    arms = loop[others] - loop[:, None]
    fans = np.cross(arms[:, :-1], arms[:, 1:]) / 2
    return fans[np.linalg.norm(fans, axis=2).sum(axis=1).argmax()]


def _loops(pattern: int) -> list[list[_Point]]:
    """The closed polygons in which the patch of a pattern cuts the cube's edges; none for patterns 0 and 255."""
    inside = {corner: bool(pattern >> bit & 1) for bit, corner in enumerate(_CORNERS)}
    rarer = sum(inside.values()) <= len(_CORNERS) // 2
    neighbours: dict[_Point, list[_Point]] = {}
    for face in _faces():
        for one, other in _lines_across(face, [inside[corner] == rarer for corner in face]):
            neighbours.setdefault(one, []).append(other)
            neighbours.setdefault(other, []).append(one)
    loops = []
    while neighbours:
        point = next(iter(neighbours))
        loop = []
        while point in neighbours:
            loop.append(point)
            one, other = neighbours.pop(point)
            point = one if one in neighbours else other
        loops.append(loop)
    return loops


def _faces() -> list[list[tuple[int, ...]]]:
    """The six faces of the cube, each as its four corners in their order around it."""
    faces = []
    for axis, side in product(range(3), (0, 1)):
        around = [(0, 0), (0, 1), (1, 1), (1, 0)]
        faces.append([(*pair[:axis], side, *pair[axis:]) for pair in around])
    return faces


def _lines_across(face: list[tuple[int, ...]], rare: list[bool]) -> list[tuple[_Point, _Point]]:
    """Where the patch meets a face: lines between midpoints of its sides, cutting off each run of rare corners."""
    middle = [tuple((p + q) / 2 for p, q in zip(face[n - 1], face[n])) for n in (1, 2, 3, 0)]
    starts = [n for n in range(4) if rare[n] and not rare[n - 1]]
    ends = [n for n in range(4) if rare[n] and not rare[(n + 1) % 4]]
    if len(starts) == 1:
        return [(middle[starts[0] - 1], middle[ends[0]])]
    return [(middle[n - 1], middle[n]) for n in starts]
