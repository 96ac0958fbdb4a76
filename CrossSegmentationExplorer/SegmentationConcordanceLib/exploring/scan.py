"""An image and models' segmentations of it, as they were read from files."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..imaging.geometry import Geometry
from ..imaging.image_series import ImageSeries
from ..imaging.label_map import LabelMap
from ..imaging.seg_correction import SegReference
from ..review.blinding import Blinding

SOFT_TISSUE = (-160.0, 240.0)
"""The values in HU that are shown black and white, for a CT of which no more is known."""


@dataclass(frozen=True, eq=False)
class ModelFile:
    """The segments of one file.

    :param model: name of the model; files of one name are one model.
    :param label_map: on the grid of the image.
    :param label_map_name: by which the model's structures are known; empty where they are not.
    :param tasks: of that label map, those that were run.
    :param looked_for: the model's names of what it was asked for; empty for all.
    :param covered: the part of the image that it was run on, as an index of an array (k, j, i); None for all of it.
    :param reference: what it takes to refer to it; None where it is no DICOM SEG.
    """

    model: str
    label_map: LabelMap
    label_map_name: str = ""
    tasks: tuple[str, ...] = ()
    looked_for: tuple[str, ...] = ()
    covered: tuple[slice, slice, slice] | None = None
    reference: SegReference | None = None


@dataclass(frozen=True, eq=False)
class Scan:
    """An image and its segmentations.

    :param voxels: axes (k, j, i), of ``geometry.shape``.
    :param window: the values that are shown black and white; None for what Slicer finds by itself.
    :param series: of the image; None where it is no DICOM series.
    """

    name: str
    voxels: NDArray[np.number]
    geometry: Geometry
    window: tuple[float, float] | None
    files: tuple[ModelFile, ...]
    series: ImageSeries | None = None

    @property
    def series_uid(self) -> str:
        """SeriesInstanceUID of the image; "" where it is no DICOM series."""
        return self.series.series_uid if self.series else ""

    @property
    def models(self) -> tuple[str, ...]:
        """The names of the models, in the order of their files."""
        return tuple(dict.fromkeys(file.model for file in self.files))

    def blinded(self, blinding: Blinding) -> Scan:
        """The scan as the reader of a blinded review sees it: other names, in another order, from here on."""
        if not blinding.order:
            return self
        files = sorted(self.files, key=lambda file: blinding.order.index(file.model))
        return replace(self, files=tuple(_renamed(file, blinding.shown(file.model)) for file in files))


def _renamed(file: ModelFile, name: str) -> ModelFile:
    held = file.label_map
    segments = tuple(replace(segment, algorithm=name) for segment in held.segments)
    return replace(file, model=name, label_map=LabelMap(held.layers, held.geometry, segments))
