"""A line of text in a view, as all texts of ours there are."""

from __future__ import annotations

import vtk

_BACKGROUND = 0.8
"""Opacity of the black behind letters: the models' colours are readable on black, and hardly on half of it on bone."""


def text_actor(text: str, size: int) -> vtk.vtkTextActor:
    """A line on nearly black that stands above what the view draws, and that no click hits.

    :param text: what is written; see :func:`plain` for text from files.
    :param size: of the letters, in points.
    """
    actor = vtk.vtkTextActor()
    actor.SetInput(text)
    actor.SetTextScaleModeToNone()
    actor.PickableOff()
    actor.SetLayerNumber(1)
    style = actor.GetTextProperty()
    style.SetFontFamilyToArial()
    style.SetFontSize(size)
    style.SetBackgroundColor(0.0, 0.0, 0.0)  # not a shadow: VTK's own is white for half of the colours
    style.SetBackgroundOpacity(_BACKGROUND)
    return actor


def plain(text: str) -> str:
    """The text on one line, with the signs escaped that VTK takes for a formula or a table."""
    return " ".join(text.split()).replace("$", r"\$").replace("|", r"\|")
