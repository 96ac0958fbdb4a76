"""STAPLE (simultaneous truth and performance level estimation), exact and without touching a voxel.

Warfield SK, Zou KH, Wells WM. Simultaneous truth and performance level estimation (STAPLE): an algorithm for the
validation of image segmentation. IEEE Trans Med Imaging 2004;23:903-921.

The algorithm sees of a voxel only which models carry the structure there. So it runs on the number of voxels of each
such pattern, at most 2 ** n_models, instead of on the voxels. The one thing that the patterns do not say is how much
background there is: that is the region, which sets the prior and thereby the result. It is fixed here in mm: the box
around everything that any model marked, with a margin.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .boxes import Box
from .comparison import Comparison
from .consensus import Consensus
from .options import DEFAULT_STAPLE_MARGIN_MM, STAPLE

_SQUARED_CHANGE = 1e-14
_FEWEST_ITERATIONS, _MOST_ITERATIONS = 1000, 100_000
_WORK = 2e8  # patterns x models x iterations: some seconds


@dataclass(frozen=True, eq=False)
class StapleEstimate:
    """What STAPLE finds for one structure.

    :param weights: float64 (n_patterns,): the probability that a voxel of a pattern is part of the structure.
    :param sensitivity: float64 (n_models,): share of the true voxels that each model marks.
    :param specificity: float64 (n_models,): share of the other voxels in the region that each model leaves unmarked.
    :param prior: share of the region that is expected to be the structure before looking at the models.
    :param iterations: how many it took.
    :param has_settled: False where it stopped at the limit of iterations, with sensitivities still on the move.
    """

    weights: NDArray[np.float64]
    sensitivity: NDArray[np.float64]
    specificity: NDArray[np.float64]
    prior: float
    iterations: int
    has_settled: bool = True


@dataclass(frozen=True, eq=False)
class StapleConsensus(Consensus):
    """The voxels whose probability reaches the threshold, with what they were estimated from.

    :param region_ml: the region of each structure in ml, by the structure's index.
    :param estimates: by the structure's index, the models in the order of the comparison; nan for one without a say.
    """

    region_ml: Mapping[int, float]
    estimates: Mapping[int, StapleEstimate]


def estimate(counts: NDArray[np.number], n_models: int) -> StapleEstimate:
    """Expectation maximization on the voxels per pattern.

    Starts as ITK's STAPLE does: the first guess of a voxel's weight is the share of the models that mark it, and its
    mean is the prior. Stops as that does: when no squared change of a sensitivity or specificity exceeds 1e-14; or at a
    limit of iterations, 100,000 for up to six models and fewer for more, and then says so.

    :param counts: (2 ** n_models,) voxels of the region per pattern; [0] is the background.
    :returns: all weights 0 where no model marked anything.
    """
    counts = np.asarray(counts, dtype=np.float64)
    marks = (np.arange(counts.size)[:, None] >> np.arange(n_models)) & 1
    weights = marks.mean(axis=1)
    prior = float(counts @ weights / counts.sum()) if counts.sum() else 0.0
    if prior == 0.0:
        undefined = np.full(n_models, np.nan)
        return StapleEstimate(np.zeros(counts.size), undefined, undefined, 0.0, 0)
    sensitivity = specificity = np.full(n_models, np.inf)
    limit = min(max(_WORK / (counts.size * n_models), _FEWEST_ITERATIONS), _MOST_ITERATIONS)
    iterations, settled = 0, False
    while not settled and iterations < limit:
        iterations += 1
        before = np.concatenate([sensitivity, specificity])
        inside, outside = counts * weights, counts * (1 - weights)
        sensitivity = inside @ marks / inside.sum()
        specificity = outside @ (1 - marks) / outside.sum() if outside.sum() else np.ones(n_models)
        likely = prior * np.where(marks, sensitivity, 1 - sensitivity).prod(axis=1)
        unlikely = (1 - prior) * np.where(marks, 1 - specificity, specificity).prod(axis=1)
        with np.errstate(invalid="ignore"):
            weights = np.where(likely + unlikely > 0, likely / (likely + unlikely), 0.0)
        settled = ((np.concatenate([sensitivity, specificity]) - before) ** 2).max() <= _SQUARED_CHANGE
    return StapleEstimate(weights, sensitivity, specificity, prior, iterations, bool(settled))


def staple(
    comparison: Comparison,
    boxes: Mapping[int, Box],
    *,
    margin_mm: float = DEFAULT_STAPLE_MARGIN_MM,
    threshold: float = 0.5,
    among: int = -1,
) -> StapleConsensus:
    """The STAPLE consensus of every structure that two or more models know.

    :param boxes: from :func:`structure_boxes`.
    :param margin_mm: margin of the region around the box in mm. It matters: between the models' union alone and the
        whole scan the consensus volume was seen to differ by half. Put the majority vote beside it.
    :param threshold: a voxel belongs to the consensus at this probability or more, 0 to 1.
    :param among: the models that have a say, as bits; -1 for all.
    """
    chosen = np.zeros(comparison.counts.shape, dtype=bool)
    region_ml, estimates = {}, {}
    for index, box in boxes.items():
        voters = comparison.structures[index].voters & among
        bits = [bit for bit in range(len(comparison.models)) if voters >> bit & 1]
        if len(bits) < (2 if among == -1 else 1):
            continue
        region = box.grown(margin_mm, comparison.geometry.spacing_mm, comparison.geometry.shape).n_voxels
        counts, pattern_of = _voters_only(comparison.counts[index], bits)
        counts[0] = region - counts[1:].sum()
        found = estimate(counts, len(bits))
        chosen[index] = (found.weights >= threshold)[pattern_of] & (pattern_of > 0)
        region_ml[index] = region * comparison.geometry.voxel_volume_ml
        estimates[index] = _for_all_models(found, bits, len(comparison.models), pattern_of)
    return StapleConsensus(STAPLE, chosen, region_ml, estimates)


def _voters_only(counts: np.ndarray, bits: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Counts over the patterns of the models with a say, and for each pattern of all models the one it becomes."""
    patterns = np.arange(counts.size)
    pattern_of = np.zeros(counts.size, dtype=np.int64)
    for position, bit in enumerate(bits):
        pattern_of |= (patterns >> bit & 1) << position
    return np.bincount(pattern_of, weights=counts, minlength=1 << len(bits)), pattern_of


def _for_all_models(found: StapleEstimate, bits: list[int], n_models: int, pattern_of: np.ndarray) -> StapleEstimate:
    sensitivity, specificity = np.full((2, n_models), np.nan)
    sensitivity[bits], specificity[bits] = found.sensitivity, found.specificity
    return StapleEstimate(
        found.weights[pattern_of], sensitivity, specificity, found.prior, found.iterations, found.has_settled
    )
