"""The same comparison with fewer models or structures, without another look at the voxels."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import numpy as np

from ..errors import ConcordanceError
from .comparison import ComparedStructure, Comparison
from .disputed_voxels import DisputedVoxels
from .options import INTERSECTION
from .patterns import Plane


def exclusion_note(method: str) -> str:
    """What leaving models out does to the numbers; "" where it does no harm.

    :param method: one of :data:`.options.METHODS`.
    """
    if method != INTERSECTION:
        return ""
    return "Leaving a model out can only raise agreement with the intersection, whatever the model's quality."


def with_models(comparison: Comparison, models: Collection[str]) -> Comparison:
    """The comparison as if only these models had been compared, in their old order.

    With the strict intersection this can only raise agreement: whoever shows the result has to say so, see
    :func:`exclusion_note`.

    :raises ConcordanceError: an unknown name, or fewer than two models left.
    """
    unknown = sorted(set(models) - set(comparison.models))
    if unknown:
        raise ConcordanceError(
            ", ".join(unknown), "is not among the models", f"Choose: {', '.join(comparison.models)}."
        )
    kept = [bit for bit, name in enumerate(comparison.models) if name in models]
    if len(kept) < 2:
        raise ConcordanceError(", ".join(models) or "no model", "one model cannot be compared", "Keep two or more.")
    counts = _counts_of(comparison.counts, kept)
    found = [row for row in range(len(counts)) if counts[row].any()]
    of_all = [comparison.structures[row] for row in found]
    structures = [
        replace(one, voters=_bits_of(one.voters, kept), not_looked_for=_bits_of(one.not_looked_for, kept))
        for one in of_all
    ]
    return replace(
        comparison,
        models=tuple(comparison.models[bit] for bit in kept),
        structures=tuple(structures),
        counts=counts[found],
        cut=comparison.cut[np.ix_(found, kept)],
        planes=_of_models(comparison.planes, kept),
        planes_of_all=_of_models(comparison.planes_of_all, kept),
        disputed=comparison.disputed.of_models(kept),
        families=tuple(comparison.families[bit] for bit in kept) if comparison.families else (),
    )


def alone(comparison: Comparison, bit: int) -> Comparison:
    """What one model found, as if it had been compared with none; the keys of its structures stay.

    :param bit: of the model.
    """
    found = np.flatnonzero(comparison.model_counts()[:, bit]).tolist()
    counts = np.zeros((len(found), 2), dtype=np.int64)
    counts[:, 1] = comparison.model_counts()[found, bit]
    none = np.empty(0, np.uint64)
    return replace(
        comparison,
        models=(comparison.models[bit],),
        structures=tuple(
            replace(one, voters=1, not_looked_for=0, number=one.number_of_all)
            for one in (comparison.structures[row] for row in found)
        ),
        counts=counts,
        cut=comparison.cut[np.ix_(found, [bit])],
        planes=_of_models(comparison.planes_of_all, [bit]),
        planes_of_all=_of_models(comparison.planes_of_all, [bit]),
        disputed=DisputedVoxels(none, none, np.zeros(1, np.int64), np.arange(2, dtype=np.uint8)),
        families=(comparison.family(bit),),
    )


def with_structures(comparison: Comparison, keep: Callable[[ComparedStructure], bool]) -> Comparison:
    """The comparison of the structures for which ``keep`` says yes.

    :param keep: called once per structure.
    :returns: the counted arrays are shared, not copied.
    """
    found = [row for row, structure in enumerate(comparison.structures) if keep(structure)]
    return replace(
        comparison,
        structures=tuple(comparison.structures[row] for row in found),
        counts=comparison.counts[found],
        cut=comparison.cut[found],
    )


def _of_models(planes: Sequence[Plane], kept: list[int]) -> tuple[Plane, ...]:
    return tuple(replace(plane, model=kept.index(plane.model)) for plane in planes if plane.model in kept)


def _counts_of(counts: np.ndarray, kept: list[int]) -> np.ndarray:
    """Counts over the patterns of the kept models: those of the others are added up."""
    patterns = np.arange(counts.shape[1])
    pattern_of = np.zeros_like(patterns)
    for position, bit in enumerate(kept):
        pattern_of |= (patterns >> bit & 1) << position
    fewer = np.zeros((counts.shape[0], 1 << len(kept)), dtype=np.int64)
    np.add.at(fewer.T, pattern_of, counts.T)
    fewer[:, 0] = 0
    return fewer


def _bits_of(voters: int, kept: list[int]) -> int:
    return sum((voters >> bit & 1) << position for position, bit in enumerate(kept))
