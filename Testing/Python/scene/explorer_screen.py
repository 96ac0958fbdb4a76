"""A screen without Qt: makes and removes off-screen views as the layout node says, as Slicer's layout manager does."""

from __future__ import annotations

import numpy as np
import slicer
import vtk

from host import SceneHost, SliceView, ThreeDView
from SegmentationConcordanceLib.scene.explorer.explorer import Explorer

_LIKE_THE_DESKTOP = slicer.vtkMRMLLayoutNode.SlicerLayoutFourUpView


class Screen:
    """The views of the current layout, which real mouse and key events reach.

    :param size: width and height of each view in pixels. A view gets it when the event loop turns; looking at a view
        turns it.
    :ivar layout_changes: how often the views were laid out; on the desktop that takes a second or two each time.
    """

    def __init__(self, host: SceneHost, size: tuple[int, int] = (160, 160)) -> None:
        self._host = host
        self._size = size
        self.layout_changes = 0
        self._views: dict[str, SliceView | ThreeDView] = {}
        self._styles: dict[str, vtk.vtkObject] = {}
        self.logic = slicer.vtkMRMLLayoutLogic()
        self.logic.SetMRMLApplicationLogic(host.application_logic)
        self.logic.SetMRMLScene(host.scene)
        self.layout_node = self.logic.GetLayoutNode()
        self._observers = [
            (self.layout_node, self.layout_node.AddObserver(vtk.vtkCommand.ModifiedEvent, self._sync)),
            (host.scene, host.scene.AddObserver(slicer.vtkMRMLScene.NodeRemovedEvent, self._on_removed)),
        ]
        self.layout_node.SetViewArrangement(_LIKE_THE_DESKTOP)
        self._sync()

    def view(self, name: str) -> SliceView | ThreeDView:
        """The view of a layout name, e.g. "Red" or "CSE1R", once it has its size."""
        self._host.turn()
        return next(view for view in self._views.values() if view.node.GetLayoutName() == name)

    def turn(self) -> None:
        """Let the event loop turn."""
        self._host.turn()

    def shown(self) -> list[str]:
        """The layout names of the current layout's views."""
        nodes = self.logic.GetViewNodes()
        return [nodes.GetItemAsObject(n).GetLayoutName() for n in range(nodes.GetNumberOfItems())]

    def mosaic(self, explorer: Explorer) -> np.ndarray:
        """All views of the rows as one picture: uint8 (height, width, 3)."""
        rows = []
        for row in explorer.rows:
            nodes = explorer.layout.view_nodes(row, explorer.kinds)
            rows.append(np.concatenate([self.view(node.GetLayoutName()).image() for node in nodes], axis=1))
        return np.concatenate(rows, axis=0)

    def event(self, name: str, event: str, at: tuple[int, int] | None = None, **keys: int) -> None:
        """Send a mouse event to a view, at a pixel from its lower left; by default in its middle."""
        interactor = self.view(name).interactor
        x, y = at or (self._size[0] // 2, self._size[1] // 2)
        interactor.SetEventInformation(x, y, keys.get("ctrl", 0), keys.get("shift", 0))
        interactor.InvokeEvent(event)

    def point_at(self, name: str, at: tuple[int, int] | None = None) -> None:
        """Move the mouse into a view."""
        self.event(name, "EnterEvent", at)
        self.event(name, "MouseMoveEvent", at)

    def close(self) -> None:
        """Free the windows."""
        for subject, tag in self._observers:
            subject.RemoveObserver(tag)
        for node_id in list(self._views):
            self._close(node_id)
        self.logic.SetMRMLScene(None)

    def _sync(self, *_: object) -> None:
        nodes = self.logic.GetViewNodes()
        mapped = [nodes.GetItemAsObject(n) for n in range(nodes.GetNumberOfItems())] if nodes else []
        for view in self._views.values():
            view.node.SetMappedInLayout(view.node in mapped)
        self.layout_changes += 1
        for node in mapped:
            if node.GetID() not in self._views:
                self._views[node.GetID()] = self._make(node)
            elif node.IsA("vtkMRMLSliceNode"):
                self._views[node.GetID()].lay_out_again()
            node.SetMappedInLayout(1)

    def _make(self, node: slicer.vtkMRMLAbstractViewNode) -> SliceView | ThreeDView:
        if not node.IsA("vtkMRMLSliceNode"):
            view = ThreeDView(self._host, node, self._size)
            style = slicer.vtkMRMLThreeDViewInteractorStyle()
        else:
            view = SliceView(self._host, node, self._size, late=True)
            style = slicer.vtkMRMLSliceViewInteractorStyle()
            style.SetSliceLogic(view.logic)
        view.interactor.SetInteractorStyle(vtk.vtkInteractorStyleUser())  # VTK's own would turn the camera too
        style.SetDisplayableManagers(view.managers)
        style.SetInteractor(view.interactor)
        self._styles[node.GetID()] = style
        return view

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def _on_removed(self, _scene: slicer.vtkMRMLScene, _event: str, node: slicer.vtkMRMLNode) -> None:
        for node_id, view in list(self._views.items()):
            if view.node is node:
                self._close(node_id)

    def _close(self, node_id: str) -> None:
        """Free a view whole: displayable managers that live on would still follow the scene."""
        view, style = self._views.pop(node_id), self._styles.pop(node_id)
        style.SetInteractor(None)
        view.close()
