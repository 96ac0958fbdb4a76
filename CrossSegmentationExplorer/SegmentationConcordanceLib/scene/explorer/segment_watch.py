"""Edits of segmentations: segments that are added, removed, renamed, recoded or painted."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import slicer

_EVENTS = (
    slicer.vtkSegmentation.SegmentAdded,
    slicer.vtkSegmentation.SegmentRemoved,
    slicer.vtkSegmentation.SegmentModified,
    slicer.vtkSegmentation.SourceRepresentationModified,
)


class SegmentWatch:
    """Reports edits of some segmentations, which their nodes' ModifiedEvent does not.

    :param changed: called without arguments.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._observers: list[tuple[slicer.vtkMRMLSegmentationNode, int]] = []

    def watch(self, nodes: Iterable[slicer.vtkMRMLSegmentationNode]) -> None:
        """Watch these nodes and no others."""
        self.stop()
        for node in nodes:
            self._observers += [(node, node.AddObserver(event, self._on_event)) for event in _EVENTS]

    def stop(self) -> None:
        """Remove every observer."""
        for node, tag in self._observers:
            node.RemoveObserver(tag)
        self._observers = []

    def _on_event(self, *_: object) -> None:
        self._changed()
