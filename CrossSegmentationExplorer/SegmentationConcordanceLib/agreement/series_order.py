"""Members of a series that do not follow each other downwards, as one model has them: vertebrae, ribs of a side."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..anatomy.identity import StructureIdentity
from ..anatomy.series import series_place
from .case_facts import CaseFacts
from .own_shape import OwnShape, own_mask

VERTEBRAE = "vertebrae"
_RIBS = "ribs"
_ORDER_MM = 5.0
_SHARED_COLUMNS = 20


@dataclass(frozen=True, eq=False)
class _Columns:
    """A segment as seen from above.

    :param lower: where in the scan the columns begin, of the two axes across the body.
    :param heights: mean height of the segment's voxels in each column, in voxels, upwards; not a number where none is.
    """

    lower: NDArray[np.int64]
    heights: NDArray[np.float64]

    @classmethod
    def of(cls, facts: CaseFacts, index: int) -> _Columns:
        up = facts.comparison.geometry.ijk_to_lps[2, 2::-1]  # of a step along k, j and i
        along = int(np.argmax(np.abs(up)))
        lower = np.array(facts.known_box(index).lower)
        mask = np.moveaxis(own_mask(facts, index), along, 0)
        steps = (lower[along] + np.arange(len(mask))) * np.sign(up[along])
        marked = mask.sum(axis=0)
        heights = np.full(marked.shape, np.nan)
        total = np.tensordot(steps, mask, axes=1)
        np.divide(total, marked, out=heights, where=marked > 0)
        return cls(np.delete(lower, along), heights)

    def are_below(self, other: _Columns) -> bool:
        """Whether this segment lies below the other one where both are; no, where they hardly lie above each other."""
        lower = np.maximum(self.lower, other.lower)
        upper = np.minimum(self.lower + self.heights.shape, other.lower + other.heights.shape)
        if (upper <= lower).any():
            return False
        own, rest = (
            one.heights[tuple(slice(*span) for span in zip(lower - one.lower, upper - one.lower))]
            for one in (self, other)
        )
        apart = (own - rest)[~np.isnan(own - rest)]
        return apart.size >= _SHARED_COLUMNS and float(np.median(apart)) < 0


def out_of_order(
    facts: CaseFacts, about: Collection[int], shape: Callable[[int], OwnShape]
) -> Iterator[tuple[int, ...]]:
    """Of each series the fewest members without which the others follow each other.

    Vertebrae follow by their middles. Ribs overlap, and their middles need not: of two ribs of a side that lie above
    each other somewhere, the upper one is looked for there. What the scan's end cuts is a rib's rest, and left out.

    :param facts: of one model alone.
    :param about: indices of structures; a series without one of them is not looked at.
    :param shape: of a structure's segment.
    """
    for series, members in _series(facts).items():
        if not any(index in about for index in members):
            continue
        may_follow = _by_middles(members, shape) if series == VERTEBRAE else _by_columns(facts, members)
        wrong = _left_out(len(members), may_follow)
        here = tuple(members[n] for n in wrong if members[n] in about)
        if here:
            yield here


def _series(facts: CaseFacts) -> dict[str, list[int]]:
    """Found members by series, head to foot."""
    found: dict[str, list[tuple[float, int]]] = {}
    for index, structure in enumerate(facts.comparison.structures):
        place = series_place(structure.identity) if isinstance(structure.identity, StructureIdentity) else None
        if place is None or facts.box(index) is None:
            continue
        is_rib = place.series.partition(",")[0] == _RIBS
        if place.series == VERTEBRAE or (is_rib and not facts.is_cut(index)):
            found.setdefault(place.series, []).append((place.position, index))
    return {series: [index for _, index in sorted(members)] for series, members in found.items()}


def _by_middles(members: list[int], shape: Callable[[int], OwnShape]) -> Callable[[int, int], bool]:
    heights = [float(shape(index).center_lps[2]) for index in members]
    return lambda first, second: heights[first] > heights[second] - _ORDER_MM


def _by_columns(facts: CaseFacts, members: list[int]) -> Callable[[int, int], bool]:
    columns = [_Columns.of(facts, index) for index in members]
    return lambda first, second: not columns[first].are_below(columns[second])


def _left_out(n_members: int, may_follow: Callable[[int, int], bool]) -> list[int]:
    """The fewest members without which each may follow the one before it."""
    best: list[list[int]] = []
    for n in range(n_members):
        before = [run for run in best if may_follow(run[-1], n)]
        best.append([*_longest(before), n])
    kept = set(_longest(best))
    return [n for n in range(n_members) if n not in kept]


def _longest(runs: list[list[int]]) -> list[int]:
    return max(runs, key=lambda run: len(run), default=[])
