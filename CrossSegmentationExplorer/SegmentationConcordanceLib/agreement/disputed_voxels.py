"""The voxels of each structure that the models do not agree on: kept from the pass that counts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from .patterns import PatternPlaces


@dataclass(frozen=True, eq=False)
class DisputedVoxels:
    """Where some of the models that know a structure carry it and others do not. A few per cent of the voxels.

    :param places: flat indices of the scan, ascending within a structure.
    :param patterns: of each place the models that carry the structure, as bits of the models that were counted.
    :param start: the places of the structure of a number are those from ``start[number]`` to ``start[number + 1]``.
    :param pattern_of: [pattern of those that were counted] is the pattern of those that are left.
    """

    places: NDArray[np.unsignedinteger]
    patterns: NDArray[np.unsignedinteger]
    start: NDArray[np.int64]
    pattern_of: NDArray[np.unsignedinteger] = field(repr=False)

    def of(self, number: int) -> tuple[NDArray[np.int64], NDArray[np.unsignedinteger]]:
        """Flat indices of a structure's voxels, int64 ascending, and which models carry it there.

        :param number: of the structure in the comparison; 0, of one that is not compared, has none.
        """
        if not 0 < number < len(self.start) - 1:
            return np.empty(0, np.int64), np.empty(0, self.pattern_of.dtype)
        own = slice(int(self.start[number]), int(self.start[number + 1]))
        return self.places[own].astype(np.int64), self.pattern_of[self.patterns[own]]

    def of_models(self, kept: Sequence[int]) -> DisputedVoxels:
        """The same with the bits of some models alone, in their order: voxels may be among them that these agree on.

        :param kept: bits of the models that are left.
        """
        fewer = np.zeros_like(self.pattern_of)
        for position, bit in enumerate(kept):
            fewer |= (self.pattern_of >> bit & 1) << position
        return replace(self, pattern_of=fewer)


def disputed_patterns(voters: Sequence[int], n_models: int) -> NDArray[np.bool_]:
    """In which patterns a structure is disputed: bool (len(voters), 2 ** n_models).

    :param voters: of each structure the models that know it, as bits.
    """
    known = np.asarray(voters, dtype=np.int64).reshape(-1, 1)
    carried = np.arange(1 << n_models) & known
    return (carried != 0) & (carried != known)


def gathered(kept: PatternPlaces, n_structures: int, n_models: int) -> DisputedVoxels:
    """What :func:`.count_patterns` kept, by structure.

    :param n_structures: they are numbered 1 to n_structures.
    """
    dtype = np.dtype(np.uint8 if n_models <= 8 else np.uint16)
    found = sorted(kept.found, key=lambda one: int(one[0][0]))
    keys = np.concatenate([key for _, key in found]) if found else np.empty(0, np.uint32)
    places = np.concatenate([place for place, _ in found]) if found else np.empty(0, np.uint32)
    numbers = (keys >> n_models).astype(np.uint8 if n_structures < 1 << 8 else np.uint16)
    order = np.argsort(numbers, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(numbers, minlength=n_structures + 1))])
    patterns = (keys[order] & (1 << n_models) - 1).astype(dtype)
    return DisputedVoxels(places[order], patterns, start, np.arange(1 << n_models, dtype=dtype))
