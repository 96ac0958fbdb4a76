"""A stand-in for Slicer's module Segment Editor: it keeps what it is to show, and edits nothing."""

from __future__ import annotations

import types

import slicer

from .desktop import Desktop


class SegmentEditor:
    """What ``slicer.modules.segmenteditor.widgetRepresentation().self().editor`` is asked for.

    :ivar shown: segmentation, source volume and segment id.
    """

    def __init__(self) -> None:
        self.shown: list[object] = [None, None, ""]

    def setSegmentationNode(self, node: slicer.vtkMRMLSegmentationNode) -> None:  # noqa: N802
        self.shown[0] = node

    def setSourceVolumeNode(self, node: slicer.vtkMRMLScalarVolumeNode) -> None:  # noqa: N802
        self.shown[1] = node

    def setCurrentSegmentID(self, segment_id: str) -> None:  # noqa: N802
        self.shown[2] = segment_id


def add_segment_editor(desktop: Desktop) -> SegmentEditor:
    """Load the module; it goes with the desktop."""
    editor = SegmentEditor()
    panel = types.SimpleNamespace(self=lambda: types.SimpleNamespace(editor=editor))
    desktop.add_module("SegmentEditor", types.SimpleNamespace(widgetRepresentation=lambda: panel))
    return editor
