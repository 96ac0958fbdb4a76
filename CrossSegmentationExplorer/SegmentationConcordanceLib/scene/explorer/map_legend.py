"""Which colour of the agreement map is how many models, in a line at the foot of a view."""

from __future__ import annotations

from collections.abc import Sequence

import slicer
import vtk

from ...agreement.agreement_colors import AgreementStep
from ...exploring.visible_color import ink_on
from .row_labels import RendererOf
from .view_text import text_actor

_SIZE, _CHIP, _LEFT, _BOTTOM = 12, 19, 4, 4


class MapLegend:
    """One chip with its number for each step, in one view at a time.

    :param renderer_of: finds a view's renderer; None where it has not been made yet.
    """

    def __init__(self, renderer_of: RendererOf) -> None:
        self._renderer_of = renderer_of
        self._shown: tuple[str, tuple[AgreementStep, ...]] = ("", ())
        self._renderer: vtk.vtkRenderer | None = None
        self._actors: list[vtk.vtkTextActor] = []

    def show(self, view: slicer.vtkMRMLAbstractViewNode | None, steps: Sequence[AgreementStep]) -> None:
        """Write the legend into a view and take it from the former one; what is there already is not made anew.

        :param view: None for none.
        :param steps: from one model alone to all; empty for no legend.
        """
        renderer = self._renderer_of(view) if view is not None and steps else None
        wanted = (view.GetID(), tuple(steps)) if view is not None and renderer is not None else ("", ())
        if wanted == self._shown and renderer is self._renderer:
            return
        self.clear()
        if renderer is None:
            return
        self._shown, self._renderer = wanted, renderer
        self._actors = [_chip(step, place) for place, step in enumerate(steps)]
        self._actors.append(_text(f" of {len(steps)} models", len(steps)))
        for actor in self._actors:
            renderer.AddViewProp(actor)

    def clear(self) -> None:
        """Take it away."""
        if self._renderer is not None:
            for actor in self._actors:
                self._renderer.RemoveViewProp(actor)
        self._shown, self._renderer, self._actors = ("", ()), None, []


def _chip(step: AgreementStep, place: int) -> vtk.vtkTextActor:
    actor = _text(f"{step.count:^3}", place)
    style = actor.GetTextProperty()
    style.SetBackgroundColor(*step.color)
    style.SetBackgroundOpacity(1.0)
    style.SetColor(*ink_on(step.color))
    style.SetBold(True)
    return actor


def _text(text: str, place: int) -> vtk.vtkTextActor:
    actor = text_actor(text, _SIZE)
    actor.SetPosition(_LEFT + place * _CHIP, _BOTTOM)
    return actor
