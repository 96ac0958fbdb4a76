"""The explorer on a case of the sample, on a screen, as the tests use it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import slicer
import vtk

from host import SceneHost
from scene.explorer_screen import Screen
from SegmentationConcordanceLib.agreement.models import ModelSegmentation
from SegmentationConcordanceLib.scene.explorer.explorer import Explorer


@dataclass(frozen=True)
class Desk:
    """A scene with a case, its screen, and the explorer on it."""

    host: SceneHost
    screen: Screen
    volume: slicer.vtkMRMLScalarVolumeNode
    explorer: Explorer


def key_of(explorer: Explorer, name: str) -> str:
    """The key of a structure."""
    return next(structure.key for structure in explorer.walk.structures if structure.name == name)


def scene_text(scene: slicer.vtkMRMLScene) -> str:
    """All that a saved scene would hold, with every attribute of every node."""
    scene.SetSaveToXMLString(1)
    scene.Commit()
    scene.SetSaveToXMLString(0)
    return scene.GetSceneXMLString()


def segmentation(scene: slicer.vtkMRMLScene, name: str) -> slicer.vtkMRMLSegmentationNode:
    return next(
        node
        for number in range(scene.GetNumberOfNodesByClass("vtkMRMLSegmentationNode"))
        for node in [scene.GetNthNodeByClass(number, "vtkMRMLSegmentationNode")]
        if node.GetName() == name
    )


def slice_offsets(explorer: Explorer, orientation: str) -> list[float]:
    nodes = explorer.layout.slice_nodes()
    return [node.GetSliceOffset() for node in nodes if node.GetOrientation() == orientation]


def distance_to_slice(node: slicer.vtkMRMLSliceNode, ras: tuple[float, float, float]) -> float:
    """How far a point is from the slice plane, in mm."""
    matrix = vtk.vtkMatrix4x4()
    vtk.vtkMatrix4x4.Invert(node.GetSliceToRAS(), matrix)
    return abs(matrix.MultiplyPoint((*ras, 1.0))[2])


def mask_of(model: ModelSegmentation, name: str) -> np.ndarray:
    """The voxels of a named segment of a model."""
    return np.logical_or.reduce([model.label_map.mask(s) for s in model.label_map.segments if s.name == name])
