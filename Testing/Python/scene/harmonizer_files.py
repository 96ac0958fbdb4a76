"""Small outputs of models on the volume of :mod:`.agreement_scene`. Voxels of 10 ml."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.sample.model_files import write_labels

from .agreement_scene import GEOMETRY, SHAPE

ORGANS = "CT_organs_segmentation_case1.nii.gz"
"""A file as MOOSE calls it: label 15 is the spleen, 8 the liver, 6 the left kidney."""
RIBS = "CT_ribs_segmentation_case1.nii.gz"


def write_output(
    path: Path, boxes: Mapping[int, tuple[slice, slice, slice]], geometry: Geometry = GEOMETRY, shape=SHAPE
) -> str:
    """Write a label file with boxes of labels; its path as text."""
    voxels = np.zeros(shape, np.uint16)
    for label, box in boxes.items():
        voxels[box] = label
    path.parent.mkdir(parents=True, exist_ok=True)
    write_labels(path, voxels, geometry)
    return str(path)


def box(j: int, i: int = 1, size: int = 3) -> tuple[slice, slice, slice]:
    """Two slices, one row, some columns: 2 x 1 x ``size`` voxels."""
    return slice(1, 3), slice(j, j + 1), slice(i, i + size)


def organs(folder: Path, name: str = ORGANS, labels: Mapping[int, int] | None = None) -> str:
    """MOOSE's organs: spleen of 6 voxels, liver of 4; or other labels, by row."""
    boxes = {15: box(1), 8: box(4, 5, 2)} if labels is None else {label: box(row) for label, row in labels.items()}
    return write_output(folder / name, boxes)


def own_files(folder: Path) -> str:
    """A folder with one binary file per structure, one of them called as nobody calls a structure."""
    for row, name in enumerate(("spleen", "liver", "qzx_7")):
        write_output(folder / f"{name}.nii.gz", {1: box(row)})
    return str(folder)
