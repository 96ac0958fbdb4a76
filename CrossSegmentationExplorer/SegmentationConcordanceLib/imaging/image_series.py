"""One DICOM image series (CT, MR, PET): its files in slice order, the grid that they make, and its voxels."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import DicomSeriesError, Setting, UnreadableFileError
from .geometry import Geometry
from .image_headers import FolderContents, ImageHeader, read_headers
from .image_series_checks import check_alike, check_identifiers, stack_slices

_MOST_LISTED = 5


@dataclass(frozen=True, eq=False)
class ImageSeries:
    """A complete, evenly spaced series of single-frame images of one orientation.

    :param files: one file per slice, in the order of k: along the normal of the image plane (row x column direction).
    :param geometry: shape (k, j, i) and LPS affine; k steps from file to file.
    :param sop_instance_uids: one per file, in the same order.
    :param frame_of_reference_uid: may be empty for old data.
    :param modality: "CT", "MR" or "PT".
    :param description: SeriesDescription; untrusted text, may be empty.
    :param sop_class_uid: of every file. The files' datasets may leave it empty where their meta information has it.
    """

    files: tuple[Path, ...]
    geometry: Geometry
    sop_instance_uids: tuple[str, ...]
    study_uid: str
    series_uid: str
    frame_of_reference_uid: str
    modality: str
    description: str
    sop_class_uid: str = ""


def read_image_series(folder: str | os.PathLike[str], series_uid: str | None = None) -> ImageSeries:
    """Find the one CT, MR or PET series in ``folder`` and below, and check that it is whole; headers only.

    Localizers and DICOM objects that are no such images (SEG, SR, DICOMDIR) are set aside, other files ignored.

    :param series_uid: SeriesInstanceUID of the series to take, where the folder holds several.
    :raises DicomSeriesError: no such folder, no image in it, several series, or a series that is no single even
        volume: UIDs empty or double, multi-frame images, images without a place, images that differ in matrix, pixel
        spacing or orientation, two images at one place, slices missing, unevenly spaced or sheared.
    :raises UnreadableFileError: a DICOM file is damaged or cut short, or cannot be opened.
    """
    folder = Path(folder)
    images = _choose_series(folder, read_headers(folder), series_uid)
    check_identifiers(folder, images)
    check_alike(folder, images)
    ordered, geometry = stack_slices(folder, images)
    first = ordered[0]
    return ImageSeries(
        files=tuple(image.path for image in ordered),
        geometry=geometry,
        sop_instance_uids=tuple(image.sop_instance_uid for image in ordered),
        study_uid=first.study_uid,
        series_uid=first.series_uid,
        frame_of_reference_uid=first.frame_of_reference_uid,
        modality=first.modality,
        description=first.description,
        sop_class_uid=first.sop_class_uid,
    )


def read_voxels(series: ImageSeries) -> NDArray[np.number]:
    """Voxels of the series, axes (k, j, i), rescaled: HU for CT, the units of the header otherwise.

    int16 where every value is a whole number in its range, as in CT; else float32, as in PET, whose rescale slope may
    differ from slice to slice.

    :raises UnreadableFileError: the pixel data of a file are damaged, or of a compression that GDCM does not know.
    """
    voxels = np.empty(series.geometry.shape, dtype=np.int16)
    # Slice by slice, as ITK's series reader takes the type of the first slice for all and so cuts the fractions of
    # the others where the first one's slope happens to be a whole number.
    for k, path in enumerate(series.files):
        one_slice = _read_slice(path, series.geometry.shape[1:])
        if voxels.dtype == np.int16 and not _fits_int16(one_slice):
            voxels = voxels.astype(np.float32)
        voxels[k] = one_slice
    return voxels


def _read_slice(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    import SimpleITK

    try:
        pixels = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path), imageIO="GDCMImageIO"))
    except RuntimeError as error:
        reason = str(error).strip().splitlines()[-1].rpartition("): ")[2]
        raise UnreadableFileError(path, f"its pixels cannot be read ({reason})", "Export the series again.") from error
    if pixels.squeeze(axis=0).shape != shape:
        raise UnreadableFileError(path, f"its pixels are of shape {pixels.shape[1:]}, not {shape}", "Export it again.")
    return pixels[0]


def _fits_int16(pixels: np.ndarray) -> bool:
    limits = np.iinfo(np.int16)
    return pixels.dtype.kind in "iu" and limits.min <= pixels.min() and pixels.max() <= limits.max


def _choose_series(folder: Path, contents: FolderContents, series_uid: str | None) -> list[ImageHeader]:
    if not contents.images:
        raise DicomSeriesError(folder, _without_images(contents), "Name the folder of a CT, MR or PET series.")
    groups: dict[str, list[ImageHeader]] = {}
    for image in contents.images:
        groups.setdefault(image.series_uid, []).append(image)
    largest_first = sorted(groups.values(), key=len, reverse=True)
    if series_uid is not None:
        if series_uid not in groups:
            raise DicomSeriesError(folder, f"holds no series {series_uid}, only {_listing(largest_first)}")
        return groups[series_uid]
    if len(groups) > 1:
        raise DicomSeriesError(
            folder, f"holds {len(groups)} image series: {_listing(largest_first)}", "Name one.", Setting("series")
        )
    return largest_first[0]


def _without_images(contents: FolderContents) -> str:
    if contents.set_aside:
        found = ", ".join(f"{count} {_printable(kind)}" for kind, count in contents.set_aside.most_common(_MOST_LISTED))
        return f"holds no CT, MR or PET image, only {found}"
    if contents.n_files:
        return f"holds {contents.n_files} file{'s' * (contents.n_files > 1)}, none of them a DICOM image"
    return "holds no files"


def _listing(series: Sequence[Sequence[ImageHeader]]) -> str:
    phrases = [
        f"{_printable(images[0].series_uid) or '(no UID)'} "
        f'({images[0].modality}, "{_printable(images[0].description)}", {len(images)} image{"s" * (len(images) > 1)})'
        for images in series[:_MOST_LISTED]
    ]
    if len(series) > _MOST_LISTED:
        phrases.append(f"{len(series) - _MOST_LISTED} more")
    return "; ".join(phrases)


def _printable(text: str, length: int = 64) -> str:
    """Text of a file, fit for one line of a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)[:length]
