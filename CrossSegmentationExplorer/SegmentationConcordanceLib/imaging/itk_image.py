"""A label map as SimpleITK's image, for files and for its filters."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from .geometry import Geometry


def itk_image(voxels: NDArray[Any], geometry: Geometry) -> Any:
    """A copy of the voxels as ``SimpleITK.Image``, where the geometry says.

    :param voxels: axes (k, j, i), of any dtype that SimpleITK knows.
    :param geometry: of the same shape.
    """
    import SimpleITK

    image = SimpleITK.GetImageFromArray(voxels)
    image.SetSpacing(geometry.spacing_mm.tolist())
    image.SetOrigin(geometry.origin_lps.tolist())
    image.SetDirection(geometry.direction_lps.ravel().tolist())
    return image
