"""Asking the counts again: other models, votes and settings, without a look at the voxels."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import SimpleITK
from full_sample import FullSample
from measuring import (
    Row,
    Table,
    Timing,
    at_least_times,
    at_most,
    demanded,
    extra_process_mb,
    extra_python_mb,
    in_turn,
    once,
    require,
    sampled,
)

from SegmentationConcordanceLib.agreement import options
from SegmentationConcordanceLib.agreement.analysis import Analysis
from SegmentationConcordanceLib.agreement.boxes import Box, structure_boxes
from SegmentationConcordanceLib.agreement.comparison import Comparison, compare_models
from SegmentationConcordanceLib.agreement.consensus import Consensus
from SegmentationConcordanceLib.agreement.crops import pattern_crop
from SegmentationConcordanceLib.agreement.options import DEFAULT_STAPLE_MARGIN_MM, AnalysisOptions
from SegmentationConcordanceLib.agreement.staple import StapleConsensus, staple
from SegmentationConcordanceLib.agreement.subset import with_models
from SegmentationConcordanceLib.agreement.votes import at_least, majority, strict_intersection

_SIMPLEITK_STRUCTURES = 6
_WEIGHTS = 1e-6
_VOTES = {
    "subset": ("another subset of the models (five of six)", 10),
    "majority": ("another vote (majority)", 10),
    "at_least": ("another vote (at least 3)", 10),
    "tables": ("at least 3 of five models, with all rows of both tables", 100),
}
"""By the key of what is timed: what it is called, and in how many ms it is to be done."""


def measure(sample: FullSample, repeats: int) -> Table:
    """Ours, and SimpleITK's STAPLE on crops."""
    analysis = Analysis(sample.models, case="sample", series_uid=sample.series.series_uid)
    comparison = analysis.comparison
    boxes = structure_boxes(comparison)
    fewer = comparison.models[1:]
    # Another subset is the same as comparing these models alone, but for structures that one model alone knows.
    alone = compare_models(sample.models[1:])
    require(_volumes(with_models(comparison, fewer)) == _volumes(alone), "the models' subset")
    few = sampled(sorted(boxes, key=lambda index: boxes[index].n_voxels), _SIMPLEITK_STRUCTURES)
    tables = AnalysisOptions(method=options.AT_LEAST, at_least=3, models=fewer)
    times = in_turn(
        max(repeats, 9),
        subset=lambda: _numbers(with_models(comparison, fewer), strict_intersection),
        majority=lambda: _numbers(comparison, majority),
        at_least=lambda: _numbers(comparison, lambda compared: at_least(compared, 3)),
        tables=lambda: analysis.result(tables),
        boxes=lambda: structure_boxes(comparison),
        staple=lambda: staple(comparison, boxes),
    )
    itk = once(lambda: {index: _simpleitk_weights(_crop(comparison, index, boxes[index])) for index in few})
    worst = _largest_difference(comparison, times["staple"].result, boxes, itk.result)
    require(worst <= _WEIGHTS, f"weights of STAPLE, by {worst:.2g}")
    itk_seconds = itk.median * len(boxes) / len(few)
    rows = [
        *_rows_of_votes(times),
        Row("**ours**: boxes of all structures, once per scan", times["boxes"].median, len(times["boxes"].seconds)),
        demanded(
            f"**ours**: STAPLE of {len(boxes)} structures",
            times["staple"].median,
            at_most(0.1, "s"),
            seconds=times["staple"].median,
            runs=len(times["staple"].seconds),
            extra_mb=extra_python_mb(lambda: staple(comparison, boxes)),
        ),
        demanded(
            f"SimpleITK STAPLE on crops: {len(few)} in {itk.median:.1f} s, times {len(boxes) / len(few):.1f}",
            itk_seconds / times["staple"].median,
            at_least_times(100),
            seconds=itk_seconds,
            extra_mb=extra_process_mb(lambda: _simpleitk_weights(_crop(comparison, few[-1], boxes[few[-1]]))),
        ),
    ]
    same = (
        f"volumes and consensus of five models with those of comparing these alone; "
        f"STAPLE's weights of all voxels of {len(few)} structures to {_WEIGHTS:g} (largest difference {worst:.1g})"
    )
    return Table("Other models, votes and STAPLE from the counts", tuple(rows), same)


def _rows_of_votes(times: Mapping[str, Timing]) -> list[Row]:
    return [
        demanded(
            f"**ours**: {name}",
            times[key].median * 1000,
            at_most(most_ms, "ms"),
            seconds=times[key].median,
            runs=len(times[key].seconds),
        )
        for key, (name, most_ms) in _VOTES.items()
    ]


def _numbers(comparison: Comparison, rule) -> tuple[np.ndarray, ...]:
    """Everything that the overlap measures need."""
    consensus: Consensus = rule(comparison)
    return comparison.model_counts(), consensus.reference_counts(comparison), consensus.common_counts(comparison)


def _volumes(comparison: Comparison) -> dict[str, tuple[list[int], int]]:
    agreed = strict_intersection(comparison).counts(comparison)
    return {
        structure.key: (volumes.tolist(), int(agreed[index]))
        for index, (structure, volumes) in enumerate(zip(comparison.structures, comparison.model_counts()))
    }


def _crop(comparison: Comparison, index: int, box: Box) -> tuple[np.ndarray, list[int]]:
    """The pattern of every voxel of STAPLE's region, and the models that have a say."""
    region = box.grown(DEFAULT_STAPLE_MARGIN_MM, comparison.geometry.spacing_mm, comparison.geometry.shape)
    voters = comparison.structures[index].voters
    return pattern_crop(comparison, index, region), [n for n in range(len(comparison.models)) if voters >> n & 1]


def _simpleitk_weights(crop: tuple[np.ndarray, list[int]]) -> tuple[np.ndarray, np.ndarray]:
    patterns, bits = crop
    masks = [SimpleITK.GetImageFromArray((patterns >> bit & 1).astype(np.uint8)) for bit in bits]
    return patterns, SimpleITK.GetArrayFromImage(SimpleITK.STAPLE(masks, 1.0))


def _largest_difference(
    comparison: Comparison,
    found: StapleConsensus,
    boxes: dict[int, Box],
    expected: dict[int, tuple[np.ndarray, np.ndarray]],
) -> float:
    return max(
        float(np.abs(found.estimates[index].weights[patterns] - weights).max())
        for index, (patterns, weights) in expected.items()
    )
