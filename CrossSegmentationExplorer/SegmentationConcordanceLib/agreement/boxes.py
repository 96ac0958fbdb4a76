"""Where each structure lies: the box around everything that any model marked as it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from .comparison import Comparison


@dataclass(frozen=True, slots=True)
class Box:
    """A box of voxels: ``lower`` is inside, ``upper`` is not; both (k, j, i)."""

    lower: tuple[int, int, int]
    upper: tuple[int, int, int]

    @property
    def slices(self) -> tuple[slice, slice, slice]:
        """The box as an index of an array (k, j, i)."""
        return tuple(slice(low, high) for low, high in zip(self.lower, self.upper))

    @property
    def n_voxels(self) -> int:
        """Voxels in the box."""
        return int(np.prod(np.subtract(self.upper, self.lower)))

    def grown(self, margin_mm: float, spacing_mm: np.ndarray, shape: tuple[int, int, int]) -> Box:
        """The box with a margin on every side, rounded up to whole voxels and cut at the volume's edge.

        :param spacing_mm: along i, j, k, as :attr:`Geometry.spacing_mm` gives it.
        """
        margin = np.ceil(margin_mm / np.asarray(spacing_mm)[::-1] - 1e-9).astype(int)
        lower = np.maximum(np.subtract(self.lower, margin), 0)
        upper = np.minimum(np.add(self.upper, margin), shape)
        return Box(tuple(map(int, lower)), tuple(map(int, upper)))


def structure_boxes(comparison: Comparison) -> dict[int, Box]:
    """The box of every structure that two or more models know, by its index; none for one that nobody marked."""
    spans: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    index_of = {structure.number: index for index, structure in enumerate(comparison.structures) if structure.number}
    for plane in comparison.planes:
        table = plane.structure_of_label
        for label, found in enumerate(ndimage.find_objects(plane.voxels), start=1):
            number = int(table[label]) if label < table.size else 0
            if found is None or number not in index_of:
                continue
            index = index_of[number]
            lower, upper = np.array([s.start for s in found]), np.array([s.stop for s in found])
            low, high = spans.get(index, (lower, upper))
            spans[index] = np.minimum(low, lower), np.maximum(high, upper)
    return {index: Box(tuple(map(int, low)), tuple(map(int, high))) for index, (low, high) in spans.items()}
