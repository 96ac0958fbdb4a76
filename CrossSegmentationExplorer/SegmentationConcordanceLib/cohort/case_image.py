"""The image of a case: a DICOM series, the grid of an image file, or none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..errors import GeometryMismatchError, Setting
from ..imaging.geometry import Geometry
from ..imaging.image_grid import read_image_grid
from ..imaging.image_series import ImageSeries, read_image_series
from ..imaging.volume_files import volume_name

_KIND_OF_IMAGES = re.compile(
    r"(ct|mri?|pt|pet|dicoms?|dcm|images?|imgs?|series|scans?|volumes?)([ _-]?\d+)?", re.IGNORECASE
)
_SAME_VOXEL = 5e-3  # voxels; as in imaging/resampling.py


def read_case_image(path: Path | None, series_uid: str | None = None) -> ImageSeries | Geometry | None:
    """What the models' outputs are to lie on: the series of a folder, the grid of a file; None without an image.

    :raises ConcordanceError: there is no such image, or it cannot be read.
    """
    if path is None:
        return None
    return read_image_grid(path) if path.is_file() else read_image_series(path, series_uid)


def case_name(path: Path) -> str:
    """The name of the image, or of the folder around it where it only says what kind of image it is."""
    path = path.resolve()
    own = volume_name(path).removesuffix(".dcm") if path.is_file() else path.name
    says_nothing = _KIND_OF_IMAGES.fullmatch(own) is not None
    return (path.parent.name if says_nothing else "") or own


def common_grid(grids: Sequence[tuple[Geometry, bool]], what: str) -> Geometry:
    """The grid to compare on where there is no image: of the first output that has its image's whole extent.

    Where every one may be cropped, as DICOM SEGs are, it is the first one's, made large enough for all.

    :param grids: each with whether its maker leaves empty slices out.
    :param what: what is compared; the subject of the error.
    :raises GeometryMismatchError: all may be cropped, and they do not lie on the voxels of one image.
    """
    whole = [grid for grid, may_be_cropped in grids if not may_be_cropped]
    if whole:
        return whole[0]
    first = grids[0][0]
    low, high = np.zeros(3, int), np.array(first.shape[::-1])
    for grid, _ in grids[1:]:
        start = np.rint(first.ijk_of(grid.origin_lps)).astype(int)
        affine = first.ijk_to_lps.copy()
        affine[:3, 3] = first.lps_of(start)
        if not grid.matches(Geometry(grid.shape, affine), _SAME_VOXEL):
            fact = f"the segmentations do not lie on the voxels of one image: {'; '.join(grid.differences(first))}"
            raise GeometryMismatchError(what, fact, "Give the image.", Setting("image"))
        low, high = np.minimum(low, start), np.maximum(high, start + grid.shape[::-1])
    affine = first.ijk_to_lps.copy()
    affine[:3, 3] = first.lps_of(low)
    return Geometry(tuple((high - low)[::-1]), affine)
