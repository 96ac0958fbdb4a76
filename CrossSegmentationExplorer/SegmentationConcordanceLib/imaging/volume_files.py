"""Label volumes in image files: NIfTI, NRRD and MetaImage."""

from __future__ import annotations

import gzip
import math
import os
import re
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..errors import UnreadableFileError, VoxelTypeError
from .geometry import Geometry
from .gzip_ends import require_soon_ended
from .itk_headers import nrrd_mm_per_unit, require_sound_header
from .label_map import smallest_dtype
from .nifti import read_nifti

if TYPE_CHECKING:
    import SimpleITK

_NIFTI_SUFFIXES = (".nii.gz", ".nii")
_ITK_READERS = {".nrrd": "NrrdImageIO", ".nhdr": "NrrdImageIO", ".mha": "MetaImageIO", ".mhd": "MetaImageIO"}
_SUFFIXES = (*_NIFTI_SUFFIXES, ".seg.nrrd", *_ITK_READERS)
_COPY_AGAIN = "Copy or export it again."
_GIVE_LABELS = "Give the label map that the model wrote, not probabilities or an interpolated copy."


def is_volume_file(path: Path) -> bool:
    """Whether the name is that of an image file that :func:`read_label_volume` reads."""
    return path.name.lower().endswith(_SUFFIXES) and not path.name.startswith(".")


def volume_name(path: Path) -> str:
    """The file name without the suffix of its format: "heart" for heart.nii.gz."""
    suffix = next((suffix for suffix in _SUFFIXES if path.name.lower().endswith(suffix)), "")
    return path.name[: len(path.name) - len(suffix)]


def read_label_volume(path: str | os.PathLike[str]) -> tuple[NDArray[np.unsignedinteger], Geometry]:
    """Read one label volume: .nii, .nii.gz, .nrrd, .seg.nrrd (as a plain label volume), .nhdr, .mha, .mhd.

    :returns: C-contiguous array, axes (k, j, i), of the smallest of uint8, uint16, uint32 that holds its labels (all
        zeros: uint8); and its grid in LPS mm. Labels stored as floats are accepted where all are whole numbers.
    :raises UnreadableFileError: missing, a folder, empty, truncated, damaged, or not one of these formats.
    :raises VoxelTypeError: fractions, NaN, negative labels, labels of 2**32 or more, not three axes, or several
        values per voxel.
    :raises GeometryMismatchError: the file does not say where it lies, or says two different things.
    """
    path = Path(path)
    require_file(path)
    if path.name.lower().endswith(_NIFTI_SUFFIXES):
        voxels, geometry = read_nifti(path)
        return _as_labels(voxels, path), geometry
    if path.suffix.lower() not in _ITK_READERS:
        raise UnreadableFileError(
            path, "is not a NIfTI, NRRD or MetaImage file by its name", f"Give one of {', '.join(_SUFFIXES)}."
        )
    return _read_with_itk(path)


def require_file(path: Path) -> None:
    """Raise :class:`UnreadableFileError` unless there is a file at ``path`` with something in it."""
    try:
        if path.is_dir():
            raise UnreadableFileError(path, "is a folder, not an image file", "Give the file.")
        if path.stat().st_size == 0:
            raise UnreadableFileError(path, "is empty (0 bytes)", _COPY_AGAIN)
    except FileNotFoundError as error:
        raise UnreadableFileError(path, "does not exist", "Check the path.") from error
    except OSError as error:
        raise UnreadableFileError(path, f"cannot be read ({error.strerror})", "Check the path.") from error


def _read_with_itk(path: Path) -> tuple[np.ndarray, Geometry]:
    import SimpleITK

    kind = _ITK_READERS[path.suffix.lower()]
    reader = SimpleITK.ImageFileReader()
    reader.SetImageIO(kind)
    reader.SetFileName(str(path))
    try:
        announced = require_sound_header(path)
        reader.ReadImageInformation()
        _require_plain_volume(reader, path)
        mm = mm_per_unit(path)
        if path.suffix.lower() == ".nrrd":
            _require_whole_nrrd(path, announced)
        if path.suffix.lower() == ".mha":
            _require_whole_metaimage(reader, path)
        image = reader.Execute()
    except RuntimeError as error:
        raise UnreadableFileError(path, f"is truncated, damaged or no {path.suffix} file", _COPY_AGAIN) from error
    voxels = SimpleITK.GetArrayViewFromImage(image)
    direction = np.reshape(image.GetDirection(), (3, 3))
    spacing, origin = (mm * np.array(lengths) for lengths in (image.GetSpacing(), image.GetOrigin()))
    geometry = Geometry.from_parts(voxels.shape, spacing, origin, direction)
    return _as_labels(voxels, path), geometry


def mm_per_unit(path: Path) -> float:
    """How many mm one unit of length of a NRRD or MetaImage file is, whose unit ITK does not look at.

    :raises GeometryMismatchError: a NRRD file does not say where it lies in the patient.
    """
    return nrrd_mm_per_unit(path) if path.suffix.lower() in (".nrrd", ".nhdr") else 1.0


def _require_plain_volume(reader: SimpleITK.ImageFileReader, path: Path) -> None:
    size = " x ".join(str(n) for n in reader.GetSize())
    if reader.GetDimension() != 3:
        raise VoxelTypeError(
            path, f"has {reader.GetDimension()} axes ({size}), not 3", "Give one three-dimensional label map."
        )
    if reader.GetNumberOfComponents() != 1:
        raise VoxelTypeError(
            path,
            f"has {reader.GetNumberOfComponents()} values per voxel, not 1",
            "Give a label map; a Slicer segmentation with overlapping segments must be exported as label maps.",
        )


def _require_whole_nrrd(path: Path, announced: int) -> None:
    """ITK reads a gzip stream only as far as it needs and so never compares the checksum at its end."""
    with path.open("rb") as stream:
        start = stream.read(2**20)
        if not re.search(rb"^encoding: *gz", start, re.MULTILINE | re.IGNORECASE):
            return
        end = re.search(rb"\r?\n\r?\n", start)
        if end is None:
            raise UnreadableFileError(path, "is truncated or damaged (its header does not end)", _COPY_AGAIN)
        stream.seek(end.end())
        try:
            with gzip.open(stream) as unzipped:
                require_soon_ended(unzipped, path, announced)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise UnreadableFileError(path, f"is truncated or damaged ({error})", _COPY_AGAIN) from error


def _require_whole_metaimage(reader: SimpleITK.ImageFileReader, path: Path) -> None:
    """ITK notices that voxels are missing, but writes about it to stderr and raises "No such file"."""
    import SimpleITK

    with path.open("rb") as stream:
        start = stream.read(2**20)
    data = re.search(rb"^ElementDataFile *= *LOCAL *\r?\n", start, re.MULTILINE)
    if not data:
        return
    header = start[: data.start()]
    size = re.search(rb"^CompressedDataSize *= *(\d+)", header, re.MULTILINE)
    if size:
        expected = int(size[1])
    elif re.search(rb"^CompressedData *= *True", header, re.MULTILINE | re.IGNORECASE):
        return
    else:
        voxel = SimpleITK.Image([1, 1], reader.GetPixelID())
        expected = math.prod(reader.GetSize()) * voxel.GetSizeOfPixelComponent()
    present = path.stat().st_size - data.end()
    if present < expected:
        raise UnreadableFileError(path, f"is truncated: {present} of {expected} bytes of voxels", _COPY_AGAIN)


def _as_labels(voxels: np.ndarray, path: Path) -> np.ndarray:
    """A C-contiguous copy in the smallest unsigned dtype, after checking that every voxel is a label."""
    with np.errstate(invalid="ignore"):
        lowest, highest = voxels.min(), voxels.max()
    if not (np.isfinite(lowest) and np.isfinite(highest)):
        count = np.count_nonzero(~np.isfinite(voxels))
        raise VoxelTypeError(path, f"{count} voxels are NaN or infinite", _GIVE_LABELS)
    if lowest < 0:
        count = np.count_nonzero(voxels < 0)
        raise VoxelTypeError(path, f"{count} voxels are negative, the lowest {lowest:g}", _GIVE_LABELS)
    if highest >= 2**32:
        raise VoxelTypeError(path, f"its highest label is {int(highest)}, above {2**32 - 1}", _GIVE_LABELS)
    labels = voxels.astype(smallest_dtype([int(highest)]), order="C")
    if voxels.dtype.kind == "f":
        _require_whole_numbers(voxels, labels, path)
    return labels


def _require_whole_numbers(voxels: np.ndarray, labels: np.ndarray, path: Path) -> None:
    # Slice by slice: comparing the whole volume would hold it once more as floats.
    found = [stored[stored != label] for stored, label in zip(voxels, labels)]
    count = sum(fractions.size for fractions in found)
    if count:
        example = max(found, key=np.size)[0]
        raise VoxelTypeError(path, f"{count} voxels are no whole numbers, e.g. {example:g}", _GIVE_LABELS)
