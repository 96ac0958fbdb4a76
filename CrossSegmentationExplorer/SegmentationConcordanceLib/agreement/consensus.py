"""Which patterns of votes make up the consensus of a structure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .comparison import Comparison


@dataclass(frozen=True, eq=False)
class Consensus:
    """A rule that says for every structure in which patterns a voxel belongs to the consensus.

    :param method: what stands in the tables, e.g. "intersection".
    :param chosen: bool (n_structures, 2 ** n_models). All False for a structure that fewer than two models know:
        one model alone can neither agree nor disagree.
    :param voters: per structure the models that had a say, as bits; empty where all had that know it.
    """

    method: str
    chosen: NDArray[np.bool_]
    voters: tuple[int, ...] = field(default=(), kw_only=True)

    def counts(self, comparison: Comparison) -> NDArray[np.int64]:
        """Voxels of the consensus per structure, int64 (n_structures,)."""
        return (comparison.counts * self.chosen).sum(axis=1)

    def reference_counts(self, comparison: Comparison) -> NDArray[np.int64]:
        """Voxels of the consensus that each model is held against, int64 (n_structures, n_models)."""
        return np.repeat(self.counts(comparison)[:, None], len(comparison.models), axis=1)

    def common_counts(self, comparison: Comparison) -> NDArray[np.int64]:
        """Voxels of the consensus that each model carries too, int64 (n_structures, n_models)."""
        return (comparison.counts * self.chosen) @ comparison.pattern_members()


@dataclass(frozen=True, eq=False)
class LeaveOneOut:
    """Every model held against a consensus of its own, mostly that of the others, which it cannot pull towards itself.

    :param of_others: one consensus per model.
    """

    method: str
    of_others: tuple[Consensus, ...]

    def reference_counts(self, comparison: Comparison) -> NDArray[np.int64]:
        """Voxels of the consensus of the others, int64 (n_structures, n_models)."""
        return np.stack([consensus.counts(comparison) for consensus in self.of_others], axis=1)

    def common_counts(self, comparison: Comparison) -> NDArray[np.int64]:
        """Voxels of the consensus of the others that the model left out carries too, int64 (n_structures, n_models)."""
        common = [consensus.common_counts(comparison)[:, bit] for bit, consensus in enumerate(self.of_others)]
        return np.stack(common, axis=1)


def leave_one_out(comparison: Comparison, rule: Callable[[Comparison, int], Consensus]) -> LeaveOneOut:
    """Apply a rule of consensus once per model, to all models but that one.

    :param rule: takes the comparison and the models that have a say, as bits.
    """
    everyone = (1 << len(comparison.models)) - 1
    of_others = tuple(rule(comparison, everyone & ~(1 << bit)) for bit in range(len(comparison.models)))
    return LeaveOneOut(f"{of_others[0].method}, leave one out", of_others)
