"""The surface measures of the agreement table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np

from .boxes import Box
from .comparison import Comparison
from .consensus import Consensus, LeaveOneOut
from .crops import pattern_crop
from .measures import MEASURES
from .options import AnalysisOptions
from .surface_distances import SurfaceDistances, surface_distances
from .surface_measures import average_symmetric, hausdorff_percentile, normalized_surface_dice
from .surfaces import Surface, surface_of
from .table import AgreementRow
from .threads import thread_count


def with_surface_measures(
    rows: Sequence[AgreementRow],
    comparison: Comparison,
    consensus: Consensus | LeaveOneOut,
    boxes: Mapping[int, Box],
    options: AnalysisOptions,
    progress: Callable[[float, str], None] | None = None,
) -> list[AgreementRow]:
    """The rows with HD95, ASSD and NSD of each model's surface and the consensus's, in mm.

    Distances are None where the model or the consensus is empty, NSD is 0 there; all are None for a structure that
    only one model knows. Structures are measured on several threads, as numpy and scipy release the interpreter's lock.

    :param rows: of this comparison and consensus.
    :param boxes: by the index of the structure, voxels (k, j, i); a structure without one is not measured.
    :param options: the tolerances of NSD in mm.
    :param progress: called with a fraction and a few words; may raise to cancel.
    :returns: new rows in the same order.
    """
    index_of = {structure.key: index for index, structure in enumerate(comparison.structures)}
    wanted: dict[int, list[AgreementRow]] = {}
    for row in rows:
        wanted.setdefault(index_of[row.structure_key], []).append(row)
    todo = [index for index in wanted if index in boxes and comparison.structures[index].n_voters > 1]
    measured: dict[tuple[str, str], AgreementRow] = {}
    with ThreadPoolExecutor(thread_count()) as executor:
        futures = [
            executor.submit(_measured_rows, wanted[index], comparison, consensus, boxes[index], index, options)
            for index in todo
        ]
        try:
            for number, (index, future) in enumerate(zip(todo, futures)):
                if progress is not None:
                    progress(number / len(todo), f"surfaces of {comparison.structures[index].name}")
                measured.update({(row.structure_key, row.model): row for row in future.result()})
        except BaseException:
            executor.shutdown(wait=True, cancel_futures=True)
            raise
    return [measured.get((row.structure_key, row.model), row) for row in rows]


def _measured_rows(
    rows: Sequence[AgreementRow],
    comparison: Comparison,
    consensus: Consensus | LeaveOneOut,
    box: Box,
    index: int,
    options: AnalysisOptions,
) -> list[AgreementRow]:
    patterns = pattern_crop(comparison, index, box)
    spacing_kji = tuple(comparison.geometry.spacing_mm[::-1])
    tolerance = options.tolerance_mm(comparison.structures[index].name)
    of_masks = {name: measure.of_masks for name, measure in MEASURES.items() if measure.of_masks is not None}
    measured = []
    held: tuple[np.ndarray, Surface] | None = None
    for row in rows:
        bit = comparison.models.index(row.model)
        if held is None or isinstance(consensus, LeaveOneOut):
            rule = consensus.of_others[bit] if isinstance(consensus, LeaveOneOut) else consensus
            chosen = rule.chosen[index][patterns]
            held = chosen, surface_of(chosen, spacing_kji)
        agreed, of_consensus = held
        mask = patterns & (1 << bit) != 0
        values: dict[str, Any] = {name: of(mask, agreed, spacing_kji) for name, of in of_masks.items()}
        with_masks = replace(row, **values)
        distances = surface_distances(surface_of(mask, spacing_kji), of_consensus)
        measured.append(_with_measures(with_masks, distances, tolerance))
    return measured


def _with_measures(row: AgreementRow, distances: SurfaceDistances, tolerance_mm: float) -> AgreementRow:
    return replace(
        row,
        hd95_mm=hausdorff_percentile(distances, 95),
        assd_mm=average_symmetric(distances),
        nsd=normalized_surface_dice(distances, tolerance_mm),
        nsd_tolerance_mm=tolerance_mm,
    )
