"""What the models wrote on one case, read and brought to its grid: DICOM SEGs, or files with a label map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydicom.misc import is_dicom

from ..agreement.models import ModelSegmentation, join_label_maps, twice_note
from ..anatomy.identity import StructureIdentity
from ..anatomy.vocabulary import Vocabulary
from ..errors import ConcordanceError, GeometryMismatchError, LabelMapTableError, UnreadableFileError
from ..imaging.geometry import Geometry
from ..imaging.image_series import ImageSeries
from ..imaging.label_map import LabelMap
from ..imaging.model_output import read_model_output
from ..imaging.resampling import bring_to_grid, resample_nearest
from ..imaging.seg_reader import check_refers_to, read_dicom_seg
from .known_label_maps import known_vocabulary
from .listener import Listener


@dataclass(frozen=True, slots=True)
class RunFile:
    """One path of a model.

    :param name: what the run is called; empty where the file is to say.
    :param label_map_name: the label map for a path that is no DICOM SEG; empty where none was given.
    :param task: the task of the label map; empty where the file's name tells it.
    """

    name: str
    path: Path
    label_map_name: str
    task: str


@dataclass(frozen=True, eq=False)
class ReadRun:
    """What one path held.

    :param name: of the model.
    :param label_map_name: of the label map by which the model's structures are known; empty where they are not.
    :param tasks: of the label map, those that were run.
    :param may_be_cropped: whether its maker leaves empty slices out.
    :param series_uid: SeriesInstanceUID of a DICOM SEG.
    """

    name: str
    label_map: LabelMap
    label_map_name: str
    tasks: tuple[str, ...]
    vocabulary: frozenset[StructureIdentity]
    may_be_cropped: bool
    series_uid: str = ""


def read_models(
    files: Sequence[RunFile],
    series: ImageSeries,
    listener: Listener,
    *,
    resample: bool = False,
    folders: Sequence[Path] = (),
) -> tuple[list[ModelSegmentation], dict[str, str]]:
    """Read every path, bring it to the grid of the series, and join the paths of one model.

    :param resample: resample what lies on other voxels than the series, by nearest neighbour, and say so.
    :param folders: the user's label maps, see :func:`label_map_folders`.
    :returns: the models, and SeriesInstanceUID by model: that of its first DICOM SEG, where it has any.
    """
    outputs: dict[str, list[ReadRun]] = {}
    for read in read_runs(files, series, listener, resample=resample, folders=folders):
        outputs.setdefault(read.name, []).append(read)
    models = [
        ModelSegmentation(
            name,
            join_label_maps([read.label_map for read in reads], name),
            frozenset().union(*(read.vocabulary for read in reads)),
        )
        for name, reads in outputs.items()
    ]
    for model in models:
        if len(outputs[model.model]) > 1 and (note := twice_note(model)):
            listener.warn(note, note)
    found = {name: [read.series_uid for read in reads if read.series_uid] for name, reads in outputs.items()}
    return models, {name: uids[0] for name, uids in found.items() if uids}


def read_runs(
    files: Sequence[RunFile],
    image: ImageSeries | Geometry,
    listener: Listener,
    *,
    resample: bool = False,
    folders: Sequence[Path] = (),
) -> Iterator[ReadRun]:
    """Read every path and bring it to the grid of the image, see :func:`read_models`.

    :param image: the series, or the grid of an image that is no DICOM series, to which no DICOM SEG can belong.
    """
    geometry = image if isinstance(image, Geometry) else image.geometry
    for number, file in enumerate(files):
        listener.progress(0.1 + 0.7 * number / len(files), f"reading {file.path.name}")
        reader = _read_seg if _is_seg(file.path) else _read_output
        read = reader(file, image, folders, listener)
        yield replace(read, label_map=_on_grid(read, geometry, file.path, resample, listener))


def _is_seg(path: Path) -> bool:
    if not path.exists():
        raise UnreadableFileError(path, "does not exist", "Check the path.")
    return path.is_file() and is_dicom(path)


def _read_seg(file: RunFile, image: ImageSeries | Geometry, folders: Sequence[Path], listener: Listener) -> ReadRun:
    if isinstance(image, Geometry):
        fact = "is a DICOM SEG, which belongs to a DICOM series"
        raise ConcordanceError(file.path, fact, "Give the folder of the series as --ct.")
    seg = read_dicom_seg(file.path)
    check_refers_to(seg, image)
    name = file.name or " + ".join(seg.algorithm_names) or seg.series_description or file.path.stem
    label_map_name = file.label_map_name or seg.label_map_name
    vocabulary, tasks = _vocabulary_of(label_map_name, seg.tasks, file.path, folders, listener)
    known = structures_of(vocabulary, tasks) if vocabulary and tasks else frozenset()
    return ReadRun(
        name,
        seg.label_map,
        _found_again(vocabulary) if vocabulary and tasks else "",
        tasks,
        known,
        may_be_cropped=True,
        series_uid=seg.series_uid,
    )


def _vocabulary_of(
    label_map_name: str, tasks: Sequence[str], path: Path, folders: Sequence[Path], listener: Listener
) -> tuple[Vocabulary | None, tuple[str, ...]]:
    """The label map and the tasks where the SEG says by which it was made: they tell what could have been found."""
    unknown = "what it lacks counts as not in the model"
    if not label_map_name:
        listener.warn(f"{path}: does not say its label map, so {unknown}. See --model")
        return None, ()
    try:
        vocabulary = known_vocabulary(label_map_name, folders, listener)
        tasks = vocabulary.tasks_called(tasks) or (vocabulary.tasks if len(vocabulary.tasks) == 1 else ())
        if not tasks:
            listener.warn(f"{path}: does not say which tasks of {label_map_name} were run, so {unknown}")
        return vocabulary, tasks
    except LabelMapTableError as error:
        listener.warn(f"{path}: {error} So {unknown}")
        return None, ()


def _found_again(vocabulary: Vocabulary) -> str:
    """What finds the label map again without the folders of this command: the file of a user's own."""
    return vocabulary.name if vocabulary.is_shipped else str(vocabulary.path)


def structures_of(vocabulary: Vocabulary, tasks: Sequence[str]) -> frozenset[StructureIdentity]:
    """What these tasks of a model can find."""
    parts = [vocabulary.for_task(task) for task in vocabulary.tasks_called(tasks)]
    return frozenset().union(*(part.identities for part in parts))


def _read_output(file: RunFile, image: ImageSeries | Geometry, folders: Sequence[Path], listener: Listener) -> ReadRun:
    if not file.label_map_name:
        raise ConcordanceError(
            file.path, "is no DICOM SEG", "Name the label map of the model that wrote it: --model [NAME=]LABELMAP."
        )
    vocabulary = known_vocabulary(file.label_map_name, folders, listener)
    output = read_model_output([file.path], vocabulary, file.task or None)
    name = file.name or vocabulary.title
    segments = tuple(replace(segment, algorithm=name) for segment in output.label_map.segments)
    label_map = LabelMap(output.label_map.layers, output.label_map.geometry, segments)
    known = structures_of(vocabulary, output.tasks)
    return ReadRun(name, label_map, _found_again(vocabulary), tuple(output.tasks), known, may_be_cropped=False)


def _on_grid(read: ReadRun, geometry: Geometry, path: Path, resample: bool, listener: Listener) -> LabelMap:
    try:
        return bring_to_grid(read.label_map, geometry, str(path), allow_extent_change=read.may_be_cropped)
    except GeometryMismatchError as error:
        if not resample:
            raise GeometryMismatchError(error.subject, error.fact, f"{error.remedy} Or add --resample.") from error
        what = f"{error.fact}; resampled by nearest neighbour"
        listener.warn(f"{path}: {what}", f"{read.name} {what}.")
        return resample_nearest(read.label_map, geometry)
