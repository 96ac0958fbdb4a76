"""What one model calls a voxel, and what another one calls it: counted for all structures in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .comparison import Comparison
from .patterns import Plane

_CHUNK_VOXELS = 1 << 19
_ROW = 8  # voxels that are looked at together

_Named = tuple[NDArray[np.unsignedinteger], NDArray[np.uint16]]


@dataclass(frozen=True, eq=False)
class Confusion:
    """Voxels by what two models call them.

    :param counts: by the bits of two models, a <= b: int64 (highest + 1, highest + 1), [s, t] is how many voxels model
        a calls s and model b calls t, two different structures, by their numbers in the comparison. Of a = b what a
        model calls by both names itself.
    """

    counts: dict[tuple[int, int], NDArray[np.int64]]

    def between(self, a: int, b: int) -> NDArray[np.int64]:
        """[s, t] is how many voxels model a calls s and model b calls t.

        :param a: index of a model.
        :param b: index of another one.
        :returns: int64 (1 + structures, 1 + structures), by the numbers of the structures; row and column 0 are 0.
        """
        return self.counts[a, b] if a <= b else self.counts[b, a].T


def count_confusion(comparison: Comparison) -> Confusion:
    """Count what is called by two names; structures that one model alone knows have no number and are left out.

    Of a model whose segments overlap two at most are looked at in a voxel.
    """
    n_models = len(comparison.models)
    size = 1 + max([s.number for s in comparison.structures], default=0)
    counts = {(a, b): np.zeros(size * size, dtype=np.int64) for b in range(n_models) for a in range(b + 1)}
    planes = [[plane for plane in comparison.planes if plane.model == bit] for bit in range(n_models)]
    flat = [[(np.ascontiguousarray(p.voxels).reshape(-1), _table(p, comparison)) for p in own] for own in planes]
    total = flat[0][0][0].size
    for start in range(0, total, _CHUNK_VOXELS):
        part = slice(start, start + _CHUNK_VOXELS)
        labelled = _labelled([[(voxels[part], table) for voxels, table in own] for own in flat])
        names = [_names(own) for own in labelled]
        first = names[0][0]
        differs = np.zeros(first.shape, dtype=bool)
        for one, two in names:
            differs |= one != first
            if two is not None:
                differs |= two != 0
        places = np.flatnonzero(differs)
        if not places.size:
            continue
        at = [[layer[places].astype(np.int64) for layer in layers if layer is not None] for layers in names]
        for (a, b), counted in counts.items():
            for of_a in at[a]:
                for of_b in at[b]:
                    counted += np.bincount(of_a * size + of_b, minlength=size * size)
    by_two_names = np.ones((size, size), dtype=np.int64) - np.eye(size, dtype=np.int64)
    by_two_names[0] = by_two_names[:, 0] = 0
    return Confusion({pair: counted.reshape(size, size) * by_two_names for pair, counted in counts.items()})


def _table(plane: Plane, comparison: Comparison) -> np.ndarray:
    """[label] is the number of the structure, 0 for one that the comparison leaves out."""
    kept = np.zeros(int(plane.structure_of_label.max(initial=0)) + 1, dtype=np.uint16)
    for structure in comparison.structures:
        if 0 < structure.number < len(kept):
            kept[structure.number] = structure.number
    return kept[plane.structure_of_label]


def _labelled(planes: Sequence[Sequence[_Named]]) -> list[list[_Named]]:
    """The rows of some voxels in which any plane has a label; most of a scan is left out."""
    voxels = [one for own in planes for one, _ in own]
    size = voxels[0].size
    any_label = np.zeros(size, dtype=bool)
    for one in voxels:
        any_label |= one != 0
    row = _ROW if size % _ROW == 0 else 1
    there = np.flatnonzero(any_label.view(f"u{row}"))
    return [[(np.take(one.reshape(-1, row), there, axis=0).reshape(-1), table) for one, table in own] for own in planes]


def _names(own: Sequence[_Named]) -> tuple[np.ndarray, np.ndarray | None]:
    """What a model calls some voxels, and the second name where it has two; None where there is none.

    :param own: of each of the model's planes, at least one: its voxels, and the structure of every label.
    """
    first, second = np.take(own[0][1], own[0][0]), None
    for voxels, table in own[1:]:
        names = np.take(table, voxels)
        taken = first != 0
        twice = taken & (names != 0) & (names != first)
        if twice.any():
            second = np.zeros_like(first) if second is None else second
            second[twice] = names[twice]
        first = np.where(taken, first, names)
    return first, second
