"""One segmentation as one row shows it: a display node of its own, limited to the row's slice views."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import slicer
import vtk

from ...agreement.model_looks import Color
from ..own_nodes import mark_own, remove_own
from .one_event import one_event


@dataclass(frozen=True, slots=True)
class SegmentLook:
    """How a segment is drawn in the slices; opacities from 0 to 1, an opacity of 0 is not drawn."""

    color: Color
    fill: float
    outline: float


class ShownSegments:
    """Adds a display node to a segmentation; its voxels are not copied, its other display nodes not touched.

    A segment that nobody asked for stays hidden, also one that is added to the segmentation later.

    :param view_ids: of the slice views that show it; at least one, as a display without views is shown in all.
    """

    def __init__(self, segmentation: slicer.vtkMRMLSegmentationNode, view_ids: Iterable[str]) -> None:
        self.segmentation = segmentation
        self._looks: dict[str, SegmentLook] = {}
        scene = segmentation.GetScene()
        display = slicer.vtkMRMLSegmentationDisplayNode()
        display.SetName(f"{segmentation.GetName()} (row)")
        mark_own(display, "row")
        display.SetVisibility3D(False)
        display.SetOpacity2DFill(1.0)
        display.SetOpacity2DOutline(1.0)
        display.SetVisibility(False)  # until its segments are hidden: a new display node shows them all
        self._display = scene.AddNode(display)
        segmentation.AddAndObserveDisplayNodeID(self._display.GetID())
        with one_event(self._display):  # else every view draws all segments anew for each one that is hidden
            self._display.SetAllSegmentsVisibility(False)
            self.set_views(view_ids)

    @property
    def exists(self) -> bool:
        """False once the segmentation or the display node has left the scene."""
        return self._display.GetScene() is not None and self.segmentation.GetScene() is not None

    def show(self, looks: Mapping[str, SegmentLook]) -> None:
        """Show these segments, by segment id, and hide those that were shown before. Costs nothing for all others."""
        known = set(self.segmentation.GetSegmentation().GetSegmentIDs())
        with one_event(self._display):
            for segment_id in self._looks.keys() - looks.keys():
                if segment_id in known:
                    self._display.SetSegmentVisibility(segment_id, False)
            for segment_id, look in looks.items():
                if segment_id in known and self._looks.get(segment_id) != look:
                    self._draw(segment_id, look)
        self._looks = {segment_id: look for segment_id, look in looks.items() if segment_id in known}

    def hide_unasked(self) -> None:
        """Hide segments that came since: Slicer shows new ones in every display."""
        with one_event(self._display):
            for segment_id in self.segmentation.GetSegmentation().GetSegmentIDs():
                if segment_id not in self._looks and self._display.GetSegmentVisibility(segment_id):
                    self._display.SetSegmentVisibility(segment_id, False)

    def set_views(self, view_ids: Iterable[str]) -> None:
        """Show it in these views instead."""
        view_ids = list(view_ids)
        with one_event(self._display):
            self._display.SetVisibility(bool(view_ids))
            if view_ids != list(self._display.GetViewNodeIDs() or ()):
                self._display.RemoveAllViewNodeIDs()
                for view_id in view_ids:
                    self._display.AddViewNodeID(view_id)

    def remove(self) -> None:
        """Take the display node away."""
        _outlive(self._display, self.segmentation)
        remove_own(self._display)

    def _draw(self, segment_id: str, look: SegmentLook) -> None:
        display = self._display
        display.SetSegmentOverrideColor(segment_id, *look.color)
        display.SetSegmentVisibility2DFill(segment_id, look.fill > 0)
        display.SetSegmentOpacity2DFill(segment_id, look.fill)
        display.SetSegmentVisibility2DOutline(segment_id, look.outline > 0)
        display.SetSegmentOpacity2DOutline(segment_id, look.outline)
        display.SetSegmentVisibility(segment_id, True)


def _outlive(display: slicer.vtkMRMLSegmentationDisplayNode, segmentation: slicer.vtkMRMLSegmentationNode) -> None:
    """Keep a removed display node in memory for as long as the segmentation is there.

    vtkMRMLSegmentationsDisplayableManager2D forgets display nodes only together with their segmentation: it keeps the
    address of a removed one, and uses it at the segmentation's next event.
    """
    segmentation.AddObserver(vtk.vtkCommand.DeleteEvent, lambda *_, kept=display: None)
