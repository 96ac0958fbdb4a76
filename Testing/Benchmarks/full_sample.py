"""The scan that is measured: the full sample, 512 x 512 x 300 voxels, about 100 structures, six models."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from SegmentationConcordanceLib.agreement.models import ModelSegmentation, model_segmentation
from SegmentationConcordanceLib.anatomy.model_knowledge import knowledge_of
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
from SegmentationConcordanceLib.imaging.image_series import ImageSeries, read_image_series
from SegmentationConcordanceLib.imaging.model_output import ModelOutput, read_model_output
from SegmentationConcordanceLib.imaging.resampling import bring_to_grid
from SegmentationConcordanceLib.sample.cohort import make_sample
from SegmentationConcordanceLib.sample.models import SAMPLE_MODELS, SampleModel

FOLDER = Path(__file__).resolve().parents[2] / "build" / "benchmark-sample"


@dataclass(frozen=True, eq=False)
class FullSample:
    """The scan and its models, on the scan's grid.

    :param folder: of the case: ``ct`` and ``models`` are in it.
    """

    folder: Path
    series: ImageSeries
    models: tuple[ModelSegmentation, ...]


def full_sample() -> FullSample:
    """Read the sample; the first time, it is made, which takes a minute or two, and kept for later runs."""
    if not FOLDER.is_dir():
        make_sample(FOLDER, size="full", progress=lambda text: sys.stderr.write(f"{text}\n"))
    (folder,) = (path.parent for path in FOLDER.glob("*/ct"))
    series = read_image_series(folder / "ct")
    models = []
    for model in SAMPLE_MODELS:
        output = read_sample_model(folder, model)
        label_map = bring_to_grid(output.label_map, series.geometry, model.label_map_name)
        vocabulary = load_vocabulary(model.label_map_name)
        models.append(model_segmentation(vocabulary.title, label_map, [knowledge_of(vocabulary, output.tasks, ())]))
    return FullSample(folder, series, tuple(models))


def read_sample_model(folder: Path, model: SampleModel) -> ModelOutput:
    """What one model wrote, in its own labels and axes."""
    task = model.tasks[0] if len(model.tasks) == 1 else None
    paths = sorted((folder / "models" / model.label_map_name).iterdir())
    return read_model_output(paths, load_vocabulary(model.label_map_name), task)
