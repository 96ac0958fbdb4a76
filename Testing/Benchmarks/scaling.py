"""What the cost of counting grows with: voxels and models, not structures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from full_sample import FullSample
from measuring import Row, Table, in_turn, require

from SegmentationConcordanceLib.agreement.comparison import compare_models
from SegmentationConcordanceLib.agreement.patterns import Plane, count_patterns

_FEW = 10


def measure(sample: FullSample, repeats: int) -> Table:
    """The same voxels as ten groups of structures, of three models, and of half the slices."""
    planes = list(compare_models(sample.models).planes)
    n_models, n_structures = len(sample.models), max(int(plane.structure_of_label.max()) for plane in planes)
    groups = [replace(plane, structure_of_label=_grouped(plane.structure_of_label)) for plane in planes]
    half = [replace(plane, voxels=plane.voxels[::2]) for plane in planes]
    halves = [replace(plane, voxels=np.ascontiguousarray(plane.voxels)) for plane in half]
    three = [plane for plane in planes if plane.model < 3]
    times = in_turn(
        max(repeats, 7),
        all=lambda: count_patterns(planes, n_structures, n_models),
        groups=lambda: count_patterns(groups, _FEW, n_models),
        three=lambda: count_patterns(three, n_structures, 3),
        half=lambda: count_patterns(halves, n_structures, n_models),
    )
    _require_sums(planes, times["all"].result, n_models)
    whole = times["all"].median
    names = {
        "all": f"{n_structures} structures, {n_models} models, all voxels",
        "groups": f"the same voxels as {_FEW} groups of structures",
        "three": "three models",
        "half": "every second slice",
    }
    rows = [
        Row(f"**ours**: {text}", times[key].median, len(times[key].seconds), None, f"{times[key].median / whole:.2f}")
        for key, text in names.items()
    ]
    return Table("What the cost grows with (measured: share of the first row)", tuple(rows), "volumes of all models")


def _grouped(table: np.ndarray) -> np.ndarray:
    return np.where(table > 0, (table - 1) % _FEW + 1, 0).astype(table.dtype)


def _require_sums(planes: list[Plane], counts: np.ndarray, n_models: int) -> None:
    """The counts of each model add up to the voxels that its planes carry; overlaps of one structure do not occur."""
    patterns = np.arange(counts.shape[1])
    for model in range(n_models):
        carried = sum(
            int(np.count_nonzero(plane.structure_of_label[one_slice]))
            for plane in planes
            if plane.model == model
            for one_slice in plane.voxels
        )
        require(int(counts[:, patterns >> model & 1 == 1].sum()) == carried, f"voxels of model {model + 1}")
