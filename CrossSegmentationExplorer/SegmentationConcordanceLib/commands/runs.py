"""The runs of models on a command line: ``[NAME=]PATH``, and ``[NAME=]LABELMAP[:TASK]`` for what is no DICOM SEG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydicom.misc import is_dicom

from ..agreement.models import ModelSegmentation, join_label_maps
from ..anatomy.identity import StructureIdentity
from ..anatomy.vocabulary import Vocabulary, load_vocabulary
from ..errors import ConcordanceError, GeometryMismatchError, LabelMapTableError, UnreadableFileError
from ..imaging.geometry import Geometry
from ..imaging.image_series import ImageSeries
from ..imaging.label_map import LabelMap
from ..imaging.model_output import read_model_output
from ..imaging.resampling import bring_to_grid, resample_nearest
from ..imaging.seg_reader import check_refers_to, read_dicom_seg
from .terminal import Terminal


@dataclass(frozen=True, slots=True)
class RunFile:
    """One path of a command line.

    :param name: what the run is called; empty where the file is to say.
    :param label_map_name: the label map for a path that is no DICOM SEG; empty where none was given.
    :param task: the task of the label map; empty where the file's name tells it.
    """

    name: str
    path: Path
    label_map_name: str
    task: str


@dataclass(frozen=True, eq=False)
class _Read:
    """What one path held; ``may_be_cropped`` where its maker leaves empty slices out."""

    name: str
    label_map: LabelMap
    vocabulary: frozenset[StructureIdentity]
    may_be_cropped: bool


def parse_runs(segs: Sequence[str], models: Sequence[str]) -> list[RunFile]:
    """Parse ``[NAME=]PATH`` and ``[NAME=]LABELMAP[:TASK]``. A path that exists as it stands has no NAME.

    :raises ConcordanceError: a label map for a NAME that no path has, or two label maps for one NAME.
    """
    named = [_split(text) for text in segs]
    label_maps: dict[str, str] = {}
    for name, label_map_name in (_split(text) for text in models):
        if name and name not in {run for run, _ in named}:
            raise ConcordanceError(f"--model {name}={label_map_name}", f"no --seg is called {name}", "Check the names.")
        if name in label_maps:
            raise ConcordanceError(f"--model {label_map_name}", "a second label map for the same runs", "Give one.")
        label_maps[name] = label_map_name
    return [RunFile(name, Path(path), *_task_of(label_maps.get(name, label_maps.get("", "")))) for name, path in named]


def read_models(
    files: Sequence[RunFile], series: ImageSeries, terminal: Terminal, *, resample: bool = False
) -> list[ModelSegmentation]:
    """Read every path, bring it to the grid of the series, and join the paths of one model.

    :param resample: resample what lies on other voxels than the series, by nearest neighbour, and say so.
    """
    outputs: dict[str, list[_Read]] = {}
    for number, file in enumerate(files):
        terminal.progress(0.1 + 0.7 * number / len(files), f"reading {file.path.name}")
        read = _read_seg(file, series, terminal) if _is_seg(file.path) else _read_output(file)
        on_grid = _on_grid(read, series.geometry, file.path, resample, terminal)
        read = replace(read, label_map=on_grid)
        outputs.setdefault(read.name, []).append(read)
    return [
        ModelSegmentation(
            name,
            join_label_maps([read.label_map for read in reads], name),
            frozenset().union(*(read.vocabulary for read in reads)),
        )
        for name, reads in outputs.items()
    ]


def _split(text: str) -> tuple[str, str]:
    name, equals, rest = text.partition("=")
    return ("", text) if not equals or Path(text).exists() else (name.strip(), rest)


def _task_of(label_map_name: str) -> tuple[str, str]:
    """Label map and task of ``LABELMAP[:TASK]``; a colon behind a drive's letter is part of a path."""
    name, colon, task = label_map_name.rpartition(":")
    return (name, task) if colon and len(name) > 1 else (label_map_name, "")


def _is_seg(path: Path) -> bool:
    if not path.exists():
        raise UnreadableFileError(path, "does not exist", "Check the path.")
    return path.is_file() and is_dicom(path)


def _read_seg(file: RunFile, series: ImageSeries, terminal: Terminal) -> _Read:
    seg = read_dicom_seg(file.path)
    check_refers_to(seg, series)
    name = file.name or " + ".join(seg.algorithm_names) or seg.series_description or file.path.stem
    known = _vocabulary_of(file.label_map_name or seg.label_map_name, seg.tasks, file.path, terminal)
    return _Read(name, seg.label_map, known, may_be_cropped=True)


def _vocabulary_of(
    label_map_name: str, tasks: Sequence[str], path: Path, terminal: Terminal
) -> frozenset[StructureIdentity]:
    """What the model could have found, where the SEG says by which label map and tasks it was made."""
    unknown = "what it lacks counts as not in the model"
    if not label_map_name:
        terminal.warn(f"{path}: does not say its label map, so {unknown}. See --model")
        return frozenset()
    try:
        vocabulary = load_vocabulary(label_map_name)
        tasks = tasks or (vocabulary.tasks if len(vocabulary.tasks) == 1 else ())
        if not tasks:
            terminal.warn(f"{path}: does not say which tasks of {label_map_name} were run, so {unknown}")
        return structures_of(vocabulary, tasks)
    except LabelMapTableError as error:
        terminal.warn(f"{path}: {error} So {unknown}")
        return frozenset()


def structures_of(vocabulary: Vocabulary, tasks: Sequence[str]) -> frozenset[StructureIdentity]:
    """What these tasks of a model can find."""
    parts = [vocabulary.for_task(task) for task in vocabulary.tasks_called(tasks)]
    return frozenset().union(*(part.identities for part in parts))


def _read_output(file: RunFile) -> _Read:
    if not file.label_map_name:
        raise ConcordanceError(
            file.path, "is no DICOM SEG", "Name the label map of the model that wrote it: --model [NAME=]LABELMAP."
        )
    vocabulary = load_vocabulary(file.label_map_name)
    output = read_model_output([file.path], vocabulary, file.task or None)
    name = file.name or vocabulary.title
    segments = tuple(replace(segment, algorithm=name) for segment in output.label_map.segments)
    label_map = LabelMap(output.label_map.layers, output.label_map.geometry, segments)
    return _Read(name, label_map, structures_of(vocabulary, output.tasks), may_be_cropped=False)


def _on_grid(read: _Read, geometry: Geometry, path: Path, resample: bool, terminal: Terminal) -> LabelMap:
    try:
        return bring_to_grid(read.label_map, geometry, str(path), allow_extent_change=read.may_be_cropped)
    except GeometryMismatchError as error:
        if not resample:
            raise GeometryMismatchError(error.subject, error.fact, f"{error.remedy} Or add --resample.") from error
        terminal.warn(f"{path}: {error.fact}; resampled by nearest neighbour")
        return resample_nearest(read.label_map, geometry)
