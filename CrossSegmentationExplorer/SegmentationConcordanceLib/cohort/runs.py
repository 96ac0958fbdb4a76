"""What the models wrote on one case, read and brought to its grid: DICOM SEGs, or files with a label map."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..agreement.models import ModelSegmentation, join_label_maps, model_segmentation, structures_in, twice_note
from ..agreement.unmatched import unmatched_notes
from ..anatomy.identity import StructureIdentity
from ..anatomy.model_knowledge import UNKNOWN, ModelKnowledge, knowledge_of
from ..anatomy.vocabulary import Vocabulary
from ..errors import ConcordanceError, GeometryMismatchError, LabelMapTableError, Setting, UnreadableFileError
from ..imaging.brought_output import bring_output, or_resampled
from ..imaging.dicom_files import is_dicom_file
from ..imaging.geometry import Geometry
from ..imaging.image_series import ImageSeries
from ..imaging.label_map import LabelMap
from ..imaging.model_output import is_cropped_to_segments, read_model_output
from ..imaging.rtstruct import is_rtstruct
from ..imaging.seg_correction import SegReference
from ..imaging.seg_parts import lacking_parts
from ..imaging.seg_reader import DicomSeg, check_refers_to, read_dicom_seg
from .case_image import common_grid
from .known_label_maps import known_vocabularies, known_vocabulary
from .listener import Listener
from .recognition import ChosenModel, recognized_model, told_task
from .structure_sets import read_structure_set


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
    :param knowledge: what the model could have found.
    :param may_be_cropped: whether its maker leaves out what is empty, so that its extent tells nothing.
    :param series_uid: SeriesInstanceUID of a DICOM SEG.
    :param looked_for: the model's names of what it was asked for; empty for all of the tasks.
    :param not_looked_for: structures that it knows and that it was not asked for.
    :param covered: the part of the scan that it was run on, see :class:`ModelSegmentation`.
    :param reference: what it takes to refer to its DICOM SEG; None for other files.
    :param part: which of how many SEGs of one output it is, see :attr:`SegIdentity.part`.
    """

    name: str
    label_map: LabelMap
    label_map_name: str
    knowledge: ModelKnowledge
    may_be_cropped: bool
    series_uid: str = ""
    looked_for: tuple[str, ...] = ()
    not_looked_for: frozenset[StructureIdentity] = frozenset()
    covered: tuple[slice, slice, slice] | None = None
    reference: SegReference | None = None
    part: tuple[int, int] | None = None

    @property
    def tasks(self) -> tuple[str, ...]:
        """Of the label map, those that were run."""
        return self.knowledge.tasks


def read_models(
    files: Sequence[RunFile],
    image: ImageSeries | Geometry | None,
    listener: Listener,
    *,
    resample: bool = False,
    folders: Sequence[Path] = (),
) -> tuple[list[ModelSegmentation], dict[str, list[str]]]:
    """Read every path, bring it to the grid of the image, and join the paths of one model.

    :param image: see :func:`read_runs`.
    :param resample: resample what lies on other voxels than the image, by nearest neighbour, and say so.
    :param folders: the user's label maps, see :func:`label_map_folders`.
    :returns: the models, and by model the SeriesInstanceUIDs of its DICOM SEGs, in the order of the parts; of models
        that have any.
    """
    return models_of_runs(read_runs(files, image, listener, resample=resample, folders=folders), listener)


def models_of_runs(
    reads: Iterable[ReadRun], listener: Listener
) -> tuple[list[ModelSegmentation], dict[str, list[str]]]:
    """The models of what was read, see :func:`read_models`: those of one name are joined.

    :param reads: on one grid.
    :param listener: is told where a model has a structure twice, or is in several SEGs of which one is not there.
    :returns: as :func:`read_models`.
    """
    outputs: dict[str, list[ReadRun]] = {}
    for read in reads:
        outputs.setdefault(read.name, []).append(read)
    for name, own in outputs.items():
        if note := lacking_parts([((read.label_map_name, read.tasks), read.part) for read in own if read.part]):
            listener.warn(f"{name}: {note}", f"{name}: {note}.")
            outputs[name] = [replace(read, knowledge=replace(read.knowledge, structures=frozenset())) for read in own]
    models = [
        model_segmentation(
            name,
            join_label_maps([read.label_map for read in reads], name),
            [read.knowledge for read in reads],
            not_looked_for=_looked_for_by_none(reads),
            covered=_covered(reads),
        )
        for name, reads in outputs.items()
    ]
    for model in models:
        if len(outputs[model.model]) > 1 and (note := twice_note(model)):
            listener.warn(note, note)
    for note in unmatched_notes(models):
        listener.warn(note, note)
    return models, {name: uids for name, reads in outputs.items() if (uids := _series_uids(reads))}


def _series_uids(reads: Iterable[ReadRun]) -> list[str]:
    in_order = sorted(reads, key=lambda read: read.part or (1, 1))
    return list(dict.fromkeys(read.series_uid for read in in_order if read.series_uid))


def _looked_for_by_none(reads: Sequence[ReadRun]) -> frozenset[StructureIdentity]:
    aside = frozenset().union(*(read.not_looked_for for read in reads))
    return aside - frozenset().union(*(read.knowledge.structures - read.not_looked_for for read in reads))


def _covered(reads: Sequence[ReadRun]) -> tuple[slice, slice, slice] | None:
    """The box around the parts of the scan that the paths of one model cover; None for all of it."""
    boxes = [read.covered for read in reads if read.covered is not None]
    if len(boxes) < len(reads):
        return None
    k, j, i = (slice(min(one.start for one in axis), max(one.stop for one in axis)) for axis in zip(*boxes))
    return k, j, i


def read_runs(
    files: Sequence[RunFile],
    image: ImageSeries | Geometry | None,
    listener: Listener,
    *,
    resample: bool = False,
    folders: Sequence[Path] = (),
) -> Iterator[ReadRun]:
    """Read every path and bring it to the grid of the image, see :func:`read_models`.

    :param image: the series; or the grid of an image that is no DICOM series, to which no DICOM SEG can belong; or None
        where there is none: then the grid is that of the outputs themselves, see :func:`common_grid`.
    """
    if image is None:
        found = [(file.path, read) for file in files for read in _read(file, files, image, folders, listener)]
        grids = [(read.label_map.geometry, read.may_be_cropped) for _, read in found]
        geometry = common_grid(grids, str(files[0].path))
        for path, read in found:
            yield _on_grid(read, geometry, path, resample, listener)
        return
    geometry = image if isinstance(image, Geometry) else image.geometry
    for number, file in enumerate(files):
        listener.progress(0.1 + 0.7 * number / len(files), f"reading {file.path.name}")
        for read in _read(file, files, image, folders, listener):
            yield _on_grid(read, geometry, file.path, resample, listener)


def _read(
    file: RunFile,
    files: Sequence[RunFile],
    image: ImageSeries | Geometry | None,
    folders: Sequence[Path],
    listener: Listener,
) -> list[ReadRun]:
    if is_dicom_seg(file.path):
        reader = _read_structure_set if is_rtstruct(file.path) else _read_seg
        return reader(file, image, folders, listener)
    return [_read_output(file, files, folders, listener)]


def is_dicom_seg(path: Path) -> bool:
    """Whether a path is read as a DICOM SEG: a DICOM file, and no folder.

    :raises UnreadableFileError: there is nothing.
    """
    if not path.exists():
        raise UnreadableFileError(path, "does not exist", "Check the path.")
    return path.is_file() and is_dicom_file(path)


def _read_seg(
    file: RunFile, image: ImageSeries | Geometry | None, folders: Sequence[Path], listener: Listener
) -> list[ReadRun]:
    if isinstance(image, Geometry):
        fact = "is a DICOM SEG, which belongs to a DICOM series"
        raise ConcordanceError(file.path, fact, "Give the folder of the series.", Setting("image"))
    seg = read_dicom_seg(file.path, image)
    if image is not None:
        check_refers_to(seg, image)
    for note in seg.notes:
        listener.warn(f"{file.path}: {note}")
    if not file.name and len(seg.algorithm_names) > 1:
        return _read_seg_of_several(seg, listener)
    name = file.name or " + ".join(seg.algorithm_names) or seg.series_description or file.path.stem
    label_map_name = file.label_map_name or seg.label_map_name
    if file.label_map_name:  # what a user typed may be mistyped, which is more than a note
        known_vocabulary(file.label_map_name, folders, listener).tasks_called([file.task] if file.task else [])
    said = (file.task,) if file.task else seg.tasks
    vocabulary, known = _knowledge_of(label_map_name, said, seg, folders, listener)
    return [
        ReadRun(
            name,
            seg.label_map,
            _found_again(vocabulary) if vocabulary and known.tasks else "",
            known,
            may_be_cropped=True,
            series_uid=seg.series_uid,
            looked_for=seg.identity.looked_for,
            not_looked_for=vocabulary.not_looked_for(known.tasks, seg.identity.looked_for)
            if vocabulary
            else frozenset(),
            covered=seg.identity.covered,
            reference=seg.reference,
            part=seg.identity.part,
        )
    ]


def _read_structure_set(
    file: RunFile, image: ImageSeries | Geometry | None, folders: Sequence[Path], listener: Listener
) -> list[ReadRun]:
    """An RT Structure Set; what it lacks counts as not in the model."""
    label_map, label = read_structure_set(file.path, image, file.label_map_name, folders, listener)
    name = file.name or label or file.path.stem
    segments = tuple(replace(segment, algorithm=name) for segment in label_map.segments)
    label_map = LabelMap(label_map.layers, label_map.geometry, segments)
    return [ReadRun(name, label_map, "", UNKNOWN, may_be_cropped=False)]


def _read_seg_of_several(seg: DicomSeg, listener: Listener) -> list[ReadRun]:
    """One run for each algorithm that the segments name; segments that name none are of the first."""
    names = seg.algorithm_names
    listener.warn(
        f"{seg.path}: its segments name {len(names)} algorithms, taken for {len(names)} models; "
        "a name for the file makes them one"
    )
    parts = []
    for name in names:
        segments = [one for one in seg.label_map.segments if (one.algorithm or names[0]) == name]
        part = LabelMap(seg.label_map.layers, seg.label_map.geometry, tuple(segments))
        parts.append(
            ReadRun(name, part, "", UNKNOWN, may_be_cropped=True, series_uid=seg.series_uid, reference=seg.reference)
        )
    return parts


def _knowledge_of(
    label_map_name: str, tasks: Sequence[str], seg: DicomSeg, folders: Sequence[Path], listener: Listener
) -> tuple[Vocabulary | None, ModelKnowledge]:
    """The label map by which the SEG was made, and what it tells: what could have been found."""
    vocabulary, known = None, UNKNOWN
    try:
        if label_map_name:
            vocabulary = known_vocabulary(label_map_name, folders, listener)
            known = knowledge_of(vocabulary, tasks, structures_in(seg.label_map))
    except LabelMapTableError as error:
        listener.warn(f"{seg.path}: {error} So what it lacks counts as not in the model")
        return None, UNKNOWN
    if known.note:
        listener.warn(f"{seg.path}: {known.note}{'' if label_map_name else '. Naming its label map settles it'}")
    return vocabulary, known


def _found_again(vocabulary: Vocabulary) -> str:
    """What finds the label map again without the folders of this command: the file of a user's own."""
    return vocabulary.name if vocabulary.is_shipped else str(vocabulary.path)


def _read_output(file: RunFile, files: Sequence[RunFile], folders: Sequence[Path], listener: Listener) -> ReadRun:
    if file.path.is_dir() and any(is_dicom_file(path) for path in file.path.iterdir() if path.is_file()):
        raise ConcordanceError(file.path, "is a folder of DICOM files", "Name the files in it one by one.")
    chosen = _chosen_model(file, files, folders, listener)
    output = read_model_output([file.path], chosen.vocabulary, chosen.task)
    name = file.name or chosen.vocabulary.title
    segments = tuple(replace(segment, algorithm=name) for segment in output.label_map.segments)
    label_map = LabelMap(output.label_map.layers, output.label_map.geometry, segments)
    return ReadRun(
        name,
        label_map,
        _found_again(chosen.vocabulary),
        knowledge_of(chosen.vocabulary, output.tasks, structures_in(label_map)),
        may_be_cropped=is_cropped_to_segments(file.path),
        looked_for=output.looked_for,
        not_looked_for=chosen.vocabulary.not_looked_for(output.tasks, output.looked_for),
    )


def _chosen_model(file: RunFile, files: Sequence[RunFile], folders: Sequence[Path], listener: Listener) -> ChosenModel:
    """The label map and task that were named, or else those that the file tells: a run's paths are looked at as one."""
    if file.label_map_name:
        vocabulary = known_vocabulary(file.label_map_name, folders, listener)
        setting = Setting("run_task", file.name, file.label_map_name)
        return ChosenModel(vocabulary, file.task or told_task([file.path], vocabulary, setting))
    of_run = [
        one.path for one in files if one.name == file.name and not one.label_map_name and not is_dicom_seg(one.path)
    ]
    together = of_run if file.name else [file.path]
    setting = Setting("run_label_map", file.name)
    chosen = recognized_model(together, known_vocabularies(folders, listener), file.task or None, setting)
    listener.say(f"{file.name or file.path}: {chosen.vocabulary.title}, {chosen.reason}")
    return ChosenModel(chosen.vocabulary, chosen.task if len(together) == 1 else None, chosen.recognized)


def _on_grid(read: ReadRun, geometry: Geometry, path: Path, resample: bool, listener: Listener) -> ReadRun:
    try:
        brought = bring_output(
            read.label_map, geometry, str(path), resample=resample, may_be_cropped=read.may_be_cropped
        )
    except GeometryMismatchError as error:
        if resample:
            raise
        raise or_resampled(error) from error
    for note in brought.notes:
        listener.warn(f"{path}: {note}", f"{read.name}: {note}.")
    return replace(read, label_map=brought.label_map, covered=brought.covered or read.covered)
