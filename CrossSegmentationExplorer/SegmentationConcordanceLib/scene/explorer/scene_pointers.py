"""What points into the scene from elsewhere: the mouse, and the structure that another module selected."""

from __future__ import annotations

from collections.abc import Callable

import slicer
import vtk

from ...agreement.disputed_place import Place
from ..selected_structure import selected_structure, selection_node

Pointed = Callable[["Place | None", "slicer.vtkMRMLSliceNode | None"], None]


class _NodeWatch:
    """Observes one event of a node that a closed scene replaces."""

    def __init__(self, scene: slicer.vtkMRMLScene, event: int) -> None:
        self._scene = scene
        self._event = event
        self._observed: tuple[slicer.vtkMRMLNode, int] | None = None

    def stop(self) -> None:
        """Remove the observer."""
        if self._observed is not None:
            node, tag = self._observed
            node.RemoveObserver(tag)
            self._observed = None

    def _observe(self, node: slicer.vtkMRMLNode | None, handler: Callable[..., None]) -> None:
        if self._observed is not None and self._observed[0] is node:
            return
        self.stop()
        if node is not None:
            self._observed = (node, node.AddObserver(self._event, handler))


class CursorWatch(_NodeWatch):
    """Tells where the mouse is, between :meth:`follow` and :meth:`stop`.

    :param pointed: called with RAS in mm, or None outside of all views; and with the slice view, or None in 3D.
    """

    def __init__(self, scene: slicer.vtkMRMLScene, pointed: Pointed) -> None:
        super().__init__(scene, slicer.vtkMRMLCrosshairNode.CursorPositionModifiedEvent)
        self._pointed = pointed

    def follow(self) -> None:
        """Follow the crosshair node that the scene has now."""
        self._observe(self._scene.GetFirstNodeByClass("vtkMRMLCrosshairNode"), self._on_event)

    def _on_event(self, node: slicer.vtkMRMLCrosshairNode, _event: str) -> None:
        ras, xyz = [0.0] * 3, [0.0] * 3
        known = node.GetCursorPositionRAS(ras)
        self._pointed((ras[0], ras[1], ras[2]) if known else None, node.GetCursorPositionXYZ(xyz))


class SelectionWatch(_NodeWatch):
    """Tells when a structure was selected, between :meth:`follow` and :meth:`stop`.

    :param changed: called when the selection is not :attr:`own`.
    :ivar own: the key that was selected here last.
    """

    def __init__(self, scene: slicer.vtkMRMLScene, changed: Callable[[], None]) -> None:
        super().__init__(scene, vtk.vtkCommand.ModifiedEvent)
        self._changed = changed
        self.own = ""

    @property
    def key(self) -> str:
        """The selected structure, as :mod:`scene.selected_structure` has it."""
        return selected_structure(self._scene)

    def follow(self) -> None:
        """Follow the selection node that the scene has now."""
        self._observe(selection_node(self._scene), self._on_event)

    def _on_event(self, *_: object) -> None:
        if self.key != self.own:
            self._changed()
