"""A scan that was read from files, as nodes of a scene."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import slicer

from ..exploring.scan import Scan
from .node_attributes import set_label_map, set_seg_reference
from .segmentation_node import add_segmentation_node
from .volume_node import add_volume_node


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
    nodes_of: dict[str, Sequence[slicer.vtkMRMLSegmentationNode]] = {}
    for file in scan.files:
        node = add_segmentation_node(scene, file.label_map, file.model, volume)
        if file.label_map_name:
            set_label_map(node, file.label_map_name, file.tasks, file.looked_for, file.covered)
        if file.reference is not None:
            set_seg_reference(node, file.reference)
        nodes_of[file.model] = [*nodes_of.get(file.model, ()), node]
    return ScanNodes(volume, nodes_of)


def set_window(volume: slicer.vtkMRMLScalarVolumeNode, window: tuple[float, float] | None) -> None:
    """Show these values of an image black and white; None for what Slicer finds by itself.

    :param window: the lowest and the highest value, in the image's unit.
    """
    display = volume.GetDisplayNode()
    display.SetAutoWindowLevel(window is None)
    if window is not None:
        display.SetWindowLevelMinMax(*window)
