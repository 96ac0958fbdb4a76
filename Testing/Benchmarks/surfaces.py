"""Surface distances of every model to the consensus, against DeepMind's surface-distance on the same crops.

The peer is measured where it can be imported. With numpy 2 it fails on empty masks, so only structures are taken of
which every model and the consensus have voxels.
"""

from __future__ import annotations

import statistics
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from full_sample import FullSample
from measuring import Row, Table, Timing, at_least_times, at_most, demanded, extra_python_mb, in_turn, require, sampled

from SegmentationConcordanceLib.agreement.boxes import structure_boxes
from SegmentationConcordanceLib.agreement.comparison import Comparison, compare_models
from SegmentationConcordanceLib.agreement.crops import pattern_crop
from SegmentationConcordanceLib.agreement.surface_distances import surface_distances
from SegmentationConcordanceLib.agreement.surface_measures import (
    average_symmetric,
    hausdorff_percentile,
    normalized_surface_dice,
)
from SegmentationConcordanceLib.agreement.surfaces import surface_of
from SegmentationConcordanceLib.agreement.votes import majority

try:
    import surface_distance
except ImportError:
    surface_distance = None

_TOLERANCE_MM = 1.0
_EQUAL = 1e-9
_PEER_STRUCTURES = 9


@dataclass(frozen=True, eq=False)
class Structure:
    """One structure of all models that know it: bool masks (k, j, i) in one box."""

    models: tuple[np.ndarray, ...]
    consensus: np.ndarray
    spacing_mm: tuple[float, float, float]


def measure(sample: FullSample, repeats: int) -> Table:
    """Ours on one and two threads, and surface-distance."""
    structures = list(masks_of(compare_models(sample.models)))
    structures.sort(key=lambda structure: structure.consensus.size)
    each = {str(n): (lambda structure=structure: ours(structure)) for n, structure in enumerate(structures)}
    alone = [timing.median for timing in in_turn(repeats, **each).values()]
    few = sampled(structures, _PEER_STRUCTURES)
    pairs = sum(len(structure.models) for structure in structures)
    rows = [
        demanded(
            "**ours**, one structure, all models: median over structures",
            statistics.median(alone),
            at_most(0.15, "s"),
            seconds=statistics.median(alone),
            runs=repeats,
            extra_mb=extra_python_mb(lambda: ours(structures[-1])),
        ),
        Row("**ours**, the slowest structure", max(alone), repeats),
        Row(f"**ours**, all {len(structures)} structures ({pairs} pairs), one after the other", sum(alone), repeats),
    ]
    calls = {
        "one": lambda: [ours(structure) for structure in few],
        "two": lambda: _on_two_threads(few),
    }
    if surface_distance:
        calls["peer"] = lambda: [by_surface_distance(structure) for structure in few]
    times = in_turn(repeats, **calls)
    of_few = f"{len(few)} structures"
    rows += [
        Row(f"**ours**, {of_few}, one thread", times["one"].median, repeats),
        Row(f"**ours**, {of_few}, two threads", times["two"].median, repeats),
    ]
    same = "nothing, as surface-distance is not installed"
    if surface_distance:
        worst = _largest_difference(times["one"].result, times["peer"].result)
        require(worst <= _EQUAL, f"surface measures, by {worst:.2g}")
        peer, memory = times["peer"].median, extra_python_mb(lambda: by_surface_distance(few[-1]))
        rows += [
            demanded(
                f"surface-distance, {of_few}, against one thread",
                _ratio(times["peer"], times["one"]),
                at_least_times(8),
                seconds=peer,
                runs=repeats,
                extra_mb=memory,
            ),
            demanded("the same against two threads", _ratio(times["peer"], times["two"]), at_least_times(15)),
        ]
        same = f"HD, HD95, ASSD and NSD of {of_few}, to {_EQUAL:g} (largest difference {worst:.1g})"
    return Table("Surface distances of every model to the majority", tuple(rows), same)


def masks_of(comparison: Comparison) -> list[Structure]:
    """The structures that every model that knows them found."""
    spacing = tuple(comparison.geometry.spacing_mm[::-1].tolist())
    chosen = majority(comparison).chosen
    found = []
    for index, box in structure_boxes(comparison).items():
        patterns = pattern_crop(comparison, index, box)
        voters = [bit for bit in range(len(comparison.models)) if comparison.structures[index].voters >> bit & 1]
        models = tuple((patterns >> bit & 1).astype(bool) for bit in voters)
        consensus = chosen[index][patterns]
        if consensus.any() and all(mask.any() for mask in models):
            found.append(Structure(models, consensus, spacing))
    return found


def ours(structure: Structure) -> list[tuple[float, ...]]:
    """HD, HD95, ASSD and NSD of every model."""
    consensus = surface_of(structure.consensus, structure.spacing_mm)
    return [
        (
            hausdorff_percentile(distances, 100),
            hausdorff_percentile(distances),
            average_symmetric(distances),
            normalized_surface_dice(distances, _TOLERANCE_MM),
        )
        for model in structure.models
        for distances in (surface_distances(surface_of(model, structure.spacing_mm), consensus),)
    ]


def by_surface_distance(structure: Structure) -> list[tuple[float, ...]]:
    """The same by surface-distance."""
    rows = []
    for model in structure.models:
        found = surface_distance.compute_surface_distances(model, structure.consensus, structure.spacing_mm)
        ways = (("distances_gt_to_pred", "surfel_areas_gt"), ("distances_pred_to_gt", "surfel_areas_pred"))
        integral = sum(found[distance] @ found[area] for distance, area in ways)
        rows.append(
            (
                surface_distance.compute_robust_hausdorff(found, 100),
                surface_distance.compute_robust_hausdorff(found, 95),
                integral / sum(found[area].sum() for _, area in ways),
                surface_distance.compute_surface_dice_at_tolerance(found, _TOLERANCE_MM),
            )
        )
    return rows


def _on_two_threads(structures: list[Structure]) -> list[object]:
    """Ours, the structures spread over two threads, the large ones first."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(ours, sorted(structures, key=lambda structure: -structure.consensus.size)))


def _ratio(peer: Timing, own: Timing) -> float:
    """The median of the ratios of runs side by side."""
    return statistics.median(a / b for a, b in zip(peer.seconds, own.seconds))


def _largest_difference(found: list[list[tuple[float, ...]]], expected: list[list[tuple[float, ...]]]) -> float:
    return max(float(np.abs(np.subtract(a, b)).max()) for a, b in zip(found, expected))
