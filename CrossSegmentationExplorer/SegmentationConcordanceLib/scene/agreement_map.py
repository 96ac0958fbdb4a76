"""How many models agree, voxel by voxel, as a label map volume with a colour for each number."""

from __future__ import annotations

import numpy as np
import slicer
import vtk
from numpy.typing import NDArray

from ..agreement.agreement_colors import agreement_steps
from ..agreement.boxes import Box
from ..agreement.comparison import Comparison
from ..agreement.crops import agreement_crop
from ..agreement.patterns import PatternLabels, count_patterns
from ..imaging.geometry import Geometry
from .grids import flip_lps_ras, vtk_matrix
from .node_names import set_name
from .nodes_of_class import nodes_of_class
from .volume_node import fill_image

# Shares of the view's width and height.
_LEGEND_SIZE = 0.12, 0.4
_LEGEND_PLACE = 0.98, 0.95
_LEGEND_LETTERS = 16


def agreement_of_all(comparison: Comparison) -> NDArray[np.unsignedinteger]:
    """The largest number of models that give a voxel the same structure: uint8, axes (k, j, i), of the whole grid.

    Structures that one model alone knows do not count. One pass over the voxels.
    """
    members = comparison.pattern_members().sum(axis=1).astype(np.uint8)
    highest = max(int(plane.structure_of_label.max(initial=0)) for plane in comparison.planes)
    table = np.zeros((highest + 1, members.size), np.uint8)
    table[[structure.number for structure in comparison.structures if structure.number]] = members
    write = PatternLabels(table, np.zeros(comparison.geometry.shape, np.uint8), [])
    count_patterns(comparison.planes, highest, len(comparison.models), write)
    agreeing = write.out.reshape(-1)
    for places, numbers in write.collisions:
        agreeing[places] = np.maximum(agreeing[places], numbers)
    return write.out


def agreement_of_one(comparison: Comparison, index: int, box: Box | None) -> NDArray[np.unsignedinteger]:
    """The number of models that carry one structure: uint8, axes (k, j, i), of the whole grid; 0 without a box.

    :param index: the structure's number in ``comparison.structures``.
    :param box: where any model carries it, in voxels (k, j, i); None where none does.
    """
    agreeing = np.zeros(comparison.geometry.shape, np.uint8)
    if box is not None:
        agreeing[box.slices] = agreement_crop(comparison, index, box)
    return agreeing


def add_agreement_map(
    scene: slicer.vtkMRMLScene, name: str, agreeing: NDArray[np.unsignedinteger], geometry: Geometry, n_models: int
) -> tuple[slicer.vtkMRMLLabelMapVolumeNode, slicer.vtkMRMLColorTableNode]:
    """Add the numbers as a label map volume, so that 0 is transparent in the views, and its colour table.

    :param agreeing: numbers of models, whole numbers, axes (k, j, i); copied.
    :param geometry: the grid of ``agreeing``.
    :param n_models: the largest number that can occur; 0 and it end the colour table.
    :returns: the volume and the table, neither of them shown yet.
    """
    colors = _color_table(scene, f"{name} colors", n_models)
    image = vtk.vtkImageData()
    fill_image(image, agreeing, agreeing.dtype)
    node = scene.AddNewNodeByClass("vtkMRMLLabelMapVolumeNode")
    set_name(node, name)
    node.SetIJKToRASMatrix(vtk_matrix(flip_lps_ras(geometry.ijk_to_lps)))
    node.SetAndObserveImageData(image)
    node.CreateDefaultDisplayNodes()
    node.GetDisplayNode().SetAndObserveColorNodeID(colors.GetID())
    return node, colors


def add_legend(volume: slicer.vtkMRMLLabelMapVolumeNode) -> slicer.vtkMRMLColorLegendDisplayNode:
    """Say in the views which colour of an agreement map is how many models.

    The views look for the map when the legend changes, so the map must be in their layers already.
    """
    legend = slicer.vtkSlicerColorLogic.AddDefaultColorLegendDisplayNode(volume.GetDisplayNode())
    legend.SetTitleText("Agreement")
    legend.SetSize(*_LEGEND_SIZE)
    legend.SetPosition(*_LEGEND_PLACE)
    for text in (legend.GetTitleTextProperty(), legend.GetLabelTextProperty()):
        text.SetFontSize(_LEGEND_LETTERS)
        text.SetFontFamilyToArial()
        text.SetColor(1.0, 1.0, 1.0)
    legend.Modified()
    return legend


def show_as_label(
    scene: slicer.vtkMRMLScene, volume: slicer.vtkMRMLLabelMapVolumeNode | None, opacity: float = 0.7
) -> None:
    """Lay a label map over the images of all slice views; None takes it away.

    :param opacity: 0 to 1.
    """
    for composite in nodes_of_class(scene, "vtkMRMLSliceCompositeNode"):
        composite.SetLabelVolumeID(volume.GetID() if volume else None)
        composite.SetLabelOpacity(opacity)


def _color_table(scene: slicer.vtkMRMLScene, name: str, n_models: int) -> slicer.vtkMRMLColorTableNode:
    node = scene.AddNewNodeByClass("vtkMRMLColorTableNode")
    set_name(node, name)
    node.SetTypeToUser()
    node.SetNumberOfColors(n_models + 1)
    node.SetColor(0, "", 0.0, 0.0, 0.0, 0.0)
    node.SetColorDefined(0, False)  # else the legend shows it
    for step in agreement_steps(n_models):
        node.SetColor(step.count, step.text, *step.color, step.opacity)
    return node
