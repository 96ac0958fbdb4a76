"""The DICOM images that the DICOM SEG of a volume refer to."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import slicer

from ...errors import ConcordanceError, GeometryMismatchError
from ...imaging.image_series import ImageSeries, read_image_series
from ...imaging.label_map import LabelMap
from ...imaging.resampling import bring_to_grid
from ..volume_grid import own_grid
from ..volume_series import series_of_volume, series_uid_of_volume

_INSTANCES = "DICOM.instanceUIDs"


class ReferencedImages:
    """Finds the images of a volume, and says why there are none; remembers the answer for the last volume.

    :param file_of_instance: the file of a SOPInstanceUID, see :func:`.volume_series.series_of_volume`.
    """

    def __init__(self, file_of_instance: Callable[[str], str]) -> None:
        self._file_of_instance = file_of_instance
        self._asked: tuple = ()
        self._answer = ""

    def forget(self) -> None:
        """Look anew next time."""
        self._asked = ()

    def series(self, volume: slicer.vtkMRMLScalarVolumeNode, folder: str) -> ImageSeries:
        """The images of a volume; reads headers.

        :param folder: of the images, with all below it; "" for those that the volume was loaded from.
        :raises ConcordanceError: there are none, they are no single complete volume, or not those of the volume.
        """
        if folder:
            series = read_image_series(folder, series_uid_of_volume(volume) or None)
        else:
            series = series_of_volume(volume, self._file_of_instance)
        grid = own_grid(volume)
        try:
            bring_to_grid(LabelMap((np.zeros(grid.shape, np.uint8),), grid, ()), series.geometry, "volume")
        except GeometryMismatchError as error:
            what = f"the DICOM images are not those of volume {volume.GetName()!r}: it {error.fact}"
            raise GeometryMismatchError(folder or "DICOM", what, "Name the folder of its images.") from error
        return series

    def problem(self, volume: slicer.vtkMRMLScalarVolumeNode) -> str:
        """Why no DICOM SEG can refer to the images that the volume was loaded from, in a sentence; "" where it can, or
        where it was not loaded from DICOM. Reads headers."""
        asked = (volume.GetID(), volume.GetAttribute(_INSTANCES))
        if self._asked != asked:
            self._asked, self._answer = asked, self._check(volume) if self.are_known(volume) else ""
        return self._answer

    def are_known(self, volume: slicer.vtkMRMLScalarVolumeNode) -> bool:
        """Whether the volume was loaded from DICOM."""
        return bool(volume.GetAttribute(_INSTANCES))

    def _check(self, volume: slicer.vtkMRMLScalarVolumeNode) -> str:
        try:
            self.series(volume, "")
        except ConcordanceError as error:
            return str(error)
        return ""
