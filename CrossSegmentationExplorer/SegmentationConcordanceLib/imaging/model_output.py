"""What a model wrote, read through its vocabulary: a label file, a file per task, or a binary file per structure."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import ndimage

from ..anatomy.identity import StructureIdentity
from ..anatomy.vocabulary import Vocabulary, VocabularyLabel
from ..errors import (
    ConcordanceError,
    GeometryMismatchError,
    UnknownLabelError,
    UnreadableFileError,
    VoxelTypeError,
)
from .geometry import Geometry
from .label_map import LabelMap, Segment, label_counts, smallest_dtype
from .volume_files import is_volume_file, read_label_volume, require_file, volume_name

_LISTED = 10


@dataclass(frozen=True, eq=False)
class ModelOutput:
    """What one model wrote on one scan.

    :param tasks: the tasks of the model that its files are of, in the vocabulary's order: what it looked for.
    """

    label_map: LabelMap
    tasks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Source:
    """One file and the labels that it may hold. A structure file holds one structure, under any one voxel value."""

    path: Path
    labels: tuple[VocabularyLabel, ...]
    is_structure: bool


def read_model_output(
    paths: Sequence[str | os.PathLike[str]], vocabulary: Vocabulary, task: str | None = None
) -> ModelOutput:
    """Read one model's output on one scan: label files and structure files; a folder stands for the image files in it.

    A file named as the model names the file of one structure ("liver.nii.gz") is binary and is that structure. Any
    other file holds the label ids of one task: ``task``, the model's only task, or the task that its name tells. In a
    folder either all image files are structure files or the name of each tells its task; other files are ignored.

    :returns: a label map with segments named by the harmonized structure name, with codes and colour, by label; no
        segment for a structure without voxels, so all-zero files give none. The labels are the model's ids where they
        are unique over all files, else consecutive. Structures that overlap lie in different layers.
    :raises UnknownLabelError: labels or structure files that the vocabulary does not know.
    :raises GeometryMismatchError: the files do not lie on one grid.
    :raises ConcordanceError: the task is needed and not told, two files hold the same structure, or a file cannot be
        read; see :func:`read_label_volume`.
    """
    if task is not None:
        vocabulary = vocabulary.for_task(task)
    sources: list[_Source] = []
    for path in map(Path, paths):
        sources += _sources_of_folder(path, vocabulary) if path.is_dir() else [_source_of_file(path, vocabulary)]
    if not sources:
        raise ConcordanceError(vocabulary.title, "no file of its output was given", "Give a file or a folder.")
    single = len(sources) == 1 and not sources[0].is_structure
    label_map = _read_one(sources[0]) if single else _read_merged(sources)
    told = {label.task for source in sources for label in source.labels}
    return ModelOutput(label_map, tuple(task for task in vocabulary.tasks if task in told))


def _sources_of_folder(folder: Path, vocabulary: Vocabulary) -> list[_Source]:
    files = sorted(path for path in folder.iterdir() if path.is_file() and is_volume_file(path))
    if not files:
        raise UnreadableFileError(folder, "holds no image file", "Give the folder that the model wrote to.")
    found = {path: _structure_source(path, vocabulary) for path in files}
    if not any(found.values()):
        found = {path: _task_source(path, vocabulary) for path in files}
    unknown = [path.name for path, source in found.items() if source is None]
    if unknown:
        raise UnknownLabelError(
            folder,
            f"{len(unknown)} of {len(files)} files are no structure of {vocabulary.title}: {_listed(unknown)}",
            "Remove them from the folder, or choose the model and version that wrote it.",
        )
    return [source for source in found.values() if source]


def _source_of_file(path: Path, vocabulary: Vocabulary) -> _Source:
    require_file(path)
    source = _structure_source(path, vocabulary) or _task_source(path, vocabulary)
    if source is None and len(vocabulary.tasks) == 1:
        source = _Source(path, vocabulary.labels, False)
    if source is None:
        raise ConcordanceError(
            path,
            f"its name does not tell which task of {vocabulary.title} wrote it",
            f"Name the task: one of {', '.join(vocabulary.tasks)}.",
        )
    if not source.is_structure and any(label.label is None for label in source.labels):
        raise ConcordanceError(
            path, f"{vocabulary.title} has no published label ids", "Give its files of one structure each."
        )
    return source


def _structure_source(path: Path, vocabulary: Vocabulary) -> _Source | None:
    """The source if the file is named after one structure."""
    name = volume_name(path)
    labels = [label for label in vocabulary.labels if name in (label.name, _own_file_name(label))]
    if not labels:
        return None
    # Several tasks may produce the same structure under the same name, e.g. the aorta: that is one structure.
    if len({label.identity for label in labels}) > 1:
        tasks = ", ".join(label.task for label in labels)
        raise ConcordanceError(path, f"stands for different structures in the tasks {tasks}", "Name the task.")
    return _Source(path, (labels[0],), True)


def _own_file_name(label: VocabularyLabel) -> str | None:
    """The name of the label's own file; None where the file holds a whole task, as its name has "<case>" in it."""
    return None if "<" in label.output_file else volume_name(Path(label.output_file))


def _task_source(path: Path, vocabulary: Vocabulary) -> _Source | None:
    """The source if the file's name tells exactly one task."""
    name = volume_name(path)
    told = [task for task in vocabulary.tasks if re.search(_task_pattern(vocabulary, task), name, re.IGNORECASE)]
    # "lung_vessels" also tells a task "lung" if there is one.
    told = [task for task in told if not any(task != other and task in other for other in told)]
    return _Source(path, vocabulary.for_task(told[0]).labels, False) if len(told) == 1 else None


def _task_pattern(vocabulary: Vocabulary, task: str) -> str:
    """What a file name must contain: the model's own name for the task's file, else the task as a word."""
    output = next(label.output_file for label in vocabulary.labels if label.task == task)
    if "<" in output:
        parts = re.split(r"<[^>]*>", volume_name(Path(output)))
        return r"(^|[^a-z0-9])" + ".+".join(re.escape(part) for part in parts) + "$"
    return rf"(^|[^a-z0-9]){re.escape(task)}($|[^a-z0-9])"


def _read_one(source: _Source) -> LabelMap:
    voxels, geometry = read_label_volume(source.path)
    segments = [_segment(label, label.label) for label in _present(source, voxels).values()]
    return LabelMap((voxels,), geometry, segments)


def _read_merged(sources: Sequence[_Source]) -> LabelMap:
    """Read one file after the other: all structures of a model as volumes of their own would not fit into memory."""
    numbers = _numbers(sources)
    dtype = smallest_dtype(numbers.values())
    layers: list[np.ndarray] = []
    segments: list[Segment] = []
    holders: dict[StructureIdentity, Path] = {}
    grid = None
    for source in sources:
        voxels, geometry = read_label_volume(source.path)
        grid = grid or geometry
        _require_same_grid(source.path, geometry, sources[0].path, grid)
        present = _present(source, voxels)
        for label in present.values():
            _require_one_holder(label, source.path, holders)
        boxes = ndimage.find_objects(voxels) if present else []
        for value, label in present.items():
            box = boxes[value - 1]
            mask = voxels[box] == value
            layer = _first_free(layers, box, mask)
            if layer == len(layers):
                layers.append(np.zeros(grid.shape, dtype))
            layers[layer][box][mask] = numbers[label]
            segments.append(_segment(label, numbers[label], layer))
    segments.sort(key=lambda segment: segment.label)
    return LabelMap(layers or [np.zeros(grid.shape, dtype)], grid, segments)


def _numbers(sources: Sequence[_Source]) -> dict[VocabularyLabel, int]:
    """The voxel value of every label that the files may hold: the model's own where these are unique, else 1, 2, ..."""
    labels = list(dict.fromkeys(label for source in sources for label in source.labels))
    ids = [label.label for label in labels]
    if None in ids or len(set(ids)) < len(ids):
        ids = range(1, len(labels) + 1)
    return dict(zip(labels, ids))


def _present(source: _Source, voxels: np.ndarray) -> dict[int, VocabularyLabel]:
    """The label of every voxel value, ascending."""
    counts = label_counts(voxels)
    if source.is_structure:
        if len(counts) > 1:
            raise VoxelTypeError(
                source.path,
                f"holds the values {_listed(map(str, counts))}, but stands for one structure by its name",
                "Give a binary file, or give a file of several labels another name.",
            )
        return dict.fromkeys(counts, source.labels[0])
    known = {label.label: label for label in source.labels}
    unknown = [f"{value} ({count} voxels)" for value, count in counts.items() if value not in known]
    if unknown:
        task = source.labels[0].task
        raise UnknownLabelError(
            source.path,
            f"the label map{f' of task {task}' if task else ''} does not know {len(unknown)} of {len(counts)} labels: "
            f"{_listed(unknown)}",
            "Choose the model, version and task that wrote it.",
        )
    return {value: known[value] for value in counts}


def _first_free(layers: Sequence[np.ndarray], box: tuple[slice, ...], mask: np.ndarray) -> int:
    """The index of the first layer with nothing under the mask; the number of layers if there is none."""
    return next((index for index, layer in enumerate(layers) if not layer[box][mask].any()), len(layers))


def _require_one_holder(label: VocabularyLabel, path: Path, holders: dict[StructureIdentity, Path]) -> None:
    holder = holders.setdefault(label.identity, path)
    if holder != path:
        raise ConcordanceError(
            path, f"holds {label.structure_name}, as does {holder}", "Give one of the two files: each may differ."
        )


def _require_same_grid(path: Path, geometry: Geometry, first: Path, grid: Geometry) -> None:
    if not geometry.matches(grid):
        differences = geometry.differences(grid) or ["voxels slightly apart"]
        raise GeometryMismatchError(
            path, f"does not lie on the grid of {first}: {'; '.join(differences)}", "Give files of one run on one scan."
        )


def _segment(label: VocabularyLabel, number: int, layer: int = 0) -> Segment:
    return Segment(number, label.structure_name, label.structure, label.color, layer)


def _listed(texts: Iterable[str]) -> str:
    texts = list(texts)
    more = len(texts) - _LISTED
    return ", ".join(texts[:_LISTED]) + (f" and {more} more" if more > 0 else "")
