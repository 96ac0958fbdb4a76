"""The voxels of a dispute, each once per model that it is held against: where they lie, and which hang together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

PAD = 3
"""Voxels between the dispute and the ends of the crop that it lies in."""


@dataclass(frozen=True, eq=False)
class DisputeNodes:
    """Each voxel once per model that it is held against.

    :param held: unsigned, padded crop (k, j, i): the models that a voxel is held against, as bits; all of them beyond
        the scan.
    :param lower: the voxel (k, j, i) of the scan at the crop's begin.
    :param voxel: int64, of each node the flat index in ``held``, model after model, ascending within a model.
    :param first: by the model's bit the number of its first node; ``first[bit + 1]`` is behind its last one.
    """

    held: NDArray[np.unsignedinteger]
    lower: NDArray[np.int64]
    voxel: NDArray[np.int64]
    first: tuple[int, ...]

    @classmethod
    def of(
        cls, places: NDArray[np.int64], minority: NDArray[np.unsignedinteger], shape: tuple[int, int, int]
    ) -> DisputeNodes:
        """Of voxels by their flat index in the scan, and whom each is held against, as bits.

        :param places: int64 ascending. :param minority: unsigned, of each place; 0 against nobody. :param shape: of the
            scan.
        """
        there = np.flatnonzero(minority)
        if not there.size:
            return cls(np.zeros((0, 0, 0), minority.dtype), np.zeros(3, np.int64), there, (0,))
        minority = minority[there]
        kj, i = _divided(places[there], shape[2])
        k, j = _divided(kj, shape[1])
        low = np.array([axis.min() for axis in (k, j, i)], dtype=np.int64)
        high = np.array([axis.max() + 1 for axis in (k, j, i)], dtype=np.int64)
        held = np.zeros(high - low + 2 * PAD, dtype=minority.dtype)
        _, rows, columns = held.shape
        voxel = ((k - (low[0] - PAD)) * rows + (j - (low[1] - PAD))) * columns + (i - (low[2] - PAD))
        held.ravel()[voxel] = minority
        everybody = int(np.bitwise_or.reduce(minority))
        _mark_beyond(held, everybody, low, high, shape)
        of_bit = [voxel[minority & (1 << bit) != 0] for bit in range(everybody.bit_length())]
        first = np.cumsum([0, *(len(some) for some in of_bit)]).tolist()
        return cls(held, low - PAD, np.concatenate(of_bit), tuple(first))

    @property
    def bits(self) -> list[int]:
        """The models that something is held against."""
        return [bit for bit in range(len(self.first) - 1) if self.first[bit] < self.first[bit + 1]]

    @cached_property
    def bit_of(self) -> NDArray[np.unsignedinteger]:
        """Of each node its model as a bit that is set."""
        of_model = np.array([1 << bit for bit in range(len(self.first) - 1)], dtype=self.held.dtype)
        return np.repeat(of_model, np.diff(self.first))

    def of_model(self, nodes: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """Nodes in ascending order, model by model: (bit, its nodes) where there are any."""
        ends = np.searchsorted(nodes, self.first).tolist()
        for bit, (begin, end) in enumerate(pairwise(ends)):
            if begin < end:
                yield bit, nodes[begin:end]

    def offset(self, step: tuple[int, int, int]) -> int:
        """What a step (k, j, i) adds to a flat index."""
        _, rows, columns = self.held.shape
        return (step[0] * rows + step[1]) * columns + step[2]

    def components(self) -> NDArray[np.int32]:
        """Of each node the number of its component, connected by faces within one model, from 0."""
        models = np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))
        return connected(models * self.held.size + self.voxel, [self.offset((0, 1, 0)), self.offset((1, 0, 0))])


def connected(places: NDArray[np.int64], rows: list[int], reach: int = 0) -> NDArray[np.int32]:
    """Of each place the number of its part, from 0, in the order of the parts' first places.

    Whole runs of places that follow each other are connected, which are far fewer.

    :param places: int64 ascending, flat indices of an array whose rows end in an empty place at least.
    :param rows: how far away, in flat indices, the rows are whose places touch: of a pair of rows one is enough.
    :param reach: how many places further left or right in such a row still touch: 0 for faces.
    """
    if not places.size:
        return np.zeros(0, dtype=np.int32)
    is_first = np.ones(len(places), dtype=bool)
    np.not_equal(places[1:] - 1, places[:-1], out=is_first[1:])
    at = np.flatnonzero(is_first)
    begins, lengths = places[at], np.diff(at, append=len(places))
    ends = begins + lengths
    lowest = np.stack([np.searchsorted(ends, begins + (row - reach), side="right") for row in rows], axis=1)
    highest = np.stack([np.searchsorted(begins, ends + (row + reach), side="left") for row in rows], axis=1)
    count = np.maximum(highest - lowest, 0)
    total = np.cumsum(count.ravel())
    touched = np.arange(total[-1]) + np.repeat(lowest.ravel() - total + count.ravel(), count.ravel())
    pointers = np.concatenate([[0], total[len(rows) - 1 :: len(rows)]])
    graph = csr_matrix((np.ones(len(touched)), touched, pointers), shape=(len(begins), len(begins)))
    return np.repeat(connected_components(graph, directed=False)[1], lengths)


def _divided(values: NDArray[np.int64], by: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    whole = values // by
    return whole, values - whole * by


def _mark_beyond(
    held: NDArray[np.unsignedinteger],
    everybody: int,
    lower: NDArray[np.int64],
    upper: NDArray[np.int64],
    shape: tuple[int, int, int],
) -> None:
    """The end of the scan is no end of a dispute: what lies beyond counts as held against all."""
    for axis, (low, high, size) in enumerate(zip(lower.tolist(), upper.tolist(), shape)):
        beyond = [slice(None)] * 3
        for part in (slice(0, max(0, PAD - low)), slice(PAD + size - low, None) if high + PAD > size else slice(0)):
            beyond[axis] = part
            held[tuple(beyond)] = everybody
