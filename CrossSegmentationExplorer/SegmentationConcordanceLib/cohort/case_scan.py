"""A case read into memory, to be looked at: its image and what the models wrote on it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import ConcordanceError
from ..exploring.scan import SOFT_TISSUE, ModelFile, Scan
from ..imaging.image_series import ImageSeries, read_image_series, read_voxels
from ..imaging.nifti import read_nifti
from .cases import CohortCase
from .listener import Listener
from .runs import RunFile, read_runs

_NO_OTHER_BUT_CT = -500  # HU; what a NIfTI file holds stands nowhere in it, but only a CT shows air that low


def read_scan(
    name: str,
    image: Path,
    runs: Sequence[RunFile],
    listener: Listener,
    *,
    series_uid: str | None = None,
    resample: bool = False,
    folders: Sequence[Path] = (),
) -> Scan:
    """Read an image and its segmentations.

    :param name: what the case is called.
    :param image: the folder of a DICOM series, or a NIfTI file.
    :param series_uid: of the series, where the folder holds several.
    :param resample: bring what lies on other voxels to those of the image, by nearest neighbour.
    :param folders: the user's label maps.
    :raises ConcordanceError: something cannot be read, or does not belong to the image.
    """
    listener.progress(0.0, "reading the image")
    if image.is_file():
        voxels, geometry = read_nifti(image)
        series: ImageSeries | None = None
        is_ct = bool(voxels.min() < _NO_OTHER_BUT_CT)
    else:
        series = read_image_series(image, series_uid)
        voxels, geometry, is_ct = read_voxels(series), series.geometry, series.modality == "CT"
    files = tuple(
        ModelFile(
            read.name,
            read.label_map,
            read.label_map_name,
            read.tasks,
            read.looked_for,
            read.covered,
            read.reference,
        )
        for read in read_runs(runs, series or geometry, listener, resample=resample, folders=folders)
    )
    window = SOFT_TISSUE if is_ct else None
    return Scan(name, voxels, geometry, window, files, series)


def scan_of_case(case: CohortCase, listener: Listener, *, resample: bool = False) -> Scan:
    """Read a case of a cohort, see :func:`read_scan`.

    :raises ConcordanceError: it has no image, or as :func:`read_scan`.
    """
    if case.image is None:
        remedy = "Name its ct in the cohort file: a folder or a file of this machine."
        raise ConcordanceError(case.name, "has no image that could be looked at", remedy)
    runs = [RunFile(output.name, path, output.model, output.task) for output in case.outputs for path in output.paths]
    return read_scan(case.name, case.image, runs, listener, series_uid=case.series_uid or None, resample=resample)
