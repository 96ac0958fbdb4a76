"""An image and models' segmentations of it, as they were read from files, as nodes of a scene."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import slicer

from ..imaging.geometry import Geometry
from ..imaging.label_map import LabelMap
from .node_attributes import set_label_map
from .segmentation_node import add_segmentation_node
from .volume_node import add_volume_node

SOFT_TISSUE = (-160.0, 240.0)
"""The values in HU that are shown black and white, for a CT of which no more is known."""


@dataclass(frozen=True, eq=False)
class ModelFile:
    """The segments of one file.

    :param model: name of the model; files of one name are one model.
    :param label_map: on the grid of the image.
    :param label_map_name: by which the model's structures are known; empty where they are not.
    :param tasks: of that label map, those that were run.
    """

    model: str
    label_map: LabelMap
    label_map_name: str = ""
    tasks: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Scan:
    """An image and its segmentations.

    :param voxels: axes (k, j, i), of ``geometry.shape``.
    :param window: the values that are shown black and white; None for what Slicer finds by itself.
    """

    name: str
    voxels: np.ndarray
    geometry: Geometry
    window: tuple[float, float] | None
    files: tuple[ModelFile, ...]


@dataclass(frozen=True, eq=False)
class ScanNodes:
    """The nodes of a scan; ``nodes_of`` by the model's name."""

    volume: slicer.vtkMRMLScalarVolumeNode
    nodes_of: dict[str, Sequence[slicer.vtkMRMLSegmentationNode]]


def add_scan(scene: slicer.vtkMRMLScene, scan: Scan) -> ScanNodes:
    """Add the image and one segmentation per file.

    :raises GeometryMismatchError: the grid is sheared; nothing is added then. Other errors are those of
        :func:`.segmentation_node.add_segmentation_node`.
    """
    volume = add_volume_node(scene, scan.voxels, scan.geometry, scan.name)
    set_window(volume, scan.window)
    nodes_of: dict[str, list[slicer.vtkMRMLSegmentationNode]] = {}
    for file in scan.files:
        node = add_segmentation_node(scene, file.label_map, file.model, volume)
        if file.label_map_name:
            set_label_map(node, file.label_map_name, file.tasks)
        nodes_of.setdefault(file.model, []).append(node)
    return ScanNodes(volume, nodes_of)


def set_window(volume: slicer.vtkMRMLScalarVolumeNode, window: tuple[float, float] | None) -> None:
    """Show these values of an image black and white; None for what Slicer finds by itself."""
    display = volume.GetDisplayNode()
    display.SetAutoWindowLevel(window is None)
    if window is not None:
        display.SetWindowLevelMinMax(*window)
