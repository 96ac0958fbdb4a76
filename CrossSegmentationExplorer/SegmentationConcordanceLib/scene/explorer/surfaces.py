"""Closed surfaces of single structures, made from the crop around them when they are first shown in 3D."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import numpy as np
import vtk
from numpy.typing import NDArray

from ...imaging.geometry import Geometry
from ..grids import flip_lps_ras, full_extent, vtk_matrix
from ..volume_node import fill_image

_KEPT = 400


def closed_surface(
    mask: NDArray[np.bool_], geometry: Geometry, lower: tuple[int, int, int] = (0, 0, 0)
) -> vtk.vtkPolyData:
    """The surface of a mask by surface nets, smoothed, in RAS mm, with normals; without cells for an empty mask.

    Gibson SFF. Constrained elastic surface nets. MICCAI 1998; VTK's vtkSurfaceNets3D with its own smoothing.

    :param mask: bool (k, j, i), a crop of the grid. Voxels at its edge are closed off.
    :param lower: where in the grid the crop begins, (k, j, i).
    """
    padded = np.pad(mask, 1)
    image = vtk.vtkImageData()
    fill_image(image, padded, np.dtype(np.uint8))
    image.SetExtent(full_extent(padded.shape))
    nets = vtk.vtkSurfaceNets3D()
    nets.SetInputData(image)
    nets.SetValue(0, 1)
    nets.SetOutputMeshTypeToTriangles()
    nets.Update()
    to_ras = vtk.vtkTransform()
    affine = geometry.ijk_to_lps.copy()
    affine[:3, 3] = geometry.lps_of(np.array(lower[::-1]) - 1)
    to_ras.SetMatrix(vtk_matrix(flip_lps_ras(affine)))
    placed = vtk.vtkTransformPolyDataFilter()
    placed.SetTransform(to_ras)
    placed.SetInputConnection(nets.GetOutputPort())
    normals = vtk.vtkPolyDataNormals()
    normals.SetInputConnection(placed.GetOutputPort())
    normals.SplittingOff()
    normals.ConsistencyOff()  # the nets are consistent; making them so again fails where voxels meet at an edge
    normals.Update()
    surface = vtk.vtkPolyData()
    surface.DeepCopy(normals.GetOutput())
    surface.GetCellData().Initialize()
    return surface


class SurfaceCache:
    """The surfaces made so far, by model and structure; the ones not shown for longest are dropped.

    :ivar made: how many surfaces were computed.
    """

    def __init__(self) -> None:
        self._surfaces: OrderedDict[tuple[str, str], vtk.vtkPolyData] = OrderedDict()
        self.made = 0

    def get(self, key: tuple[str, str], make: Callable[[], vtk.vtkPolyData]) -> vtk.vtkPolyData:
        """The surface of a key; ``make()`` is called where it is not known.

        :param key: model and structure; the one asked for longest ago is dropped when there are too many.
        """
        if key not in self._surfaces:
            self._surfaces[key] = make()
            self.made += 1
            if len(self._surfaces) > _KEPT:
                self._surfaces.popitem(last=False)
        self._surfaces.move_to_end(key)
        return self._surfaces[key]

    def clear(self) -> None:
        """Forget all, after the voxels have changed."""
        self._surfaces.clear()
