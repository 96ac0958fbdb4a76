"""Grids between the library (LPS, affine of the first voxel) and VTK (RAS, affine of index 0 and an extent).

VTK's extent (i0, i1, j0, j1, k0, k1) holds the first and last index along each axis. An image may start at any index,
so that a crop of a volume keeps the volume's affine.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import slicer
import vtk
from numpy.typing import NDArray

from ..errors import GeometryMismatchError
from ..imaging.geometry import Geometry

Extent = tuple[int, int, int, int, int, int]

_LPS_RAS = np.array([-1.0, -1.0, 1.0, 1.0])[:, None]
# Affines from NIfTI are float32: their axes are orthogonal to about 1e-7.
_SHEAR_TOLERANCE = 1e-4
_WHOLE_VOXEL_TOLERANCE = 1e-3


def flip_lps_ras(affine: NDArray[np.float64]) -> NDArray[np.float64]:
    """The affine (4, 4) with its world turned from LPS to RAS or back: two signs, no rounding."""
    return _LPS_RAS * affine + 0.0  # -0.0 + 0.0 is 0.0


def full_extent(shape: tuple[int, int, int]) -> Extent:
    """The extent of a volume of shape (k, j, i) that starts at index 0."""
    return (0, shape[2] - 1, 0, shape[1] - 1, 0, shape[0] - 1)


def as_extent(numbers: Sequence[int]) -> Extent:
    """What VTK wrote into a list of six numbers."""
    i_first, i_last, j_first, j_last, k_first, k_last = numbers
    return i_first, i_last, j_first, j_last, k_first, k_last


def extent_shape(extent: Extent) -> tuple[int, int, int]:
    """Number of voxels (k, j, i) of an extent; 0 along an axis where it is empty."""
    i, j, k = (max(0, extent[2 * axis + 1] - extent[2 * axis] + 1) for axis in range(3))
    return (k, j, i)


def vtk_matrix(affine: NDArray[np.float64]) -> vtk.vtkMatrix4x4:
    """A (4, 4) array as VTK's matrix."""
    matrix = vtk.vtkMatrix4x4()
    matrix.DeepCopy(np.asarray(affine, dtype=float).ravel())
    return matrix


def matrix_array(matrix: vtk.vtkMatrix4x4) -> NDArray[np.float64]:
    """VTK's matrix as a new float64 array (4, 4)."""
    return np.array([[matrix.GetElement(row, column) for column in range(4)] for row in range(4)])


def image_to_ras(image: slicer.vtkOrientedImageData) -> NDArray[np.float64]:
    """The affine (4, 4) from the image's indices to RAS in mm."""
    matrix = vtk.vtkMatrix4x4()
    image.GetImageToWorldMatrix(matrix)
    return matrix_array(matrix)


def to_world(node: slicer.vtkMRMLTransformableNode, subject: str) -> NDArray[np.float64]:
    """The affine (4, 4) of the node's parent transform, from its own RAS to the world's; identity without one.

    :raises GeometryMismatchError: the transform is not linear.
    """
    transform = node.GetParentTransformNode()
    if transform is None:
        return np.eye(4)
    if not transform.IsTransformToWorldLinear():
        raise GeometryMismatchError(
            subject,
            f"its parent transform {transform.GetName()!r} is not linear",
            "Harden the transform in the Transforms module.",
        )
    matrix = vtk.vtkMatrix4x4()
    transform.GetMatrixTransformToWorld(matrix)
    return matrix_array(matrix)


def refuse_shear(subject: str, affine: NDArray[np.float64], remedy: str) -> None:
    """Raise GeometryMismatchError where the index axes are not at right angles: MRML images cannot be sheared.

    :param subject: what the error is about: a node's name or a file.
    :param affine: 4 x 4, indices to mm, in RAS or LPS.
    :param remedy: what the error tells the user to do.
    :raises GeometryMismatchError: also where the matrix holds no numbers.
    """
    directions = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    off_axis = np.abs(directions.T @ directions - np.eye(3)).max()
    if not off_axis <= _SHEAR_TOLERANCE:
        degrees = np.degrees(np.arccos(np.clip(off_axis, 0, 1)))
        raise GeometryMismatchError(subject, f"its axes meet at {degrees:.4g} degrees instead of 90", remedy)


def geometry_from_extent(affine_ras: NDArray[np.float64], extent: Extent) -> Geometry:
    """The library's grid of the voxels in an extent, whose index (0, 0, 0) lies where ``affine_ras`` says.

    :param affine_ras: 4 x 4, indices (i, j, k) to RAS mm.
    :returns: in LPS mm, axes (k, j, i), with its first voxel at the extent's first.
    """
    affine = flip_lps_ras(affine_ras)
    if any(extent[::2]):
        affine[:3, 3] += affine[:3, :3] @ np.array(extent[::2], dtype=float)
    return Geometry(extent_shape(extent), affine)


def whole_voxel_offset(
    base_ras: NDArray[np.float64], other_ras: NDArray[np.float64], extent: Extent
) -> tuple[int, int, int] | None:
    """How many voxels (i, j, k) to add to an index of ``other`` to get the index of the same place in ``base``.

    None where the two are not one lattice: where a corner of ``extent``, an extent of ``other``, lies more than a
    thousandth of a voxel from a voxel of ``base``.

    :param base_ras: 4 x 4, indices (i, j, k) to RAS mm.
    :param other_ras: the same of the other grid.
    """
    corners = np.array(np.meshgrid(extent[0:2], extent[2:4], extent[4:6], indexing="ij")).reshape(3, -1)
    to_base = np.linalg.inv(base_ras) @ other_ras
    moved = to_base[:3, :3] @ corners + to_base[:3, 3:] - corners
    offset = np.rint(moved.mean(axis=1))
    if np.abs(moved - offset[:, None]).max() > _WHOLE_VOXEL_TOLERANCE:
        return None
    return int(offset[0]), int(offset[1]), int(offset[2])


def shifted(extent: Extent, offset: tuple[int, int, int]) -> Extent:
    """The extent moved by whole voxels.

    :param offset: (i, j, k).
    """
    i, j, k = offset
    i_first, i_last, j_first, j_last, k_first, k_last = extent
    return i_first + i, i_last + i, j_first + j, j_last + j, k_first + k, k_last + k


def inside(extent: Extent, outer: Extent) -> bool:
    """Whether every index of ``extent`` is one of ``outer``.

    :param extent: first and last index of i, j and k, both included; so is ``outer``.
    """
    return all(extent[n] >= outer[n] and extent[n + 1] <= outer[n + 1] for n in (0, 2, 4))


def united(one: Extent, other: Extent) -> Extent:
    """The smallest extent that holds both.

    :param one: neither of the two may be empty: an empty extent has no place.
    """
    i_first, j_first, k_first = (min(one[n], other[n]) for n in (0, 2, 4))
    i_last, j_last, k_last = (max(one[n], other[n]) for n in (1, 3, 5))
    return i_first, i_last, j_first, j_last, k_first, k_last
