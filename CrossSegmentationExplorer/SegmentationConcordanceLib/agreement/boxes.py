"""Where each structure lies: the box around everything that any model marked as it."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .comparison import Comparison
from .patterns import Plane
from .threads import thread_count

_WORD_BYTES = 8


@dataclass(frozen=True, slots=True)
class Box:
    """A box of voxels: ``lower`` is inside, ``upper`` is not; both (k, j, i)."""

    lower: tuple[int, int, int]
    upper: tuple[int, int, int]

    @property
    def slices(self) -> tuple[slice, slice, slice]:
        """The box as an index of an array (k, j, i)."""
        k, j, i = (slice(low, high) for low, high in zip(self.lower, self.upper))
        return k, j, i

    @property
    def n_voxels(self) -> int:
        """Voxels in the box."""
        return int(np.prod(np.subtract(self.upper, self.lower)))

    def around(self, other: Box) -> Box:
        """The box around this one and another."""
        lower, upper = np.minimum(self.lower, other.lower).tolist(), np.maximum(self.upper, other.upper).tolist()
        return Box((lower[0], lower[1], lower[2]), (upper[0], upper[1], upper[2]))

    def grown(self, margin_mm: float, spacing_mm: NDArray[np.float64], shape: tuple[int, int, int]) -> Box:
        """The box with a margin on every side, rounded up to whole voxels and cut at the volume's edge.

        :param spacing_mm: along i, j, k, as :attr:`Geometry.spacing_mm` gives it.
        """
        margin = np.ceil(margin_mm / np.asarray(spacing_mm)[::-1] - 1e-9).astype(int)
        lower = np.maximum(np.subtract(self.lower, margin), 0)
        upper = np.minimum(np.add(self.upper, margin), shape)
        return Box((int(lower[0]), int(lower[1]), int(lower[2])), (int(upper[0]), int(upper[1]), int(upper[2])))


def structure_boxes(comparison: Comparison) -> dict[int, Box]:
    """The box of every structure that two or more models know, by its index; none for one that nobody marked."""
    index_of = {structure.number: index for index, structure in enumerate(comparison.structures) if structure.number}
    highest = max([*index_of, *(int(plane.structure_of_label.max(initial=0)) for plane in comparison.planes)])
    with ThreadPoolExecutor(thread_count()) as executor:
        found = list(executor.map(lambda plane: _occurrence(plane, highest), comparison.planes))
    along_axes = [np.logical_or.reduce(of_planes) for of_planes in zip(*found)]
    boxes = {}
    for number, index in sorted(index_of.items(), key=lambda pair: pair[1]):
        places = [np.flatnonzero(occurs[:, number]) for occurs in along_axes]
        if places[0].size:
            lower, upper = zip(*((int(place[0]), int(place[-1]) + 1) for place in places))
            boxes[index] = Box(lower, upper)
    return boxes


def boxes_by_key(comparison: Comparison) -> dict[str, Box]:
    """As :func:`structure_boxes`, by the structure's key; of uncoded segments of one name the box around all."""
    boxes: dict[str, Box] = {}
    for index, box in structure_boxes(comparison).items():
        key = comparison.structures[index].key
        boxes[key] = box.around(boxes[key]) if key in boxes else box
    return boxes


def _occurrence(plane: Plane, highest: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where along each axis (k, j, i) a structure occurs: bool (voxels along the axis, highest + 1).

    Each slice is looked at as words of up to eight bytes. A word that equals the one before it in its row says nothing
    new about rows, one that equals the word above it nothing new about columns: few words are left to look into.
    """
    in_slice, in_row, in_column = (np.zeros((length, highest + 1), dtype=bool) for length in plane.voxels.shape)
    for k, one_slice in enumerate(plane.voxels):
        voxels = np.ascontiguousarray(one_slice)
        words = voxels.view(f"u{math.gcd(voxels.shape[1] * voxels.itemsize, _WORD_BYTES)}")
        filled = words != 0
        if not filled.any():
            continue
        new_in_row = filled.copy()
        new_in_row[:, 1:] &= words[:, 1:] != words[:, :-1]
        rows, _, structures = _words_at(new_in_row, words, plane)
        _mark(in_slice, k, structures)
        _mark(in_row, rows[:, None], structures)
        new_in_column = filled
        new_in_column[1:] &= words[1:] != words[:-1]
        _, columns, structures = _words_at(new_in_column, words, plane)
        per_word = structures.shape[1]
        _mark(in_column, columns[:, None] * per_word + np.arange(per_word), structures)
    return in_slice, in_row, in_column


def _words_at(chosen: np.ndarray, words: np.ndarray, plane: Plane) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row and column of the chosen words, and the structures in them, (words, voxels per word)."""
    places = np.flatnonzero(chosen)
    labels = words.reshape(-1)[places].view(plane.voxels.dtype)
    structures = np.take(plane.structure_of_label, labels).astype(np.int64).reshape(places.size, -1)
    row, column = np.divmod(places, words.shape[1])
    return row, column, structures


def _mark(occurs: np.ndarray, places: np.ndarray | int, structures: np.ndarray) -> None:
    # numpy takes one flat index far faster than two.
    occurs.reshape(-1)[(places * occurs.shape[1] + structures).reshape(-1)] = True
