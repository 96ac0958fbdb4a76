"""Writing one model's prediction as the files that the real model would leave."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import SimpleITK
from numpy.typing import NDArray

from ..anatomy.vocabulary import Vocabulary, VocabularyLabel, load_vocabulary
from ..errors import OutputError
from ..imaging.geometry import Geometry
from ..imaging.itk_image import itk_image
from .models import SampleModel
from .phantom import labels_of
from .planted_errors import Prediction


@dataclass(frozen=True)
class ModelOutput:
    """Where one model's output lies, ready to be read.

    :param label_map_name: name of the shipped label map, e.g. "totalsegmentator_v2".
    :param title: what people call the model.
    :param paths: one multi-label file, several of them, or one folder of a binary file per structure.
    :param task: the task of the label map, or None where the files are of several tasks and say so by their names.
    """

    label_map_name: str
    title: str
    paths: tuple[Path, ...]
    task: str | None


def write_prediction(folder: Path, case: str, model: SampleModel, prediction: Prediction) -> ModelOutput:
    """Write what a model found, in its label ids, file layout and axis order.

    A multi-label file is written as soon as its task knows a structure that is looked for, even if none is found; a
    file of one structure only where it has voxels.

    :param folder: made where it is missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = load_vocabulary(model.label_map_name)
    writer = _FileWriter(prediction, model.orientation)
    files = {name: _painted(labels) for name, labels in files_of(vocabulary, model, case).items()}
    binary = [_is_binary(label, model) for labels in files.values() for label in labels]
    written = []
    for name, labels in files.items():
        values = {label.structure_name: 1 if all(binary) else label.label or 0 for label in labels}
        sought = not all(binary) and not values.keys().isdisjoint(prediction.structures)
        if values and writer.write(folder / name, values, even_empty=sought):
            written.append(folder / name)
    task = model.tasks[0] if len(model.tasks) == 1 else None
    return ModelOutput(vocabulary.name, vocabulary.title, (folder,) if all(binary) else tuple(written), task)


def files_of(vocabulary: Vocabulary, model: SampleModel, case: str) -> dict[str, list[VocabularyLabel]]:
    """The labels of each file that the model's tasks write.

    :param case: stands in names of files for "<case>".
    :returns: by the file's name.
    """
    files: dict[str, list[VocabularyLabel]] = {}
    for task in model.tasks:
        for label in vocabulary.for_task(task).labels:
            name = f"{case}{model.single_file}" if model.single_file else label.output_file.replace("<case>", case)
            files.setdefault(name, []).append(label)
    return files


def _painted(labels: list[VocabularyLabel]) -> list[VocabularyLabel]:
    return [label for label in labels if labels_of(label.structure_name)]


def _is_binary(label: VocabularyLabel, model: SampleModel) -> bool:
    return not model.single_file and "<case>" not in label.output_file


class _FileWriter:
    """Writes selections of one prediction; brings its axes to the model's order once for all files."""

    def __init__(self, prediction: Prediction, orientation: str) -> None:
        geometry = prediction.phantom.geometry
        self._image = _oriented(prediction.labels, geometry, orientation)
        self._labels = SimpleITK.GetArrayViewFromImage(self._image)
        self._found = prediction.labels_found()
        self._own = {
            structure: SimpleITK.GetArrayFromImage(_oriented(mask.astype(np.uint8), geometry, orientation)) > 0
            for structure, mask in prediction.own_definitions.items()
        }

    def write(self, path: Path, values: dict[str, int], *, even_empty: bool) -> bool:
        """Write the structures named in ``values`` with these voxel values; whether a file was written."""
        table = np.zeros(256, dtype=np.uint8)
        for structure in values.keys() - self._own.keys():
            parts = list(labels_of(structure))
            if table[parts].any():
                raise ValueError(f"{path.name}: {structure} shares a part with another structure of the file")
            table[parts] = values[structure]
        own = [structure for structure in values if structure in self._own]
        if not own and not table[list(self._found)].any() and not even_empty:
            return False
        voxels = table[self._labels]
        for structure in own:
            voxels[self._own[structure] & (voxels == 0)] = values[structure]
        image = SimpleITK.GetImageFromArray(voxels)
        image.CopyInformation(self._image)
        _write(path, image)
        return True


def _oriented(voxels: np.ndarray, geometry: Geometry, orientation: str) -> SimpleITK.Image:
    return SimpleITK.DICOMOrient(itk_image(voxels, geometry), orientation)


def write_labels(path: Path, voxels: NDArray[np.unsignedinteger], geometry: Geometry) -> None:
    """Write labels, axes (k, j, i), as they lie; the format follows the suffix.

    :param voxels: of an unsigned integer dtype.
    :raises OutputError: the file cannot be written.
    """
    _write(path, _oriented(voxels, geometry, geometry.orientation))


def _write(path: Path, image: SimpleITK.Image) -> None:
    try:
        SimpleITK.WriteImage(image, str(path), useCompression=True)
    except RuntimeError as error:
        raise OutputError(path, "cannot be written", "Free some space or choose another place.") from error
