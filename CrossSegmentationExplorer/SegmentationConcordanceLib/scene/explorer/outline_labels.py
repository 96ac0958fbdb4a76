"""The models' names at their outlines, in the views of the row that shows all models."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import slicer
import vtk

from ...agreement.model_looks import Color
from ...exploring.label_placement import Rectangle, eligible_pixels, first_anchors, nearest_anchor, place_labels
from ...imaging.geometry import Geometry
from .row_content import RowModel
from .row_labels import RendererOf
from .view_sections import PIXELS, ViewSection, outline
from .view_text import plain, text_actor

_SIZE = 12
_FOOT = 20  # pixels at the foot of a view, for the map's legend and the slice's position


class OutlineLabels:
    """Labels, and lines from them to the outlines. They follow the slices; nothing is drawn for them alone.

    :param renderer_of: finds a view's renderer; None where it has not been made yet.
    """

    def __init__(self, renderer_of: RendererOf) -> None:
        self._renderer_of = renderer_of
        self._views: dict[str, tuple[slicer.vtkMRMLSliceNode, tuple[int, int]]] = {}
        self._observed: dict[str, tuple[slicer.vtkMRMLSliceNode, int]] = {}
        self._outlines: tuple[RowModel, ...] = ()
        self._key = ""
        self._geometry: Geometry | None = None
        self._actors: dict[str, tuple[vtk.vtkRenderer, list[vtk.vtkProp]]] = {}
        self._is_waiting = False

    def show(
        self,
        views: Iterable[tuple[slicer.vtkMRMLAbstractViewNode, tuple[int, int]]],
        models: Iterable[RowModel],
        key: str,
        geometry: Geometry,
    ) -> None:
        """Label these outlines from now on; they are written by :meth:`settle`, once the slices are where they go.

        :param views: of one row, and the width and height of the text at their upper left; none for no labels.
        :param models: what each slice view shows.
        :param key: of the structure.
        :param geometry: of the models' grid.
        """
        self._views = {node.GetID(): (node, room) for node, room in views if node.IsA("vtkMRMLSliceNode")}
        self._outlines, self._key, self._geometry = tuple(models), key, geometry
        for view_id in self._observed.keys() - self._views.keys():
            self._forget(view_id)
        for view_id, (node, _) in self._views.items():
            if view_id not in self._observed:
                tag = node.AddObserver(vtk.vtkCommand.ModifiedEvent, self._on_moved)
                self._observed[view_id] = node, tag
        self._is_waiting = True

    def settle(self) -> None:
        """Write what is to be labelled, in all views."""
        self._is_waiting = False
        for view_id in self._views:
            self._write(view_id)

    def clear(self) -> None:
        """Take all labels away, and follow no slice."""
        for view_id in list(self._observed):
            self._forget(view_id)
        self._views, self._outlines, self._is_waiting = {}, (), False

    def places(self, view_id: str) -> dict[str, Rectangle]:
        """Where each model's name stands in a view, in pixels from the lower left."""
        _, actors = self._actors.get(view_id, (None, []))
        texts = [actor for actor in actors if isinstance(actor, vtk.vtkTextActor)]
        return {text.GetInput(): _rectangle(text, self._actors[view_id][0]) for text in texts}

    def _forget(self, view_id: str) -> None:
        node, tag = self._observed.pop(view_id)
        node.RemoveObserver(tag)
        self._take_away(view_id)

    def _take_away(self, view_id: str) -> None:
        renderer, actors = self._actors.pop(view_id, (None, []))
        for actor in actors:
            renderer.RemoveViewProp(actor)

    def _on_moved(self, node: slicer.vtkMRMLSliceNode, _event: str) -> None:
        if not self._is_waiting and node.GetID() in self._views:
            self._write(node.GetID())

    def _write(self, view_id: str) -> None:
        self._take_away(view_id)
        node, room = self._views[view_id]
        renderer = self._renderer_of(node)
        if renderer is None or self._geometry is None or not self._key:
            return
        section = ViewSection(node, self._geometry)
        masks = [section.mask(one.drawn, self._key) for one in self._outlines]
        found = [(one, mask) for one, mask in zip(self._outlines, masks) if mask.any()]
        if found:
            actors = _labels(renderer, section.size, found, _taken(room, section.size))
            for actor in actors:
                renderer.AddViewProp(actor)
            self._actors[view_id] = renderer, actors


def _taken(room: tuple[int, int], size: tuple[int, int]) -> list[Rectangle]:
    width, height = room
    return [
        Rectangle(0, size[1] - height, width, height),
        Rectangle(0, 0, size[0], _FOOT),
    ]


def _labels(
    renderer: vtk.vtkRenderer,
    size: tuple[int, int],
    found: Sequence[tuple[RowModel, np.ndarray]],
    taken: Sequence[Rectangle],
) -> list[vtk.vtkProp]:
    pixels = [PIXELS * eligible for eligible in eligible_pixels([outline(mask) for _, mask in found])]
    rows, columns = np.nonzero(np.logical_or.reduce([mask for _, mask in found]))
    box = Rectangle(
        float(PIXELS * columns.min()),
        float(PIXELS * rows.min()),
        float(PIXELS * (np.ptp(columns) + 1)),
        float(PIXELS * (np.ptp(rows) + 1)),
    )
    texts = [_text(one) for one, _ in found]
    rectangles = [_rectangle(text, renderer) for text in texts]
    places = place_labels(size, [(one.width, one.height) for one in rectangles], first_anchors(pixels), box, taken)
    shown = [(*one, place) for one, place in zip(zip(found, texts, pixels), places) if place is not None]
    for _, text, _, place in shown:
        text.SetPosition(place.x, place.y)
    lines = []
    for (one, _), _, eligible, place in shown:
        anchor = nearest_anchor(eligible, place)
        lines.append((anchor, place.nearest(anchor), one.color))
    return [_lines(lines), *(text for _, text, _, _ in shown)]


def _rectangle(text: vtk.vtkTextActor, renderer: vtk.vtkRenderer) -> Rectangle:
    size = [0.0, 0.0]
    text.GetSize(renderer, size)
    x, y = text.GetPosition()
    return Rectangle(x, y, size[0], size[1])


def _text(one: RowModel) -> vtk.vtkTextActor:
    actor = text_actor(plain(one.drawn.segmentation.model), _SIZE)
    style = actor.GetTextProperty()
    style.SetBold(True)
    style.SetColor(*one.color)
    style.SetVerticalJustificationToBottom()
    return actor


def _lines(lines: Sequence[tuple[tuple[float, float], tuple[float, float], Color]]) -> vtk.vtkActor2D:
    points, cells, colors = vtk.vtkPoints(), vtk.vtkCellArray(), vtk.vtkUnsignedCharArray()
    colors.SetNumberOfComponents(3)
    for start, end, color in lines:
        cells.InsertNextCell(2)
        for x, y in (start, end):
            cells.InsertCellPoint(points.InsertNextPoint(x, y, 0.0))
        colors.InsertNextTuple3(*(round(255 * channel) for channel in color))
    data = vtk.vtkPolyData()
    data.SetPoints(points)
    data.SetLines(cells)
    data.GetCellData().SetScalars(colors)
    mapper = vtk.vtkPolyDataMapper2D()
    mapper.SetInputData(data)
    actor = vtk.vtkActor2D()
    actor.SetMapper(mapper)
    actor.PickableOff()
    actor.SetLayerNumber(1)
    return actor
