"""The rows' views in the scene: made by Slicer's layout, found by their names, removed without a trace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import slicer

from ...exploring.layout_xml import layout_xml
from ...exploring.rows import Row
from ...exploring.view_kinds import VIEW_KINDS, ViewKind, view_name
from ..nodes_of_class import nodes_of_class
from .one_event import one_event

LAYOUT_ID = 50417
"""Number of the explorer's own layout; Slicer's user layout stays the user's."""


class RowLayout:
    """The views of the rows.

    Where the scene has a layout node (3D Slicer), its layout logic makes the view nodes. Where it has none, the
    application makes views of the names that :attr:`xml` gives.

    :ivar view_group: a view group that no other view is in.
    :ivar xml: the layout that was shown last; "" before.
    """

    def __init__(self, scene: slicer.vtkMRMLScene) -> None:
        self._scene = scene
        self.view_group = _free_view_group(scene)
        self.xml = ""
        self._former: tuple[int, bool] | None = None
        self._rows: tuple[Row, ...] = ()

    @property
    def is_current(self) -> bool:
        """Whether Slicer shows the rows, and not a layout that somebody chose since."""
        layout = self._layout_node()
        return self._former is not None and (layout is None or layout.GetViewArrangement() == LAYOUT_ID)

    def show(
        self, rows: Sequence[Row], kinds: Sequence[ViewKind], *, as_columns: bool = False, as_grid: bool = False
    ) -> None:
        """Show the rows in this order, see :func:`.layout_xml`.

        Views that stay keep slice, zoom and camera; those of removed rows go.

        Without rows, the layout is the one before the explorer's.

        :param rows: from the top down.
        :param kinds: of the views of each row, from left to right.
        :param as_columns: rows side by side, and their views from the top down.
        """
        layout = self._layout_node()
        if self._former is None and not rows:
            return
        if self._former is None:
            self._former = (layout.GetViewArrangement(), bool(layout.GetSaveWithScene())) if layout else (0, True)
        gone = {row.number for row in self._rows} - {row.number for row in rows}
        self._rows = tuple(rows)
        self.xml = layout_xml(rows, kinds, self.view_group, as_columns=as_columns, as_grid=as_grid) if rows else ""
        if layout is not None:
            with one_event(layout):  # every event of the layout node makes Slicer lay out all views anew
                layout.SetSaveWithScene(False)  # a saved scene must not open in a layout that nobody else knows
                self._arrange(layout)
        for number in gone:
            self._remove_views(number)
        for node in self.view_nodes():
            if not node.GetHideFromEditors():
                _set_up(node)

    def leave(self) -> None:
        """Give the former layout back and remove the views. Safe at any time, also after the scene was closed."""
        numbers = {row.number for row in self._rows}
        self._rows, self.xml = (), ""
        layout = self._layout_node()
        if self._former is not None and layout is not None:
            arrangement, saved = self._former
            with one_event(layout):
                if layout.GetViewArrangement() == LAYOUT_ID:
                    layout.SetViewArrangement(arrangement)
                layout.SetSaveWithScene(saved)
        self._former = None
        for number in numbers:
            self._remove_views(number)

    def view_node(self, row: Row, kind: ViewKind) -> slicer.vtkMRMLAbstractViewNode | None:
        """The node of one view; None where it has not been made.

        :param row: need not be shown.
        """
        return self._scene.GetSingletonNode(view_name(row.number, kind), kind.class_name)

    def view_nodes(
        self, row: Row | None = None, kinds: Sequence[ViewKind] = VIEW_KINDS
    ) -> Iterator[slicer.vtkMRMLAbstractViewNode]:
        """The view nodes of a row, or of all, that exist.

        :param row: None for all rows that are shown.
        :param kinds: of the views, in this order within a row.
        """
        for one in self._rows if row is None else (row,):
            for kind in kinds:
                node = self.view_node(one, kind)
                if node is not None:
                    yield node

    def slice_nodes(self, row: Row | None = None) -> list[slicer.vtkMRMLSliceNode]:
        """The slice nodes of a row, or of all."""
        return [node for node in self.view_nodes(row) if node.IsA("vtkMRMLSliceNode")]

    def composite_nodes(self, row: Row | None = None) -> list[slicer.vtkMRMLSliceCompositeNode]:
        """The composite nodes of the slice views that have been drawn or are about to be."""
        names = {node.GetLayoutName() for node in self.slice_nodes(row)}
        found = nodes_of_class(self._scene, "vtkMRMLSliceCompositeNode")
        return [node for node in found if node.GetLayoutName() in names]

    def camera_nodes(self) -> list[slicer.vtkMRMLCameraNode]:
        """The cameras of the rows' 3D views."""
        names = {node.GetLayoutName() for node in self.view_nodes() if node.IsA("vtkMRMLViewNode")}
        found = nodes_of_class(self._scene, "vtkMRMLCameraNode")
        return [node for node in found if node.GetLayoutName() in names]

    def other_view_ids(self, rows: Sequence[Row] = ()) -> list[str]:
        """The ids of all views that are not the rows'.

        :param rows: that are to be shown; those that are shown count as well.
        """
        shown = [node for row in {*self._rows, *rows} for node in self.view_nodes(row)]
        own = {node.GetID() for node in shown}
        return [n.GetID() for n in nodes_of_class(self._scene, "vtkMRMLAbstractViewNode") if n.GetID() not in own]

    def _arrange(self, layout: slicer.vtkMRMLLayoutNode) -> None:
        if not self._rows:
            if self._former is not None:
                layout.SetViewArrangement(self._former[0])
            return
        if layout.IsLayoutDescription(LAYOUT_ID):
            layout.SetLayoutDescription(LAYOUT_ID, self.xml)
        else:
            layout.AddLayoutDescription(LAYOUT_ID, self.xml)
        layout.SetViewArrangement(LAYOUT_ID)

    def _remove_views(self, number: int) -> None:
        """Remove a row's view nodes, and what Slicer's views and logics made for them."""
        for kind in VIEW_KINDS:
            view = self._scene.GetSingletonNode(view_name(number, kind), kind.class_name)
            if view is None:
                continue
            name = view.GetLayoutName()
            attendants = _attendants(self._scene, name)
            self._scene.RemoveNode(view)
            for node in attendants + _attendants(self._scene, name):
                if node.GetScene() is self._scene:
                    self._scene.RemoveNode(node)

    def _layout_node(self) -> slicer.vtkMRMLLayoutNode | None:
        return self._scene.GetFirstNodeByClass("vtkMRMLLayoutNode")


def _set_up(node: slicer.vtkMRMLAbstractViewNode) -> None:
    """Keep a new view out of saved scenes and lists, and its 3D picture free of box and letters."""
    node.SetSaveWithScene(False)
    node.SetHideFromEditors(True)
    if node.IsA("vtkMRMLViewNode"):
        node.SetBoxVisible(False)
        node.SetAxisLabelsVisible(False)


def _attendants(scene: slicer.vtkMRMLScene, layout_name: str) -> list[slicer.vtkMRMLNode]:
    """The composite, slice display and camera nodes of a view, and the model of its slice plane with its kin."""
    found = [node for node in nodes_of_class(scene, "vtkMRMLSliceCompositeNode") if node.GetLayoutName() == layout_name]
    found += [node for node in nodes_of_class(scene, "vtkMRMLCameraNode") if node.GetLayoutName() == layout_name]
    plane = f"{layout_name} Volume Slice"
    for node in nodes_of_class(scene, "vtkMRMLModelNode"):
        if node.GetName() == plane:
            found += [node.GetNthDisplayNode(n) for n in range(node.GetNumberOfDisplayNodes())]
            found += [node.GetParentTransformNode(), node]
    return [node for node in found if node is not None]


def _free_view_group(scene: slicer.vtkMRMLScene) -> int:
    used = {node.GetViewGroup() for node in nodes_of_class(scene, "vtkMRMLAbstractViewNode")}
    return next(number for number in range(1, len(used) + 2) if number not in used)
