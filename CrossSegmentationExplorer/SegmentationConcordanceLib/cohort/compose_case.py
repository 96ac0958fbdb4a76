"""One SEG per case from the model that agrees most with the others, structure by structure: what a collection would
publish. Each segment names where it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..anatomy.identity import structure_identity
from ..errors import ConcordanceError
from ..imaging.image_series import ImageSeries
from ..imaging.label_map import LabelMap, Segment, smallest_dtype
from ..imaging.seg_writer import AUTO, BINARY, SegStorage, write_dicom_seg
from ..reporting.case_files import CONSENSUS_STEM, is_result
from .case_image import read_case_image
from .case_record import read_record
from .case_work import segs_of
from .cases import CohortCase
from .listener import Nobody
from .runs import ReadRun, RunFile, read_runs
from .web_image import with_fetched_image

CONSENSUS = "consensus"


@dataclass(frozen=True, slots=True)
class ComposeTask:
    """One case to be composed.

    :param results: the case's folder of a run: its SEGs and its consensus.
    :param order: by structure key the models, the one to take first in front; ``CONSENSUS`` stands for the consensus.
    :param output: the SEG to write.
    :param storage: of the SEG; where its segments overlap it is binary.
    """

    case: CohortCase
    results: Path
    order: Mapping[str, tuple[str, ...]]
    output: Path
    storage: SegStorage = field(default_factory=SegStorage)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a segment comes from.

    :param place: of its source in the order, 1 for the first.
    """

    case: str
    structure: str
    structure_key: str
    source: str
    place: int


def compose_case(task: ComposeTask) -> tuple[Origin, ...]:
    """Write the SEG of a case.

    :returns: its segments.
    :raises ConcordanceError: there is no DICOM series or no SEG, or none has any of the structures.
    """
    case = with_fetched_image(task.case, task.results)
    image = read_case_image(case.image, case.series_uid or None)
    if not isinstance(image, ImageSeries):
        raise ConcordanceError(task.case.name, "has no DICOM series, to which a SEG could refer")
    reads = list(read_runs(_files(task), image, Nobody()))
    found = _segments_by_structure(reads)
    chosen: list[tuple[Origin, ReadRun, Segment]] = []
    for key, sources in task.order.items():
        for place, source in enumerate(sources, start=1):
            held = found.get((source, key))
            if held is not None:
                read, segment = held
                chosen.append((Origin(task.case.name, segment.name, key, source, place), read, segment))
                break
    if not chosen:
        raise ConcordanceError(task.case.name, "no SEG has any of the structures of the answer")
    origins = tuple(origin for origin, _, _ in chosen)
    description = "Composed of several models"
    write_dicom_seg(
        task.output,
        _label_map(chosen),
        image,
        model_name="",
        series_description=description,
        series_number=310,
        kind=BINARY if task.storage.kind == BINARY else AUTO,
        compression=task.storage.compression,
    )
    return origins


def _files(task: ComposeTask) -> list[RunFile]:
    """The SEGs that the run made or was given, and its consensus."""
    made = [RunFile("", task.results / name, "", "") for name in read_record(task.results).segs]
    given = [RunFile(one.name, path, one.model, one.task) for one in task.case.outputs for path in segs_of(one)]
    consensus = sorted(path for path in task.results.glob(f"{CONSENSUS_STEM}*.dcm") if is_result(path.name))
    held = [RunFile(CONSENSUS, path, "", "") for path in consensus]
    if not made and not given:
        raise ConcordanceError(
            task.case.name, "the run made no DICOM SEG of it", "Run the cohort again, with harmonizing."
        )
    return [*made, *given, *held]


def _segments_by_structure(reads: Sequence[ReadRun]) -> dict[tuple[str, str], tuple[ReadRun, Segment]]:
    """By model and structure key; of a structure that a model has several times the first."""
    found: dict[tuple[str, str], tuple[ReadRun, Segment]] = {}
    for read in reads:
        counts = read.label_map.voxel_counts()
        for segment in read.label_map.segments:
            if segment.structure is not None and counts[segment]:
                found.setdefault((read.name, structure_identity(segment.structure).key), (read, segment))
    return found


def _label_map(chosen: Sequence[tuple[Origin, ReadRun, Segment]]) -> LabelMap:
    """The chosen segments, each on the first layer where it has room."""
    geometry = chosen[0][1].label_map.geometry
    dtype = smallest_dtype([len(chosen)])
    layers: list[NDArray[np.unsignedinteger]] = []
    segments = []
    for number, (origin, read, segment) in enumerate(chosen, start=1):
        source = read.label_map.layers[segment.layer]
        (box,) = ndimage.find_objects((source == segment.label).view(np.uint8))
        mask = source[box] == segment.label
        layer = next((k for k, one in enumerate(layers) if not one[box][mask].any()), len(layers))
        if layer == len(layers):
            layers.append(np.zeros(geometry.shape, dtype))
        layers[layer][box][mask] = number
        said = f"from {origin.source}" + (f", choice {origin.place}" if origin.place > 1 else "")
        segments.append(replace(segment, label=number, layer=layer, algorithm=origin.source, description=said))
    return LabelMap(tuple(layers), geometry, tuple(segments))
