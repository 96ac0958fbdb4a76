"""NIfTI-1 and NIfTI-2 files (.nii, .nii.gz), read strictly.

ITK's reader accepts a truncated file, turns NaN into 0 and chooses between qform and sform by a rule of its own; all of
these pass silently. A label map with any of them must not pass, so the format is read here:
https://nifti.nimh.nih.gov/pub/dist/src/niftilib/nifti1.h and nifti2.h.
"""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import GeometryMismatchError, UnreadableFileError, VoxelTypeError
from ..memory_budget import require_within_budget
from .byte_source import ByteSource
from .geometry import Geometry
from .gzip_ends import require_soon_ended

_FIELDS = (
    *("xyzt_units", "dim", "datatype", "pixdim", "vox_offset", "scl_slope", "scl_inter"),
    *("qform_code", "sform_code", "quatern", "qoffset", "srow", "magic"),
)
_BYTE_ORDERS: tuple[Literal["little"], Literal["big"]] = ("little", "big")
_NIFTI1 = np.dtype(
    {
        "names": _FIELDS,
        "formats": ["u1", "8i2", "i2", "8f4", "f4", "f4", "f4", "i2", "i2", "3f4", "3f4", "(3,4)f4", "S4"],
        "offsets": [123, 40, 70, 76, 108, 112, 116, 252, 254, 256, 268, 280, 344],
        "itemsize": 348,
    }
)
_NIFTI2 = np.dtype(
    {
        "names": _FIELDS,
        "formats": ["i4", "8i8", "i2", "8f8", "i8", "f8", "f8", "i4", "i4", "3f8", "3f8", "(3,4)f8", "S4"],
        "offsets": [500, 16, 12, 104, 168, 176, 184, 344, 348, 352, 376, 400, 4],
        "itemsize": 540,
    }
)
_VOXEL_TYPES = {2: "u1", 4: "i2", 8: "i4", 16: "f4", 64: "f8", 256: "i1", 512: "u2", 768: "u4", 1024: "i8", 1280: "u8"}
_MM_OF_UNIT = {1: 1000.0, 3: 0.001}  # NIFTI_UNITS_METER, NIFTI_UNITS_MICRON; all else is taken for mm
_LONGEST_VOXEL_MM = 100.0
_SHORTEST_VOXEL_MM = 0.01
_RAS_TO_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])

_READ_AT_ONCE = 2**20
_SLOPE_ROUNDING = 1e-6  # the header holds slope and intercept as float32
_LARGEST_GZIP_RATIO = 1100  # deflate cannot do better than 1032 to 1
# The qform stores three parts of a unit quaternion as float32; the fourth follows from them as sqrt(1 - ...). Near 0,
# which is where LPS files with a slight tilt lie, rounding of 1e-7 under the root moves the axes by up to 1e-3 rad.
_QUATERNION_ROUNDING = 1.2e-3


def read_nifti(path: Path) -> tuple[NDArray[np.number], Geometry]:
    """The voxels as stored, scaled by slope and intercept where these are set, and their grid.

    :returns: array of the file's dtype (float64 where it was scaled), any byte order, axes (k, j, i); LPS geometry.
        The sform tells the place where there is one, as it is the more exact of the two, otherwise the qform. Where
        the qform, or pixdim, contradicts it, these are the geometry's other readings: the scan decides. Metres and
        micrometres become mm; a file whose voxels would be out of all proportion then is taken for one in mm.
    :raises UnreadableFileError: truncated, damaged, or not NIfTI.
    :raises VoxelTypeError: not three axes, or voxels of colours or complex numbers.
    :raises GeometryMismatchError: no orientation, or axes that span no volume.
    """
    try:
        with path.open("rb") as raw:
            zipped = raw.read(2) == b"\x1f\x8b"
        with gzip.open(path) if zipped else path.open("rb") as stream:
            header = _read_header(stream, path)
            shape = _shape(header, path)
            first, *others = (_RAS_TO_LPS @ affine for affine in _ras_affines(header, path))
            geometry = Geometry(shape, first, readings=tuple(others))
            return _read_voxels(stream, header, shape, path), geometry
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableFileError(path, f"is truncated or damaged ({error})", "Copy or export it again.") from error
    except OSError as error:
        raise UnreadableFileError(path, f"cannot be read ({error.strerror})", "Check its permissions.") from error


def _read_header(stream: ByteSource, path: Path) -> np.void:
    start = stream.read(4)
    for layout, magic in ((_NIFTI1, b"n+1"), (_NIFTI2, b"n+2")):
        for order in _BYTE_ORDERS:
            if int.from_bytes(start, order) != layout.itemsize:
                continue
            data = start + stream.read(layout.itemsize - 4)
            if len(data) < layout.itemsize:
                raise UnreadableFileError(path, f"ends after {len(data)} bytes", "Copy or export it again.")
            header = np.frombuffer(data, layout.newbyteorder(order))[0]
            if header["magic"] == magic:
                return header
    raise UnreadableFileError(path, "is not a NIfTI file", "Give the label map that the model wrote.")


def _shape(header: np.void, path: Path) -> tuple[int, int, int]:
    """(k, j, i). Further axes of length 1 are dropped."""
    axes = int(header["dim"][0])
    lengths = [int(n) for n in header["dim"][1:]]
    if not 1 <= axes <= 7 or min(lengths[:axes]) < 1:
        raise UnreadableFileError(path, "its header is damaged (impossible dimensions)", "Copy or export it again.")
    if axes < 3 or max(lengths[3:axes], default=1) > 1:
        size = " x ".join(str(n) for n in lengths[:axes])
        raise VoxelTypeError(path, f"has {axes} axes ({size}), not 3", "Give one three-dimensional label map.")
    return lengths[2], lengths[1], lengths[0]


def _read_voxels(stream: ByteSource, header: np.void, shape: tuple[int, int, int], path: Path) -> np.ndarray:
    code = int(header["datatype"])
    if code not in _VOXEL_TYPES:
        raise VoxelTypeError(
            path, f"holds no single numbers (NIfTI data type {code})", "Give a label map: one number per voxel."
        )
    dtype = np.dtype(_VOXEL_TYPES[code]).newbyteorder(header.dtype["dim"].base.byteorder)
    expected = math.prod(shape) * dtype.itemsize
    offset = float(header["vox_offset"])
    start = max(int(offset) if math.isfinite(offset) else 0, header.dtype.itemsize + 4)
    # A damaged header may promise terabytes: ask for no more than the file can hold.
    possible = path.stat().st_size * (_LARGEST_GZIP_RATIO if isinstance(stream, gzip.GzipFile) else 1)
    if start + expected <= possible:
        require_within_budget(path, shape[::-1], dtype.itemsize)
        _skip(stream, start - header.dtype.itemsize)
        data = stream.read(expected)
    if start + expected > possible or len(data) < expected:
        raise UnreadableFileError(
            path, f"is truncated: fewer voxels than {'x'.join(map(str, shape[::-1]))}", "Copy or export it again."
        )
    require_soon_ended(stream, path)
    voxels = np.frombuffer(data, dtype).reshape(shape)
    slope, intercept = float(header["scl_slope"]), float(header["scl_inter"])
    scaled = math.isfinite(slope) and slope != 0 and (slope, intercept) != (1, 0)
    return _scaled(voxels, slope, intercept) if scaled else voxels


def _scaled(voxels: np.ndarray, slope: float, intercept: float) -> np.ndarray:
    """The voxels times slope plus intercept, whole numbers where each is within half a step of one.

    A program that holds labels as floats and writes them under an integer header spreads them over its range: 3 is
    then stored as the nearest of the steps, 2.99995. Half a step is all that it can be off.
    """
    values = voxels * slope + intercept
    if voxels.dtype.kind not in "iu":
        return values
    half = 0.5 * abs(slope) * (1 + _SLOPE_ROUNDING) + _SLOPE_ROUNDING * np.abs(values).max(initial=0.0)
    for one_slice in values:
        if np.abs(one_slice - np.rint(one_slice)).max(initial=0.0) > half:
            return values
    return np.rint(values, out=values)


def _skip(stream: ByteSource, count: int) -> None:
    while count > 0 and (skipped := stream.read(min(count, _READ_AT_ONCE))):
        count -= len(skipped)


def _ras_affines(header: np.void, path: Path) -> list[np.ndarray]:
    """Float64 (4, 4) from (i, j, k, 1) to RAS mm: what the file says first, then what it says otherwise.

    dcm2niix writes SliceThickness into pixdim, and so into the qform, where it is within rounding of the real step.
    """
    qform = _qform(header) if header["qform_code"] > 0 else None
    sform = np.vstack([header["srow"], [0, 0, 0, 1]]).astype(float) if header["sform_code"] > 0 else None
    if qform is None and sform is None:
        raise GeometryMismatchError(
            path,
            "has no orientation (qform and sform codes are 0), so its place in the patient is unknown",
            "Export it again with the geometry of the scan.",
        )
    said = [affine for affine in (sform, qform) if affine is not None]
    usable = [affine for affine in said if _spans_a_volume(affine)]
    if not usable:
        raise GeometryMismatchError(path, "its axes do not span a volume", "Export it again with the scan's geometry.")
    lengths = np.abs(header["pixdim"][1:4].astype(float))
    if sform is not None and np.isfinite(lengths).all() and lengths.min() > 0 and _spans_a_volume(sform):
        by_pixdim = sform.copy()
        by_pixdim[:3, :3] *= lengths / np.linalg.norm(sform[:3, :3], axis=0)
        usable.append(by_pixdim)
    distinct = [affine for n, affine in enumerate(usable) if all(_contradict(affine, other) for other in usable[:n])]
    return _in_mm(distinct, _MM_OF_UNIT.get(int(header["xyzt_units"]) & 7, 1.0))


def _in_mm(affines: list[np.ndarray], mm: float) -> list[np.ndarray]:
    """Affines in a unit of so many mm. There are files in mm that name another unit, so what it makes is looked at."""
    if mm == 1:
        return affines
    lengths = np.linalg.norm(affines[0][:3, :3], axis=0) * mm
    if lengths.max() > _LONGEST_VOXEL_MM:
        return affines
    scaled = [np.diag([mm, mm, mm, 1.0]) @ affine for affine in affines]
    return scaled if lengths.min() >= _SHORTEST_VOXEL_MM else [*scaled, *affines]


def _spans_a_volume(affine: np.ndarray) -> bool:
    lengths = np.linalg.norm(affine[:3, :3], axis=0)
    if not np.isfinite(affine).all() or lengths.min() == 0:
        return False
    return abs(np.linalg.det(affine[:3, :3] / lengths)) >= 1e-3


def _qform(header: np.void) -> np.ndarray:
    b, c, d = header["quatern"].astype(float)
    a = math.sqrt(max(0.0, 1.0 - (b * b + c * c + d * d)))
    rotation = np.array(
        [
            [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
        ]
    )
    affine = np.eye(4)
    affine[:3, :3] = rotation * header["pixdim"][1:4].astype(float)
    affine[:3, 2] *= -1 if header["pixdim"][0] < 0 else 1
    affine[:3, 3] = header["qoffset"]
    return affine


def _contradict(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two affines name different places, beyond what the quaternion's rounding explains."""
    lengths, other_lengths = (np.linalg.norm(affine[:3, :3], axis=0) for affine in (one, other))
    return not (
        np.abs(lengths / other_lengths - 1).max() <= 1e-5
        and np.abs(one[:3, :3] / lengths - other[:3, :3] / other_lengths).max() <= _QUATERNION_ROUNDING
        and np.abs(one[:3, 3] - other[:3, 3]).max() <= 1e-3 * other_lengths.min()
    )
