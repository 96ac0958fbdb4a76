"""The text in the rows' views: whose row it is, and whether the model has the structure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import slicer
import vtk

from ...exploring.label_line import LabelLine
from .view_text import plain, text_actor

RendererOf = Callable[[slicer.vtkMRMLAbstractViewNode], "vtk.vtkRenderer | None"]
_SIZE = 14
_LINE = _SIZE + 4
_LEFT, _TOP = 0.015, 5


def renderers_of(application_logic: slicer.vtkMRMLApplicationLogic) -> RendererOf:
    """Finds the renderer of a view by the application's slice and view logics."""

    def renderer_of(node: slicer.vtkMRMLAbstractViewNode) -> vtk.vtkRenderer | None:
        name = node.GetLayoutName()
        is_slice = node.IsA("vtkMRMLSliceNode")
        find = application_logic.GetSliceLogicByLayoutName if is_slice else application_logic.GetViewLogicByLayoutName
        logic = find(name)
        group = logic.GetDisplayableManagerGroup() if logic is not None else None
        return group.GetRenderer() if group is not None else None

    return renderer_of


def room_of(lines: Sequence[LabelLine]) -> tuple[int, int]:
    """Width and height in pixels that lines take at the upper left of a view, roughly."""
    widest = max((len(line.text) for line in lines), default=0)
    return round(0.6 * _SIZE * widest) + _LINE, _TOP + len(lines) * _LINE if lines else 0


class RowLabels:
    """Text at the upper left of the views.

    MRML has no text of a view: the label of a view node stands in its controller bar, and is short. So this adds
    actors to the views' renderers, and takes them away again.

    :param renderer_of: finds a view's renderer; None where it has not been made yet.
    """

    def __init__(self, renderer_of: RendererOf) -> None:
        self._renderer_of = renderer_of
        self._actors: dict[str, tuple[vtk.vtkRenderer, list[vtk.vtkTextActor]]] = {}
        self._hidden: dict[str, list[vtk.vtkProp]] = {}

    def show(self, view: slicer.vtkMRMLAbstractViewNode, lines: Sequence[LabelLine]) -> None:
        """Write these lines into a view instead of the former ones.

        :param view: one that is not drawn yet gets no lines.
        :param lines: from the top down; none removes the former ones.
        """
        self._remove_actors(view.GetID())
        renderer = self._renderer_of(view)
        if renderer is None:
            return
        actors = [_actor(line, number) for number, line in enumerate(lines)]
        for actor in actors:
            renderer.AddViewProp(actor)
        self._actors[view.GetID()] = (renderer, actors)
        if view.GetID() not in self._hidden:
            self._hidden[view.GetID()] = _hide_annotations(renderer)

    def clear(self, view_id: str | None = None) -> None:
        """Take the text out of a view, or out of all, and let the view have its own annotations again."""
        for one in [view_id] if view_id else list(self._actors):
            self._remove_actors(one)
            for annotation in self._hidden.pop(one, []):
                annotation.VisibilityOn()

    def _remove_actors(self, view_id: str) -> None:
        renderer, actors = self._actors.pop(view_id, (None, []))
        for actor in actors:
            renderer.RemoveViewProp(actor)


def _hide_annotations(renderer: vtk.vtkRenderer) -> list[vtk.vtkProp]:
    """Hide the view's own text in its corners, in which the Data Probe writes over ours; returns what was hidden."""
    window = renderer.GetRenderWindow()
    renderers = window.GetRenderers() if window is not None else [renderer]
    shown = [prop for one in renderers for prop in one.GetViewProps() if prop.IsA("vtkCornerAnnotation")]
    hidden = [annotation for annotation in shown if annotation.GetVisibility()]
    for annotation in hidden:
        annotation.VisibilityOff()
    return hidden


def _actor(line: LabelLine, number: int) -> vtk.vtkTextActor:
    actor = text_actor(plain(line.text), _SIZE)
    corner = vtk.vtkCoordinate()
    corner.SetCoordinateSystemToNormalizedViewport()
    corner.SetValue(_LEFT, 1.0)
    place = actor.GetPositionCoordinate()
    place.SetReferenceCoordinate(corner)
    place.SetCoordinateSystemToViewport()
    place.SetValue(0.0, -(_TOP + number * _LINE))
    style = actor.GetTextProperty()
    style.SetBold(number == 0)
    style.SetColor(*line.color)
    style.SetVerticalJustificationToTop()
    return actor
