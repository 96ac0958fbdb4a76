"""The images that models segmented: a DICOM series, or an image file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from SegmentationConcordanceLib.cohort.case_image import read_case_image
from SegmentationConcordanceLib.errors import ConcordanceError
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.image_series import ImageSeries, read_voxels
from SegmentationConcordanceLib.imaging.nifti import read_nifti


@dataclass(frozen=True, eq=False)
class Images:
    """One scan.

    :param path: the folder or file that it was read from.
    :param geometry: its grid: shape (k, j, i), and the affine from (i, j, k) to LPS mm.
    :param series: the DICOM series; None for an image file, to which no DICOM SEG can refer.
    """

    path: Path
    geometry: Geometry
    series: ImageSeries | None = None

    def voxels(self) -> NDArray[Any]:
        """The voxels, read anew.

        :returns: axes (k, j, i); HU for CT, the units of the header otherwise. Of a DICOM series int16 or float32.
        :raises UnreadableFileError: the pixel data are damaged, or the file is neither DICOM nor NIfTI.
        """
        return read_nifti(self.path)[0] if self.series is None else read_voxels(self.series)

    def require_series(self, purpose: str) -> ImageSeries:
        """The DICOM series.

        :param purpose: what it is needed for, for the message.
        :raises ConcordanceError: the images are no DICOM series.
        """
        if self.series is None:
            raise ConcordanceError(self.path, f"is no DICOM series, to which {purpose} refers", "Read the series.")
        return self.series


def read_images(path: str | os.PathLike[str], series_uid: str | None = None) -> Images:
    """Read the headers of the images, and check that they are one whole, evenly spaced volume.

    :param path: a folder with a DICOM series (CT, MR or PET), or an image file such as NIfTI.
    :param series_uid: SeriesInstanceUID of the series to take, where the folder holds several.
    :raises DicomSeriesError: no series, several of them, or one that is incomplete or uneven.
    :raises ConcordanceError: a file is missing or damaged, or does not say where it lies.
    """
    path = Path(path)
    image = read_case_image(path, series_uid)
    if isinstance(image, ImageSeries):
        return Images(path, image.geometry, image)
    if image is None:
        raise ConcordanceError(path, "holds no image", "Name the folder of a series, or an image file.")
    return Images(path, image)
