"""What a model wrote, read through its vocabulary: a label file, a file per task, or a binary file per structure."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..anatomy.identity import StructureIdentity
from ..anatomy.vocabulary import Vocabulary, VocabularyLabel
from ..errors import (
    ConcordanceError,
    GeometryMismatchError,
    UnknownLabelError,
    UnreadableFileError,
    VoxelTypeError,
)
from ..plurals import first_few
from .geometry import Geometry
from .header_names import names_in_header, require_fitting_names, slicer_segment_names
from .label_map import LabelMap, Segment, label_boxes, label_counts, smallest_dtype
from .output_names import OutputNames
from .volume_files import is_volume_file, read_label_volume, require_file, volume_name

_LISTED = 10
_ROOM = 2**16 - 1
_BINARY = (1, 255)


@dataclass(frozen=True, slots=True)
class FoundLabel:
    """A label as it stands in a file.

    :param value: its voxel value there.
    :param name: the model's own text for it; of an unknown one that of the file's header, else the name of a binary
        file, else "label 7".
    :param known: what the vocabulary says of it; None where it does not know it.
    """

    file: Path
    value: int
    name: str
    task: str = ""
    known: VocabularyLabel | None = None


@dataclass(frozen=True, eq=False)
class ModelOutput:
    """What one model wrote on one scan.

    :param tasks: the tasks of the model that its files are of, in the vocabulary's order: what it looked for.
    :param found: for each segment of the label map, in the same order, where it comes from.
    :param notes: what was decided on the way, in sentences.
    :param looked_for: the model's names of what it was asked for, where the files tell that it was not all of the
        tasks; empty for all.
    :param covered: the part of the scan, as an index of an array (k, j, i), that it was run on; None for all of it.
    """

    label_map: LabelMap
    tasks: tuple[str, ...]
    found: tuple[FoundLabel, ...] = ()
    notes: tuple[str, ...] = ()
    looked_for: tuple[str, ...] = ()
    covered: tuple[slice, slice, slice] | None = None


@dataclass(frozen=True, slots=True)
class _Source:
    """One file and the labels that it may hold. A structure file holds one structure, under any one voxel value."""

    path: Path
    labels: tuple[VocabularyLabel, ...]
    is_structure: bool


def read_model_output(
    paths: Sequence[str | os.PathLike[str]],
    vocabulary: Vocabulary,
    task: str | None = None,
    *,
    keep_unknown: bool = False,
) -> ModelOutput:
    """Read one model's output on one scan: label files and structure files; a folder stands for the image files in it.

    A file named as the model names the file of one structure ("liver.nii.gz") is binary and is that structure. Any
    other file holds the label ids of one task: ``task``, the model's only task, or the task that its name tells. In a
    folder either all image files are structure files or the name of each tells its task; other files are ignored.

    :param keep_unknown: labels and files that the vocabulary does not know become segments without codes, named as in
        :class:`FoundLabel`. Then a vocabulary without labels will do.
    :returns: a label map with segments named by the harmonized structure name, with codes and colour, by label; no
        segment for a structure without voxels, so all-zero files give none. The labels are the model's ids where they
        are unique over all files, else consecutive. Structures that overlap lie in different layers.
    :raises UnknownLabelError: labels or structure files that the vocabulary does not know.
    :raises GeometryMismatchError: the files do not lie on one grid.
    :raises ConcordanceError: the task is needed and not told, two files hold the same structure, the names in a
        NIfTI header contradict the vocabulary, or a file cannot be read; see :func:`read_label_volume`.
    """
    if task is not None:
        vocabulary = vocabulary.for_task(task)
    names = OutputNames.of(vocabulary)
    sources: list[_Source] = []
    for path in map(Path, paths):
        read = _sources_of_folder if path.is_dir() else _sources_of_file
        sources += read(path, vocabulary, names, keep_unknown)
    if not sources:
        raise ConcordanceError(vocabulary.title, "no file of its output was given", "Give a file or a folder.")
    single = len(sources) == 1 and not sources[0].is_structure
    label_map, found = _read_one(sources[0], keep_unknown) if single else _read_merged(sources, keep_unknown)
    told = {label.task for source in sources for label in source.labels}
    tasks = tuple(task for task in vocabulary.tasks if task in told)
    return ModelOutput(label_map, tasks, found, looked_for=_looked_for(sources, found))


def _looked_for(sources: Sequence[_Source], found: Sequence[FoundLabel]) -> tuple[str, ...]:
    """The names of what the model was asked for, where its files tell that it was less than all; else ().

    A header that lists names lists what was asked for. A model that writes empty files as well writes one for each
    structure that it was asked for.
    """
    asked: list[str] = []
    is_less = False
    of_structures = [source.labels[0] for source in sources if source.is_structure]
    if len({label.name for label in of_structures}) > len({label.name for label in found if label.known}):
        asked += [label.name for label in of_structures]
        is_less = True
    elif of_structures:
        return ()
    for source in sources:
        if source.is_structure:
            continue
        names = names_in_header(source.path) if not is_cropped_to_segments(source.path) else {}
        listed = [label.name for label in source.labels if label.label in names]
        is_less |= 0 < len(listed) < len(source.labels)
        asked += listed or [label.name for label in source.labels]
    return tuple(dict.fromkeys(asked)) if is_less else ()


def is_cropped_to_segments(path: Path) -> bool:
    """Whether Slicer wrote it: it leaves out empty segments, and crops to the others, so neither tells anything."""
    return path.is_file() and path.name.lower().endswith(".nrrd") and bool(slicer_segment_names(path))


def _sources_of_folder(folder: Path, vocabulary: Vocabulary, names: OutputNames, keep_unknown: bool) -> list[_Source]:
    files = sorted(path for path in folder.iterdir() if path.is_file() and is_volume_file(path))
    if not files:
        raise UnreadableFileError(folder, "holds no image file", "Give the folder that the model wrote to.")
    if len(files) == 1:
        return _sources_of_file(files[0], vocabulary, names, keep_unknown)
    found = {path: _structure_source(path, names) for path in files}
    if not any(found.values()):
        found = {path: _task_source(path, vocabulary, names) for path in files}
    unknown = [path.name for path, source in found.items() if source is None]
    if unknown and not keep_unknown:
        raise UnknownLabelError(
            folder,
            f"{len(unknown)} of {len(files)} files are no structure of {vocabulary.title}: {_listed(unknown)}",
            "Remove them from the folder, or choose the model and version that wrote it.",
        )
    return [source or _Source(path, (), False) for path, source in found.items()]


def _sources_of_file(path: Path, vocabulary: Vocabulary, names: OutputNames, keep_unknown: bool) -> list[_Source]:
    require_file(path)
    source = _structure_source(path, names) or _task_source(path, vocabulary, names)
    if source is None and len(vocabulary.tasks) == 1:
        source = _Source(path, vocabulary.labels, False)
    if source is None and not keep_unknown:
        raise ConcordanceError(
            path,
            f"its name does not tell which task of {vocabulary.title} wrote it",
            f"Name the task: one of {', '.join(vocabulary.tasks)}.",
        )
    if source is not None and not source.is_structure and any(label.label is None for label in source.labels):
        if not keep_unknown:
            raise ConcordanceError(
                path, f"{vocabulary.title} has no published label ids", "Give its files of one structure each."
            )
        source = None
    return [source or _Source(path, (), False)]


def _structure_source(path: Path, names: OutputNames) -> _Source | None:
    """The source if the file is named after one structure."""
    labels = names.labels(path)
    if not labels:
        return None
    # Several tasks may produce the same structure under the same name, e.g. the aorta: that is one structure.
    if len({label.identity for label in labels}) > 1:
        tasks = ", ".join(label.task for label in labels)
        raise ConcordanceError(path, f"stands for different structures in the tasks {tasks}", "Name the task.")
    return _Source(path, labels[:1], True)


def _task_source(path: Path, vocabulary: Vocabulary, names: OutputNames) -> _Source | None:
    """The source if the file's name tells exactly one task."""
    task = names.task(path)
    return None if task is None else _Source(path, vocabulary.for_task(task).labels, False)


def _read_one(source: _Source, keep_unknown: bool) -> tuple[LabelMap, tuple[FoundLabel, ...]]:
    voxels, geometry = read_label_volume(source.path)
    found = tuple(_present(source, voxels, keep_unknown).values())
    return LabelMap((voxels,), geometry, tuple(_segment(label, label.value) for label in found)), found


def _read_merged(sources: Sequence[_Source], keep_unknown: bool) -> tuple[LabelMap, tuple[FoundLabel, ...]]:
    """Read one file after the other: all structures of a model as volumes of their own would not fit into memory."""
    numbers = _numbers(sources)
    dtype = smallest_dtype([*numbers.values(), *([_ROOM] if keep_unknown else [])])
    layers: list[np.ndarray] = []
    segments: list[tuple[Segment, FoundLabel]] = []
    holders: dict[StructureIdentity, Path] = {}
    voxels, grid = read_label_volume(sources[0].path)
    for n, source in enumerate(sources):
        geometry = grid
        if n:
            voxels, geometry = read_label_volume(source.path)
        _require_same_grid(source.path, geometry, sources[0].path, grid)
        present = _present(source, voxels, keep_unknown)
        for label in present.values():
            if label.known is not None:
                _require_one_holder(label.known, source.path, holders)
        boxes = label_boxes(voxels, present)
        for value, label in present.items():
            box = boxes[value]
            mask = voxels[box] == value
            layer = _first_free(layers, box, mask)
            if layer == len(layers):
                layers.append(np.zeros(grid.shape, dtype))
            number = _number(label, numbers)
            layers[layer][box][mask] = number
            segments.append((_segment(label, number, layer), label))
    segments.sort(key=lambda pair: pair[0].label)
    layers = layers or [np.zeros(grid.shape, dtype)]
    label_map = LabelMap(tuple(layers), grid, tuple(segment for segment, _ in segments))
    return label_map, tuple(label for _, label in segments)


def _numbers(sources: Sequence[_Source]) -> dict[VocabularyLabel | FoundLabel, int]:
    """The voxel value of every label that the files may hold: the model's own where these are unique, else 1, 2, ..."""
    labels = list(dict.fromkeys(label for source in sources for label in source.labels))
    ids = [label.label for label in labels if label.label is not None]
    if len(set(ids)) < len(labels):
        ids = list(range(1, len(labels) + 1))
    return dict(zip(labels, ids))


def _number(label: FoundLabel, numbers: dict[VocabularyLabel | FoundLabel, int]) -> int:
    """The voxel value of a label in the merged label map; an unknown one keeps its own where that is free."""
    if label.known is not None:
        return numbers[label.known]
    taken = set(numbers.values())
    free = label.value <= _ROOM and label.value not in taken
    return numbers.setdefault(label, label.value if free else max(taken, default=0) + 1)


def _present(source: _Source, voxels: np.ndarray, keep_unknown: bool) -> dict[int, FoundLabel]:
    """The label of every voxel value, ascending."""
    counts = label_counts(voxels)
    path = source.path
    if source.is_structure:
        if len(counts) > 1:
            raise VoxelTypeError(
                source.path,
                f"holds the values {_listed(map(str, counts))}, but stands for one structure by its name",
                "Give a binary file, or give a file of several labels another name.",
            )
        label = source.labels[0]
        return {value: FoundLabel(path, value, label.name, label.task, label) for value in counts}
    require_fitting_names(path, source.labels)
    known = {label.label: label for label in source.labels}
    found = {v: FoundLabel(path, v, known[v].name, known[v].task, known[v]) for v in counts if v in known}
    unknown = [f"{value} ({count} voxels)" for value, count in counts.items() if value not in known]
    if unknown and keep_unknown:
        return {value: found.get(value) or _unknown_label(source, value, len(counts) == 1) for value in counts}
    if unknown:
        task = source.labels[0].task
        raise UnknownLabelError(
            source.path,
            f"the label map{f' of task {task}' if task else ''} does not know {len(unknown)} of {len(counts)} labels: "
            f"{_listed(unknown)}",
            "Choose the model, version and task that wrote it.",
        )
    return found


def _unknown_label(source: _Source, value: int, alone: bool) -> FoundLabel:
    path, task = source.path, source.labels[0].task if source.labels else ""
    name = names_in_header(path).get(value, "")
    file_name = volume_name(path) if alone and value in _BINARY and not source.labels else ""
    return FoundLabel(path, value, name or file_name or f"label {value}", task)


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


def _segment(label: FoundLabel, number: int, layer: int = 0) -> Segment:
    known = label.known
    if known is None:
        return Segment(number, label.name, layer=layer)
    return Segment(number, known.structure_name, known.structure, known.color, layer)


def _listed(texts: Iterable[str]) -> str:
    return first_few(list(texts), _LISTED)
