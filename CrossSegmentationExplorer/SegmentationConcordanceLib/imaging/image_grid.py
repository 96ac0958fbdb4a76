"""The grid and the voxels of an image that is no DICOM series: NIfTI, NRRD or MetaImage."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import UnreadableFileError, VoxelTypeError
from .geometry import Geometry
from .nifti import read_nifti
from .volume_files import is_volume_file, mm_per_unit, require_file

_AXES = 3


def read_image_grid(path: str | os.PathLike[str]) -> Geometry:
    """Where the voxels of an image file lie.

    :returns: shape (k, j, i) and the affine from indices (i, j, k) to LPS mm.
    :raises UnreadableFileError: missing, empty, damaged, or none of the formats by its name.
    :raises VoxelTypeError: it has not three axes.
    :raises GeometryMismatchError: the file does not say where it lies, or says two different things.
    """
    import SimpleITK

    path = Path(path)
    require_file(path)
    if not is_volume_file(path):
        raise UnreadableFileError(path, "is no image file by its name", "Give NIfTI, NRRD or a DICOM folder.")
    if path.name.lower().endswith((".nii", ".nii.gz")):
        return read_nifti(path)[1]
    reader = SimpleITK.ImageFileReader()
    reader.SetFileName(str(path))
    try:
        reader.ReadImageInformation()
    except RuntimeError as error:
        raise UnreadableFileError(path, "is truncated or damaged", "Copy or export it again.") from error
    if reader.GetDimension() != _AXES:
        raise VoxelTypeError(path, f"has {reader.GetDimension()} axes, not {_AXES}", "Give one volume.")
    mm = mm_per_unit(path)
    spacing, origin = (mm * np.array(lengths) for lengths in (reader.GetSpacing(), reader.GetOrigin()))
    return Geometry.from_parts(reader.GetSize()[::-1], spacing, origin, reader.GetDirection())


def read_image_voxels(path: str | os.PathLike[str]) -> NDArray[np.number]:
    """Voxels of an image file, axes (k, j, i), on the grid of :func:`read_image_grid`, in the file's units.

    :raises UnreadableFileError: as :func:`read_image_grid`.
    """
    import SimpleITK

    path = Path(path)
    if path.name.lower().endswith((".nii", ".nii.gz")):
        return read_nifti(path)[0]
    try:
        return SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path)))
    except RuntimeError as error:
        raise UnreadableFileError(path, "is truncated or damaged", "Copy or export it again.") from error
