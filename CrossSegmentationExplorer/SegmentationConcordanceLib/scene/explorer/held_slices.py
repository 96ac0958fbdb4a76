"""What the rows' slices show, held while Slicer gives their views another size.

Slicer makes a view before it has its size. At the first turn of the event loop it puts the slice to offset 0, then
sizes the view and fits the field of view to its shape: place and zoom are lost, at every change of layout and every
time that the window is resized. So what every slice shows is kept here, and shown again once its view has another size.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import slicer
import vtk
from numpy.typing import NDArray

from ...agreement.disputed_place import Place
from ..grids import matrix_array, vtk_matrix
from .framing import WorldBox
from .one_event import one_event

_MARGIN = 1.2
_LEAST_MM = 40.0  # of the shorter side, so that a small structure is seen among its neighbours


@dataclass(frozen=True, eq=False)
class SliceSight:
    """What a slice view shows, whatever its size.

    :param to_ras: from the slice to RAS in mm, float64 (4, 4).
    :param origin: how far the view's middle is from the slice's, (x, y) in mm.
    :param side_mm: of the field of view along the view's shorter side, where ``box`` does not say it.
    :param box: what the view is zoomed to; None after the user zoomed.
    """

    to_ras: NDArray[np.float64]
    origin: tuple[float, float]
    side_mm: float
    box: WorldBox | None = None

    def looks_like(self, other: SliceSight) -> bool:
        """Whether place and plane are the same; the zoom is not looked at."""
        return np.allclose(self.to_ras, other.to_ras, atol=1e-6) and np.allclose(self.origin, other.origin, atol=1e-6)


class HeldSlices:
    """Moves the slice nodes that it follows, once per step, and keeps what the user moves them to."""

    def __init__(self) -> None:
        self._observers: dict[slicer.vtkMRMLSliceNode, int] = {}
        self._sights: dict[slicer.vtkMRMLSliceNode, SliceSight] = {}
        self._sizes: dict[slicer.vtkMRMLSliceNode, tuple[int, int]] = {}
        self._before_zero: dict[slicer.vtkMRMLSliceNode, SliceSight] = {}
        self._unheard: set[slicer.vtkMRMLSliceNode] = set()
        self._is_moving = False
        self._expects_resize = False

    def expect_resize(self) -> None:
        """Say that the layout changes: until :meth:`settle`, a slice at offset 0 is one that Slicer put there."""
        self._expects_resize = True

    def follow(self, nodes: Iterable[slicer.vtkMRMLSliceNode], box: WorldBox, place: Place) -> None:
        """Follow these nodes and no others. New ones show what a followed one of their plane shows, else the box.

        :param box: what a slice without an example is zoomed to, in RAS mm.
        :param place: the point that such a slice goes through, in RAS mm.
        """
        nodes = list(nodes)
        for node in [node for node in self._observers if node not in nodes]:
            self._forget(node)
        known = [node for node in nodes if node in self._observers]
        for node in nodes:
            if node not in self._observers:
                self._observers[node] = node.AddObserver(vtk.vtkCommand.ModifiedEvent, self._on_modified)
                like = [one for one in known if one.GetOrientation() == node.GetOrientation()]
                self._show(node, self._sights[like[0]] if like else _framed(node, box, place))

    def stop(self) -> None:
        """Follow none."""
        for node in list(self._observers):
            self._forget(node)

    def frame(self, box: WorldBox, place: Place) -> None:
        """Lay every slice through the place, zoomed so that the box fits into its view, the box in the middle.

        :param box: in RAS mm.
        :param place: a point in RAS mm.
        """
        for node in self._observers:
            self._show(node, _framed(node, box, place))

    def go_to(self, place: Place) -> None:
        """Lay every slice through the place; zoom and position within the slice stay."""
        for node in self._observers:
            sight = self._sights[node]
            to_ras = sight.to_ras.copy()
            normal = to_ras[:3, 2]
            to_ras[:3, 3] += normal * ((np.array(place) - to_ras[:3, 3]) @ normal)
            field = node.GetFieldOfView()[:2] if sight.box is None else None  # as the user zoomed it
            self._show(node, replace(sight, to_ras=to_ras), field)

    def settle(self) -> None:
        """Show again what Slicer took away after a change of layout; call it once the event loop has turned."""
        expected, self._expects_resize = self._expects_resize, False
        for node in self._observers if expected else ():
            self._show(node, self._before_zero.get(node, self._sights[node]))
            node.UpdateMatrices()  # no event where they are right

    def _forget(self, node: slicer.vtkMRMLSliceNode) -> None:
        node.RemoveObserver(self._observers.pop(node))
        self._unheard.discard(node)
        for kept in (self._sights, self._sizes, self._before_zero):
            kept.pop(node, None)

    def _show(self, node: slicer.vtkMRMLSliceNode, sight: SliceSight, field: tuple[float, float] | None = None) -> None:
        """Show it as one modification, or as none where the view shows it already."""
        self._sights[node], self._sizes[node] = sight, _size(node)
        self._before_zero.pop(node, None)
        field = field or _field_of_view(node, sight)
        if np.allclose(field, node.GetFieldOfView()[:2], rtol=1e-6) and _read(node).looks_like(sight):
            return
        with self._moving(), one_event(node):
            node.GetSliceToRAS().DeepCopy(vtk_matrix(sight.to_ras))
            node.SetFieldOfView(*field, node.GetFieldOfView()[2])
            if node.GetSliceResolutionMode() == slicer.vtkMRMLSliceNode.SliceResolutionMatch2DView:
                node.SetUVWExtents(*node.GetFieldOfView())  # else Slicer does so: a second modification
            node.SetXYZOrigin(*sight.origin, node.GetXYZOrigin()[2])
            node.UpdateMatrices()

    def _tell(self, node: slicer.vtkMRMLSliceNode) -> None:
        with self._moving(), one_event(node):
            node.UpdateMatrices()
            node.Modified()

    @contextmanager
    def _moving(self) -> Iterator[None]:
        """Our own moves are no news."""
        former, self._is_moving = self._is_moving, True
        try:
            yield
        finally:
            self._is_moving = former

    def _on_modified(self, node: slicer.vtkMRMLSliceNode, _event: str) -> None:
        if self._is_moving:
            return
        if self._sizes[node] != _size(node):
            self._show(node, self._before_zero.get(node, self._sights[node]))
            self._unheard.add(node)
            return
        if node in self._unheard:
            # It was shown in the middle of the node's own resizing, which has now put its older matrices over ours.
            self._unheard.discard(node)
            self._tell(node)
            return
        former, sight = self._sights[node], _read(node)
        if np.allclose(_field_of_view(node, former), node.GetFieldOfView()[:2], rtol=1e-6):
            sight = replace(sight, side_mm=former.side_mm, box=former.box)  # moved, not zoomed
        if sight.looks_like(former) and sight.side_mm == former.side_mm:
            return
        was_put_to_zero = node.GetSliceOffset() == 0.0 and sight.box is former.box
        if was_put_to_zero:  # by the user, or by Slicer before it sizes the view
            self._before_zero.setdefault(node, former)
        else:
            self._before_zero.pop(node, None)
        self._sights[node] = sight


def _read(node: slicer.vtkMRMLSliceNode) -> SliceSight:
    """What a view shows now, as the user zoomed it."""
    field, origin = node.GetFieldOfView(), node.GetXYZOrigin()
    return SliceSight(matrix_array(node.GetSliceToRAS()), (origin[0], origin[1]), min(field[:2]))


def _framed(node: slicer.vtkMRMLSliceNode, box: WorldBox, place: Place) -> SliceSight:
    """The node's plane through the place, its middle over that of the box."""
    to_ras = matrix_array(node.GetSliceToRAS())
    normal = to_ras[:3, 2]
    to_ras[:3, 3] = box.center + normal * ((np.array(place) - box.center) @ normal)
    return SliceSight(to_ras, (0.0, 0.0), _LEAST_MM, box)


def _size(node: slicer.vtkMRMLSliceNode) -> tuple[int, int]:
    columns, rows, _ = node.GetDimensions()
    return max(1, columns), max(1, rows)


def _field_of_view(node: slicer.vtkMRMLSliceNode, sight: SliceSight) -> tuple[float, float]:
    """Width and height in mm in which a view of the node's size shows the box whole, or the side."""
    columns, rows = _size(node)
    pixel = sight.side_mm / min(columns, rows)
    if sight.box is not None:
        extent = _MARGIN * np.ptp(sight.box.corners @ sight.to_ras[:3, :2], axis=0)
        pixel = max(_LEAST_MM / min(columns, rows), extent[0] / columns, extent[1] / rows)
    return pixel * columns, pixel * rows
