"""The surfaces in one row's 3D view, as model nodes of our own: the segmentations stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import slicer
import vtk

from ...agreement.model_looks import Color
from ..own_nodes import mark_own, remove_own


@dataclass(frozen=True, eq=False)
class SurfaceLook:
    """A surface in RAS, its colour, and its opacity from 0 to 1."""

    surface: vtk.vtkPolyData
    color: Color
    opacity: float


class ShownSurfaces:
    """Model nodes that are used again from step to step; a surface is never copied."""

    def __init__(self, scene: slicer.vtkMRMLScene, view_id: str) -> None:
        self._scene = scene
        self._view_id = view_id
        self._models: list[slicer.vtkMRMLModelNode] = []

    def show(self, looks: Sequence[SurfaceLook]) -> None:
        """Show these surfaces and no others."""
        self._models = [model for model in self._models if model.GetScene() is self._scene]
        while len(self._models) < len(looks):
            self._models.append(self._new_model())
        for model, look in zip(self._models, looks):
            display = model.GetDisplayNode()
            model.SetAndObservePolyData(look.surface)
            display.SetColor(*look.color)
            display.SetOpacity(look.opacity)
            display.SetVisibility(True)
        for model in self._models[len(looks) :]:
            model.GetDisplayNode().SetVisibility(False)

    def remove(self) -> None:
        """Take all nodes away."""
        for model in self._models:
            remove_own(model)
        self._models = []

    def _new_model(self) -> slicer.vtkMRMLModelNode:
        display = slicer.vtkMRMLModelDisplayNode()
        model = slicer.vtkMRMLModelNode()
        for node in (display, model):
            node.SetName("Surface (row)")
            mark_own(node, "surface")
        display.SetScalarVisibility(False)
        display.SetVisibility2D(False)
        display.SetBackfaceCulling(False)
        display.AddViewNodeID(self._view_id)
        self._scene.AddNode(display)
        self._scene.AddNode(model)
        model.SetAndObserveDisplayNodeID(display.GetID())
        return model
