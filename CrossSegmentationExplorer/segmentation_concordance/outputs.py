"""What models wrote: recognized or named, read on the grid of the images, or harmonized to DICOM SEG."""

from __future__ import annotations

import inspect
import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from SegmentationConcordanceLib.agreement.models import ModelSegmentation
from SegmentationConcordanceLib.anatomy.label_map_folders import label_map_folders
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
from SegmentationConcordanceLib.cohort.known_label_maps import known_vocabularies
from SegmentationConcordanceLib.cohort.listener import Nobody
from SegmentationConcordanceLib.cohort.recognition import ChosenModel, recognized_model
from SegmentationConcordanceLib.cohort.runs import RunFile, is_dicom_seg, read_models
from SegmentationConcordanceLib.errors import ConcordanceError
from SegmentationConcordanceLib.imaging.harmonization import output_on_grid, write_output_seg
from SegmentationConcordanceLib.imaging.model_recognition import Recognition, recognize_model
from SegmentationConcordanceLib.imaging.whole_files import require_no_input

from .images import Images

_OURS = ("segmentation_concordance", "SegmentationConcordanceLib")
Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


class ConcordanceWarning(UserWarning):
    """Something that a user should know although the work goes on, e.g. that voxels were resampled."""


@dataclass(frozen=True, eq=False)
class Run:
    """What one run of a model made of the scan.

    :param segmentation: on the grid of the images, with the structures that the model could have found.
    :param seg_series_uids: SeriesInstanceUIDs of its DICOM SEGs; empty where it came from other files.
    """

    segmentation: ModelSegmentation
    seg_series_uids: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What the run is called."""
        return self.segmentation.model


@dataclass(frozen=True)
class Harmonized:
    """A DICOM SEG that was written and read back voxel by voxel.

    :param model: what the run is called in it.
    :param label_map: the name of the label map that explained the labels.
    :param tasks: the model's tasks that the files are of.
    :param volumes_ml: by harmonized name of the structure; 0.0 for a structure without voxels.
    """

    path: Path
    model: str
    label_map: str
    tasks: tuple[str, ...]
    volumes_ml: dict[str, float]


class _Warnings(Nobody):
    """Passes on as Python's warnings what the user should know."""

    def warn(self, line: str, report: str = "") -> None:
        warnings.warn(line, ConcordanceWarning, stacklevel=1 + _calls_of_ours())


def _calls_of_ours() -> int:
    """How many calls lie between here and the user's own line, which a warning points at."""
    count, frame = 0, inspect.currentframe()
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] in _OURS:
        count, frame = count + 1, frame.f_back
    return count - 1


def recognize(paths: Paths) -> tuple[Recognition, ...]:
    """The models that may have written some files, the likeliest first, with what speaks for each.

    :param paths: of one output: files, folders of files, or a DICOM SEG.
    :returns: empty where no label map fits.
    :raises UnreadableFileError: a file is missing or damaged.
    """
    return recognize_model(_paths(paths), _folders())


def read_output(
    paths: Paths, images: Images, *, name: str = "", label_map: str = "", task: str = "", resample: bool = False
) -> Run:
    """Read one model's output, and bring it to the grid of the images.

    :param paths: a DICOM SEG; or a label file, the files of several tasks, or a folder of one file per structure.
    :param images: the scan that it was made on.
    :param name: what the run is called; the model's own name where empty. Two runs of one model need two names.
    :param label_map: name or file of the label map; where empty, a DICOM SEG says it, and other files are recognized.
    :param task: the task of the model, where the files do not tell.
    :param resample: bring what lies on other voxels to those of the images, by nearest neighbour, and warn.
    :raises GeometryMismatchError: it lies on other voxels, and ``resample`` is off.
    :raises ConcordanceError: it is not clear which model wrote it, a label is unknown, or a file cannot be read.
    """
    listed = _paths(paths)
    if len(listed) > 1 and not name:  # several files are one run under one name
        seg = all(is_dicom_seg(path) for path in listed)
        name = listed[0].stem if seg else _chosen(listed, label_map, task).vocabulary.title
    models, segs = read_models(
        [RunFile(name, path, label_map, task) for path in listed],
        images.series or images.geometry,
        _Warnings(),
        resample=resample,
        folders=_folders(),
    )
    if len(models) > 1:
        fact = f"its segments are of {len(models)} models: {', '.join(model.model for model in models)}"
        raise ConcordanceError(listed[0], fact, "Give a name to read it as one run.")
    return Run(models[0], tuple(segs.get(models[0].model, ())))


def harmonize(
    paths: Paths,
    images: Images,
    output: str | os.PathLike[str],
    *,
    name: str = "",
    label_map: str = "",
    task: str = "",
) -> Harmonized:
    """Write one model's output as a coded, coloured DICOM SEG that refers to the images; it is read back and compared.

    :param paths: a label file, the files of several tasks, or a folder of one file per structure.
    :param images: the DICOM series that it was made on.
    :param output: the file to write, whole or not at all.
    :param name: what the run is called in the SEG; the model's title where empty.
    :param label_map: name or file of the label map; recognized where empty.
    :param task: the task of the model, where the files do not tell.
    :raises GeometryMismatchError: it lies on other voxels than the images: nothing is interpolated.
    :raises ConcordanceError: it is not clear which model wrote it, a label is unknown, or a file cannot be read.
    :raises OutputError: the file cannot be written.
    """
    listed = _paths(paths)
    series = images.require_series("a DICOM SEG")
    require_no_input(Path(output), listed)
    chosen = _chosen(listed, label_map, task)
    read = output_on_grid(listed, chosen.vocabulary, series.geometry, chosen.task)
    write_output_seg(output, read, series, chosen.vocabulary, name)
    ml = read.label_map.geometry.voxel_volume_ml
    volumes = {segment.name: count * ml for segment, count in read.label_map.voxel_counts().items()}
    return Harmonized(Path(output), name or chosen.vocabulary.title, chosen.vocabulary.name, read.tasks, volumes)


def _chosen(paths: Sequence[Path], label_map: str, task: str) -> ChosenModel:
    if label_map:
        return ChosenModel(load_vocabulary(label_map, _folders()), task or None)
    return recognized_model(paths, known_vocabularies(_folders(), _Warnings()), task or None)


def _paths(paths: Paths) -> list[Path]:
    return [Path(paths)] if isinstance(paths, str | os.PathLike) else [Path(path) for path in paths]


def _folders() -> tuple[Path, ...]:
    return label_map_folders((), os.environ)
