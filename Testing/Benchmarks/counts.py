"""All structures of six models: consensus, volumes and common voxels, from the models' arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import SimpleITK
from full_sample import FullSample
from measuring import (
    Row,
    Table,
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
from scipy import ndimage

from SegmentationConcordanceLib.agreement.comparison import Comparison, compare_models
from SegmentationConcordanceLib.agreement.votes import strict_intersection

_SIMPLEITK_STRUCTURES = 5


@dataclass(frozen=True, eq=False)
class Marked:
    """How a peer finds a structure: for each model that knows it, its bit and the (array, label) pairs that mark it."""

    index: int
    by_model: dict[int, list[tuple[np.ndarray, int]]]


Counts = dict[int, tuple[dict[int, int], int]]
"""By the structure's index: voxels of each model, and of the strict intersection."""


def measure(sample: FullSample, repeats: int) -> Table:
    """Ours against numpy and SimpleITK, structure by structure."""
    arrays = [layer for model in sample.models for layer in model.label_map.layers]
    comparison = compare_models(sample.models)
    shared = marked_structures(comparison)
    few = sampled(sorted(shared, key=lambda one: comparison.counts[one.index].sum()), _SIMPLEITK_STRUCTURES)
    short = in_turn(
        max(repeats, 5),
        read=lambda: [array.max() for array in arrays],
        ours=lambda: compare_models(sample.models),
        crops=lambda: by_numpy_on_crops(shared),
    )
    full = in_turn(min(repeats, 3), numpy=lambda: by_numpy(shared))["numpy"]
    itk = once(lambda: by_simpleitk(few))
    expected = our_counts(comparison, shared)
    require(short["crops"].result == expected, "counts of numpy on crops")
    require(full.result == expected, "counts of numpy")
    require(itk.result == {one.index: expected[one.index] for one in few}, "counts of SimpleITK")
    ours, read = short["ours"].median, short["read"].median
    memory = extra_python_mb(lambda: compare_models(sample.models))
    itk_seconds = itk.median * len(shared) / len(few)
    rows = (
        Row(f"reading the {len(arrays)} arrays of the six models once (np.max)", read, len(short["read"].seconds)),
        demanded(
            "**ours**, against one read",
            ours / read,
            at_most(30, "x"),
            seconds=ours,
            runs=len(short["ours"].seconds),
            extra_mb=memory,
        ),
        demanded("**ours**, extra memory", memory, at_most(50, "MB")),
        _peer("numpy on crops (find_objects)", short["crops"], ours, 3, lambda: by_numpy_on_crops(shared)),
        _peer("numpy on full volumes (count_nonzero)", full, ours, 40, lambda: by_numpy(shared[:3])),
        demanded(
            f"SimpleITK, the published steps (resample, threshold, And, LabelOverlapMeasures): "
            f"{len(few)} structures in {itk.median:.0f} s, times {len(shared) / len(few):.1f}",
            itk_seconds / ours,
            at_least_times(1000),
            seconds=itk_seconds,
            extra_mb=extra_process_mb(lambda: by_simpleitk(few[-1:])),
        ),
    )
    title = (
        f"Counts of {len(comparison.structures)} structures, {len(shared)} of them known to two or more of six models"
    )
    return Table(title, rows, "all volumes and consensus volumes, as integers")


def _peer(what: str, timing, ours: float, times: float, call: Callable[[], Counts]) -> Row:
    return demanded(
        what,
        timing.median / ours,
        at_least_times(times),
        seconds=timing.median,
        runs=len(timing.seconds),
        extra_mb=extra_python_mb(call),
    )


def marked_structures(comparison: Comparison) -> list[Marked]:
    """The structures that two or more models know."""
    found = []
    for index, structure in enumerate(comparison.structures):
        if structure.n_voters < 2:
            continue
        by_model = {bit: [] for bit in range(len(comparison.models)) if structure.voters >> bit & 1}
        for plane in comparison.planes:
            for label in np.flatnonzero(plane.structure_of_label == structure.number).tolist():
                by_model[plane.model].append((plane.voxels, label))
        found.append(Marked(index, by_model))
    return found


def our_counts(comparison: Comparison, shared: list[Marked]) -> Counts:
    """What the comparison says of the same structures."""
    volumes, agreed = comparison.model_counts(), strict_intersection(comparison).counts(comparison)
    return {
        one.index: ({bit: int(volumes[one.index, bit]) for bit in one.by_model}, int(agreed[one.index]))
        for one in shared
    }


def by_numpy(shared: list[Marked]) -> Counts:
    """One structure after the other, on whole volumes."""
    return {one.index: _counted({bit: _mask(places) for bit, places in one.by_model.items()}) for one in shared}


def by_numpy_on_crops(shared: list[Marked]) -> Counts:
    """The same in the box around everything that any model marked, from scipy.ndimage.find_objects."""
    arrays = {id(array): array for one in shared for places in one.by_model.values() for array, _ in places}
    boxes = {key: ndimage.find_objects(array) for key, array in arrays.items()}
    found = {}
    for one in shared:
        own = [boxes[id(array)][label - 1] for places in one.by_model.values() for array, label in places]
        box = tuple(slice(min(s.start for s in axis), max(s.stop for s in axis)) for axis in zip(*filter(None, own)))
        found[one.index] = _counted({bit: _mask(places, box) for bit, places in one.by_model.items()})
    return found


def _mask(places: list[tuple[np.ndarray, int]], box: tuple[slice, ...] = ()) -> np.ndarray | None:
    mask = None
    for array, label in places:
        here = array[box] == label
        mask = here if mask is None else mask | here
    return mask


def _counted(masks: dict[int, np.ndarray | None]) -> tuple[dict[int, int], int]:
    """Volumes and volume of the intersection; a model that knows the structure and lacks it makes that empty."""
    volumes = {bit: 0 if mask is None else int(np.count_nonzero(mask)) for bit, mask in masks.items()}
    if any(mask is None for mask in masks.values()):
        return volumes, 0
    agreed = None
    for mask in masks.values():
        agreed = mask.copy() if agreed is None else np.logical_and(agreed, mask, out=agreed)
    return volumes, int(np.count_nonzero(agreed))


def by_simpleitk(shared: list[Marked]) -> Counts:
    """Each model's structure resampled to the grid and thresholded, And of all, and the overlap of each with that."""
    images: dict[int, SimpleITK.Image] = {}
    found = {}
    for one in shared:
        masks: dict[int, SimpleITK.Image | None] = {}
        for bit, places in one.by_model.items():
            masks[bit] = None
            for array, label in places:
                image = images.setdefault(id(array), SimpleITK.GetImageFromArray(array))
                same = SimpleITK.Resample(image, image, SimpleITK.Transform(), SimpleITK.sitkNearestNeighbor, 0)
                mask = SimpleITK.BinaryThreshold(same, label, label, 1, 0)
                masks[bit] = mask if masks[bit] is None else SimpleITK.Or(masks[bit], mask)
        found[one.index] = _overlap(masks)
    return found


def _overlap(masks: dict[int, SimpleITK.Image | None]) -> tuple[dict[int, int], int]:
    present = [mask for mask in masks.values() if mask is not None]
    agreed = present[0]
    for mask in present[1:]:
        agreed = SimpleITK.And(agreed, mask)
    if len(present) < len(masks):
        agreed = agreed * 0
    overlap, statistics = SimpleITK.LabelOverlapMeasuresImageFilter(), SimpleITK.StatisticsImageFilter()
    volumes = dict.fromkeys(masks, 0)
    for bit, mask in masks.items():
        if mask is not None:
            overlap.Execute(mask, agreed)
            statistics.Execute(mask)
            volumes[bit] = int(statistics.GetSum())
    statistics.Execute(agreed)
    return volumes, int(statistics.GetSum())
