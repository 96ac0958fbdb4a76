"""The user's own displays of segmentations, kept out of the rows and given back."""

from __future__ import annotations

from collections.abc import Sequence

import slicer

from ..nodes_of_class import nodes_of_class
from ..own_nodes import OWN
from .one_event import one_event

HIDDEN = "SegmentationConcordance.HiddenFromRows"
"""On a display node that was shown in all views before, so that a scene saved meanwhile can be put right too."""

_NOWHERE = "none"


def hide_from_rows(scene: slicer.vtkMRMLScene, other_view_ids: Sequence[str]) -> None:
    """Show what was shown in all views in the other views only; what was limited to views already stays as it is.

    Visibility, opacities and colours are not touched. Can be called again, e.g. for new segmentations.

    :param other_view_ids: all views but the rows'.
    """
    for display in nodes_of_class(scene, "vtkMRMLSegmentationDisplayNode"):
        if display.GetAttribute(OWN):
            continue
        if display.GetNumberOfViewNodeIDs() == 0:
            with one_event(display):
                display.SetAttribute(HIDDEN, "1")
                for view_id in other_view_ids or [_NOWHERE]:
                    display.AddViewNodeID(view_id)


def show_everywhere_again(scene: slicer.vtkMRMLScene) -> None:
    """Undo :func:`hide_from_rows`, for this session's and for loaded display nodes."""
    for display in nodes_of_class(scene, "vtkMRMLSegmentationDisplayNode"):
        if display.GetAttribute(HIDDEN):
            display.RemoveAllViewNodeIDs()
            display.RemoveAttribute(HIDDEN)
