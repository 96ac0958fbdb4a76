"""The scene's crosshair, which all views share, as it was before and as the explorer moves it."""

from __future__ import annotations

import slicer

from ...agreement.disputed_place import Place
from .one_event import one_event


class Crosshair:
    """Remembers the crosshair on making, and gives it back."""

    def __init__(self, scene: slicer.vtkMRMLScene) -> None:
        self._node = scene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
        if self._node is not None:
            self._former = self._node.GetCrosshairMode(), tuple(self._node.GetCrosshairRAS())

    def set_visible(self, visible: bool) -> None:
        """Show it in all views, or in none."""
        if self._node is not None:
            node = slicer.vtkMRMLCrosshairNode
            self._node.SetCrosshairMode(node.ShowSmallBasic if visible else node.NoCrosshair)

    def move(self, place: Place) -> None:
        """Move it; nothing happens while it is not shown."""
        if self._node is not None and self._node.GetCrosshairMode() != slicer.vtkMRMLCrosshairNode.NoCrosshair:
            self._node.SetCrosshairRAS(*place)

    def restore(self) -> None:
        """Give mode and place back."""
        if self._node is not None and self._node.GetScene() is not None:
            mode, place = self._former
            with one_event(self._node):
                self._node.SetCrosshairMode(mode)
                self._node.SetCrosshairRAS(*place)
