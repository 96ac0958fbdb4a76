"""One sign of an error, before signs that belong together become one finding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Suspicion:
    """That something is wrong with one structure, or several that one error concerns.

    :param kind: of :mod:`.finding_kinds`.
    :param structures: indices in the comparison, the telling one first.
    :param models: bits of the models concerned, as one number.
    :param share: 0 to 1: how much of the structure is concerned.
    :param volume: voxels of the structure, by which small ones count less.
    :param confidence: 0 to 1.
    :param voxel: where to look, (k, j, i) of the scan.
    :param explains: structures of which nothing more is to be said of these models.
    """

    kind: str
    structures: tuple[int, ...]
    models: int
    share: float
    volume: float
    confidence: float
    numbers: Mapping[str, float] = field(default_factory=dict)
    voxel: tuple[int, int, int] | None = None
    explains: frozenset[int] = frozenset()
