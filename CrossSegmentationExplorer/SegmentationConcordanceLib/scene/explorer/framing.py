"""Where structures are in the world, and cameras that frame them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import slicer
from numpy.typing import NDArray

from ...agreement.boxes import Box
from ...imaging.geometry import Geometry
from .one_event import one_event


@dataclass(frozen=True)
class WorldBox:
    """A box of voxels in the world: its eight corners, RAS in mm, float64 (8, 3)."""

    corners: NDArray[np.float64]

    @property
    def center(self) -> NDArray[np.float64]:
        """The middle, RAS in mm."""
        return self.corners.mean(axis=0)

    @property
    def radius(self) -> float:
        """Of the sphere around the box, in mm."""
        return float(np.linalg.norm(self.corners - self.center, axis=1).max())


def world_box(geometry: Geometry, box: Box) -> WorldBox:
    """Where a box of voxels lies, to the outer faces of its voxels.

    :param box: in voxels (k, j, i), the upper end excluded.
    :returns: the box's eight corners in RAS mm, wherever the grid is turned to.
    """
    ends = [(low - 0.5, high - 0.5) for low, high in zip(box.lower[::-1], box.upper[::-1])]
    ijk = np.array(np.meshgrid(*ends, indexing="ij")).reshape(3, -1).T
    return WorldBox(geometry.lps_of(ijk) * (-1, -1, 1))


def frame_cameras(cameras: Iterable[slicer.vtkMRMLCameraNode], box: WorldBox) -> None:
    """Move every camera so that it sees the whole box, from where it looks already.

    :param box: in RAS mm.
    """
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
