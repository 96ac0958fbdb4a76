"""Image voxels as a scalar volume node."""

from __future__ import annotations

import numpy as np
import slicer
import vtk
from numpy.typing import NDArray
from vtk.util.numpy_support import get_vtk_array_type, vtk_to_numpy

from ..imaging.geometry import Geometry
from .grids import flip_lps_ras, full_extent, refuse_shear, vtk_matrix
from .node_names import set_name


def add_volume_node(
    scene: slicer.vtkMRMLScene, voxels: NDArray[np.number], geometry: Geometry, name: str
) -> slicer.vtkMRMLScalarVolumeNode:
    """Add a scalar volume to the scene; the voxels are copied once.

    :param voxels: numbers, axes (k, j, i), of ``geometry.shape`` and a dtype that VTK has (not bool, not float16).
    :raises GeometryMismatchError: the grid is sheared; nothing is added.
    """
    if voxels.shape != geometry.shape:
        raise ValueError(f"voxels of {voxels.shape} on a grid of {geometry.shape}")
    refuse_shear(f"volume {name!r}", geometry.ijk_to_lps, "Resample it to axes at right angles.")
    image = vtk.vtkImageData()
    fill_image(image, voxels, voxels.dtype)
    volume = scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode")
    set_name(volume, name)
    volume.SetIJKToRASMatrix(vtk_matrix(flip_lps_ras(geometry.ijk_to_lps)))
    volume.SetAndObserveImageData(image)
    volume.CreateDefaultDisplayNodes()
    return volume


def fill_image(image: vtk.vtkImageData, voxels: NDArray[np.number | np.bool_], dtype: np.dtype) -> None:
    """Give the image an extent from index 0 and a copy of the voxels, axes (k, j, i); one pass, any strides.

    :param voxels: axes (k, j, i).
    :param dtype: what VTK stores; the voxels are converted to it.
    """
    image.SetExtent(full_extent(voxels.shape))
    image.AllocateScalars(get_vtk_array_type(dtype), 1)
    vtk_to_numpy(image.GetPointData().GetScalars()).reshape(voxels.shape)[...] = voxels


def voxels_of(volume: slicer.vtkMRMLVolumeNode) -> NDArray[np.number] | None:
    """The voxels of a volume of single numbers, axes (k, j, i), a view of them; None where it has none, or colours."""
    image = volume.GetImageData()
    scalars = None if image is None else image.GetPointData().GetScalars()
    if scalars is None or scalars.GetNumberOfComponents() != 1:
        return None
    return vtk_to_numpy(scalars).reshape(image.GetDimensions()[::-1])
