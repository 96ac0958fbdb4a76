"""Moving the rows' views to a structure: slices through a place, a zoom that fits, cameras that frame the box."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import slicer

from ...agreement.boxes import Box
from ...agreement.disputed_place import Place
from ...imaging.geometry import Geometry
from .one_event import one_event

_MARGIN = 1.4
_LEAST_MM = 60.0


@dataclass(frozen=True)
class WorldBox:
    """A box of voxels in the world: its eight corners, RAS in mm, float64 (8, 3)."""

    corners: np.ndarray

    @property
    def center(self) -> np.ndarray:
        """The middle, RAS in mm."""
        return self.corners.mean(axis=0)

    @property
    def radius(self) -> float:
        """Of the sphere around the box, in mm."""
        return float(np.linalg.norm(self.corners - self.center, axis=1).max())


def world_box(geometry: Geometry, box: Box) -> WorldBox:
    """Where a box of voxels lies, to the outer faces of its voxels."""
    ends = [(low - 0.5, high - 0.5) for low, high in zip(box.lower[::-1], box.upper[::-1])]
    ijk = np.array(np.meshgrid(*ends, indexing="ij")).reshape(3, -1).T
    return WorldBox(geometry.lps_of(ijk) * (-1, -1, 1))


def frame_slices(nodes: Iterable[slicer.vtkMRMLSliceNode], box: WorldBox, place: Place) -> None:
    """Lay every slice through the place, its centre over the middle of the box, zoomed so that the box fits.

    All orientations get one zoom, so that sizes can be compared between views.
    """
    nodes = list(nodes)
    width = max((_width_needed(node, box) for node in nodes), default=_LEAST_MM)
    for node in nodes:
        to_ras = np.array([[node.GetSliceToRAS().GetElement(r, c) for c in range(3)] for r in range(3)])
        normal = to_ras[:, 2]
        target = box.center + normal * ((np.array(place) - box.center) @ normal)
        with one_event(node):
            node.JumpSliceByCentering(*target)
            _set_width(node, width)
            node.SetXYZOrigin(0.0, 0.0, node.GetXYZOrigin()[2])


def jump(scene: slicer.vtkMRMLScene, place: Place, view_group: int) -> None:
    """Lay the slices of a view group through a place; zoom and position within the slice stay."""
    slicer.vtkMRMLSliceNode.JumpAllSlices(scene, *place, slicer.vtkMRMLSliceNode.OffsetJumpSlice, view_group, None)


def frame_cameras(cameras: Iterable[slicer.vtkMRMLCameraNode], box: WorldBox) -> None:
    """Move every camera so that it sees the whole box, from where it looks already."""
    for node in cameras:
        away = np.array(node.GetPosition()) - np.array(node.GetFocalPoint())
        length = float(np.linalg.norm(away))
        away = away / length if length > 0 else np.array((0.0, 1.0, 0.0))
        distance = 1.1 * box.radius / np.sin(np.radians(node.GetViewAngle() / 2))
        with one_event(node):
            node.SetFocalPoint(*box.center)
            node.SetPosition(*(box.center + away * distance))
            node.SetParallelScale(1.1 * box.radius)
            node.ResetClippingRange()


def _width_needed(node: slicer.vtkMRMLSliceNode, box: WorldBox) -> float:
    """The field of view in x, in mm, in which the box fits with a margin."""
    axes = np.array([[node.GetSliceToRAS().GetElement(r, c) for c in range(2)] for r in range(3)])
    extent = np.ptp(box.corners @ axes, axis=0)
    columns, rows, _ = node.GetDimensions()
    shape = columns / max(1, rows)
    return max(_LEAST_MM * max(1.0, shape), _MARGIN * extent[0], _MARGIN * extent[1] * shape)


def _set_width(node: slicer.vtkMRMLSliceNode, width: float) -> None:
    columns, rows, _ = node.GetDimensions()
    node.SetFieldOfView(width, width * rows / max(1, columns), node.GetFieldOfView()[2])
