"""A line of text in a view, as all texts of ours there are."""

from __future__ import annotations

import vtk


def text_actor(text: str, size: int) -> vtk.vtkTextActor:
    """A line that stands above what the view draws, and that no click hits.

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
    return actor


def plain(text: str) -> str:
    """The text on one line, with the signs escaped that VTK takes for a formula or a table."""
    return " ".join(text.split()).replace("$", r"\$").replace("|", r"\|")
