"""Painting shapes into a volume of labels, each only where it can be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from .shapes import Shape

_VOXELS_AT_ONCE = 2_000_000
_CORNERS = np.indices((2, 2, 2)).reshape(3, 8)  # per axis, whether a corner of a box is at its end


class Canvas:
    """A volume of labels on which later paint covers earlier paint.

    :param shape: (k, j, i).
    :param ijk_to_body: float64 (4, 4), from voxel index (i, j, k, 1) to the mm in which the shapes are given.
    """

    def __init__(self, shape: tuple[int, int, int], ijk_to_body: NDArray[np.float64]) -> None:
        self.labels = np.zeros(shape, dtype=np.uint8)
        self._ijk_to_body = ijk_to_body
        self._body_to_ijk = np.linalg.inv(ijk_to_body)

    def paint(self, label: int, shapes: Iterable[Shape], over: Iterable[int] | None = None) -> None:
        """Give ``label`` to the voxels whose centre is in one of the shapes.

        :param over: labels that may be painted over; all of them by default.
        """
        allowed = np.ones(256, dtype=bool)
        if over is not None:
            allowed[:] = False
            allowed[list(over)] = True
        for shape in shapes:
            for box in self._boxes(shape.bounds()):
                region = self.labels[box]
                inside = shape.contains(*self._positions(box))
                inside &= allowed[region]
                region[inside] = label

    def _boxes(self, bounds: np.ndarray) -> Iterator[tuple[slice, slice, slice]]:
        """The part of the volume that can hold ``bounds``, in slabs of a bounded number of voxels."""
        corners = bounds[_CORNERS, [[0], [1], [2]]]
        ijk = self._body_to_ijk[:3, :3] @ corners + self._body_to_ijk[:3, 3:]
        size = np.array(self.labels.shape[::-1])
        first = np.clip(np.ceil(ijk.min(axis=1)).astype(int), 0, size)
        last = np.clip(np.floor(ijk.max(axis=1)).astype(int) + 1, 0, size)
        if np.any(last <= first):
            return
        slices_at_once = max(1, _VOXELS_AT_ONCE // int((last - first)[:2].prod()))
        for k in range(first[2], last[2], slices_at_once):
            yield (
                slice(k, min(k + slices_at_once, last[2])),
                slice(first[1], last[1]),
                slice(first[0], last[0]),
            )

    def _positions(self, box: tuple[slice, slice, slice]) -> list[np.ndarray]:
        k, j, i = (np.arange(part.start, part.stop, dtype=np.float32) for part in box)
        k, j = k[:, None, None], j[:, None]
        rows = self._ijk_to_body[:3].astype(np.float32)
        return [i * a + (j * b + (k * c + d)) for a, b, c, d in rows]
