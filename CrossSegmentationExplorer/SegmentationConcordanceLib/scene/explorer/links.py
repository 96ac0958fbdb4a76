"""Which movements in one row the other rows follow, live, and no other views of the scene."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import slicer
import vtk

from .framing import WorldBox, frame_cameras
from .one_event import one_event

_ALL_FLAGS = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Links:
    """What is linked. Window and level are the image's own, which all rows share: they always follow."""

    scroll: bool = True
    pan: bool = True
    zoom: bool = True
    rotation: bool = True

    @property
    def slice_flags(self) -> int:
        """The changes of a slice view that the others follow, as vtkMRMLSliceNode has them."""
        flags = _ALL_FLAGS
        node = slicer.vtkMRMLSliceNode
        for linked, kinds in (
            (self.scroll, node.SliceToRASFlag),
            (self.pan, node.XYZOriginFlag),
            (self.zoom, node.FieldOfViewFlag),
        ):
            flags &= _ALL_FLAGS if linked else ~kinds
        return flags


def link_slices(
    nodes: Iterable[slicer.vtkMRMLSliceNode], composites: Iterable[slicer.vtkMRMLSliceCompositeNode], links: Links
) -> None:
    """Link the views, also during a drag. The view group that they share keeps all others out.

    :param nodes: of the slice views.
    :param composites: of the same views.
    :param links: what a slice hands on to the others.
    """
    for composite in composites:
        composite.SetHotLinkedControl(True)
        composite.SetLinkedControl(True)
    for node in nodes:
        node.SetInteractionFlagsModifier(links.slice_flags)


class LinkedCameras:
    """Copies every move of one camera to the others, until :meth:`stop`."""

    def __init__(self) -> None:
        self._observed: dict[slicer.vtkMRMLCameraNode, int] = {}
        self._met: list[slicer.vtkMRMLCameraNode] = []
        self._copying = False

    def meet(self, cameras: Sequence[slicer.vtkMRMLCameraNode], box: WorldBox) -> None:
        """Let cameras that are new look as the others do; the first one of all frames the box.

        :param cameras: of all 3D views that are shown; those that are left out are forgotten.
        :param box: in RAS mm.
        """
        known = [camera for camera in self._met if camera in cameras]
        new = [camera for camera in cameras if camera not in known]
        if new and not known:
            frame_cameras(new[:1], box)
        for camera in new:
            if camera is not (known or new)[0]:
                copy_view((known or new)[0], camera)
        self._met = list(cameras)

    def link(self, cameras: Iterable[slicer.vtkMRMLCameraNode]) -> None:
        """Link these cameras and no others."""
        cameras = list(cameras)
        for camera in [camera for camera in self._observed if camera not in cameras]:
            camera.RemoveObserver(self._observed.pop(camera))
        for camera in cameras:
            if camera not in self._observed:
                self._observed[camera] = camera.AddObserver(vtk.vtkCommand.ModifiedEvent, self._on_moved)

    def stop(self) -> None:
        """Unlink all."""
        self.link(())
        self._met = []

    def _on_moved(self, moved: slicer.vtkMRMLCameraNode, _event: str) -> None:
        if self._copying:
            return
        self._copying = True
        try:
            for camera in self._observed:
                if camera is not moved:
                    copy_view(moved, camera)
        finally:
            self._copying = False


def copy_view(source: slicer.vtkMRMLCameraNode, target: slicer.vtkMRMLCameraNode) -> None:
    """Let one camera look as another one does.

    :param source: stays as it is.
    :param target: gets place, direction, angle and kind of projection, in one event.
    """
    with one_event(target):
        target.SetPosition(source.GetPosition())
        target.SetFocalPoint(source.GetFocalPoint())
        target.SetViewUp(source.GetViewUp())
        target.SetViewAngle(source.GetViewAngle())
        target.SetParallelProjection(source.GetParallelProjection())
        target.SetParallelScale(source.GetParallelScale())
        target.ResetClippingRange()
