"""Where the models differ: the regions of each structure, the depth of all, and the findings."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from full_sample import FullSample
from measuring import Row, Table, at_most, demanded, require
from scipy import ndimage

from SegmentationConcordanceLib.agreement.boxes import structure_boxes
from SegmentationConcordanceLib.agreement.comparison import Comparison, compare_models
from SegmentationConcordanceLib.agreement.crops import pattern_crop
from SegmentationConcordanceLib.agreement.disputed_regions import disputed_regions
from SegmentationConcordanceLib.agreement.findings import findings_of
from SegmentationConcordanceLib.agreement.severity import measured

_CHECKED = 5


def measure(sample: FullSample, repeats: int) -> Table:
    """Ours alone: the processor's time, as other jobs may run beside."""
    comparison = compare_models(sample.models)
    indices = [index for index, structure in enumerate(comparison.structures) if structure.number]
    of_structure = sorted(
        (_processor_seconds(lambda index=index: disputed_regions(comparison, index), repeats) for index in indices),
        reverse=True,
    )
    depths = _processor_seconds(lambda: measured(comparison), repeats)
    checked = _check(comparison, indices)
    boxes = {comparison.structures[index].key: box for index, box in structure_boxes(comparison).items()}
    found = _processor_seconds(lambda: findings_of("sample", comparison, boxes))
    rows = [
        Row(
            "**ours**: regions of one structure, the fastest run: median over structures",
            float(np.median(of_structure)),
            repeats,
        ),
        demanded(
            "**ours**: the slowest structure",
            of_structure[0] * 1000,
            at_most(150, "ms"),
            seconds=of_structure[0],
            runs=repeats,
        ),
        Row(f"**ours**: all {len(indices)} structures, one after the other", sum(of_structure), repeats),
        Row("**ours**: depth and severity of every model on every structure", depths, repeats),
        Row("**ours**: findings of the case", found, 1),
    ]
    same = f"voxels in dispute of {checked} structures with those counted on crops; the deepest with scipy's distances"
    return Table("Where models differ, and findings", tuple(rows), same)


def _processor_seconds(call: Callable[[], object], runs: int = 1) -> float:
    """The least of several runs: other jobs in the processor's caches make a run slower, and none faster."""
    seconds = []
    for _ in range(runs):
        begin = time.process_time()
        call()
        seconds.append(time.process_time() - begin)
    return min(seconds)


def _check(comparison: Comparison, indices: list[int]) -> int:
    """Hold the kept voxels against the crops of a few structures."""
    boxes = structure_boxes(comparison)
    few = sorted((index for index in indices if index in boxes), key=lambda index: boxes[index].n_voxels)[:_CHECKED]
    for index in few:
        structure = comparison.structures[index]
        crop = pattern_crop(comparison, index, boxes[index]) & structure.voters
        places, patterns = comparison.disputed.of(structure.number)
        is_disputed = (crop != 0) & (crop != structure.voters)
        require(len(places) == int(is_disputed.sum()), f"voxels in dispute of {structure.name}")
        require(sorted(patterns.tolist()) == sorted(crop[is_disputed].tolist()), f"patterns of {structure.name}")
        regions = disputed_regions(comparison, index)
        bits = [bit for bit in range(len(comparison.models)) if structure.voters >> bit & 1]
        require(not regions or regions[0].depth_mm <= _deepest(crop, bits, comparison), f"depth of {structure.name}")
    return len(few)


def _deepest(crop: np.ndarray, bits: list[int], comparison: Comparison) -> float:
    """The depth of the deepest voxel that some models carry and others do not, in mm."""
    carried = sum((crop >> bit & 1).astype(np.int64) for bit in bits)
    some = np.pad((carried != 0) & (carried != len(bits)), 1, mode="edge")
    return float(ndimage.distance_transform_edt(some, comparison.geometry.spacing_mm[::-1]).max()) + 1e-6
