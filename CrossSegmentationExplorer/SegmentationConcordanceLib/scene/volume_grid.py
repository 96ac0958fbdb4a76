"""The voxel grid of a volume node."""

from __future__ import annotations

import numpy as np
import slicer
import vtk

from ..errors import ConcordanceError
from ..imaging.geometry import Geometry
from .grids import geometry_from_extent, matrix_array, refuse_shear, to_world


def own_grid(volume: slicer.vtkMRMLVolumeNode) -> Geometry:
    """The grid as the volume was loaded, before its parent transform.

    :raises ConcordanceError: the volume has no voxels.
    """
    return _grid(volume, np.eye(4))


def world_grid(volume: slicer.vtkMRMLVolumeNode) -> Geometry:
    """The grid where the volume is seen: under its parent transform.

    :raises ConcordanceError: the volume has no voxels.
    :raises GeometryMismatchError: the transform is not linear, or shears the grid.
    """
    subject = f"volume {volume.GetName()!r}"
    geometry = _grid(volume, to_world(volume, subject))
    refuse_shear(subject, geometry.ijk_to_lps, "Harden its parent transform in the Transforms module.")
    return geometry


def _grid(volume: slicer.vtkMRMLVolumeNode, transform: np.ndarray) -> Geometry:
    image = volume.GetImageData()
    if image is None or image.GetNumberOfPoints() == 0:
        raise ConcordanceError(f"volume {volume.GetName()!r}", "it has no voxels", "Choose another volume.")
    matrix = vtk.vtkMatrix4x4()
    volume.GetIJKToRASMatrix(matrix)
    return geometry_from_extent(transform @ matrix_array(matrix), image.GetExtent())
