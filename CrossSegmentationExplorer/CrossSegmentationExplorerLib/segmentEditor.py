"""Slicer's module Segment Editor, opened at one segment."""

import slicer


def requireSegmentEditor():
    """:raises ConcordanceError: Slicer was started without that module."""
    from SegmentationConcordanceLib.errors import ConcordanceError

    if not hasattr(slicer.modules, "segmenteditor"):
        raise ConcordanceError("Segment Editor", "is not loaded", "Enable it in Edit > Application Settings > Modules.")


def editSegment(segmentation, volume, segmentId):
    """Show the module with this segment selected."""
    slicer.util.selectModule("SegmentEditor")
    editor = slicer.modules.segmenteditor.widgetRepresentation().self().editor
    editor.setSegmentationNode(segmentation)
    editor.setSourceVolumeNode(volume)
    editor.setCurrentSegmentID(segmentId)
