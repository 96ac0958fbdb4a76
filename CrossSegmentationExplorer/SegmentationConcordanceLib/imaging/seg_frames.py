"""Where the frames of a DICOM SEG lie, and which segment each belongs to (PS3.3 C.7.6.16, functional groups)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from ..errors import DicomSegError
from .geometry import Geometry

_SAME_PLACE_MM = 1e-3
_UNEVEN_VOXELS = 0.1
_MOST_SLICES = 2**16
_EXPORT_AGAIN = "Export it again from the program that made it."


_Values = TypeVar("_Values", bound="tuple[float | None, ...]")


@dataclass(frozen=True, eq=False)
class FrameTable:
    """What the functional groups say of the n frames, in the order of the file.

    :param segment_numbers: int64 (n,), the segment of each frame; None where pixel values are the segment numbers.
    :param positions: float64 (n, 3), LPS position of the centre of the frame's first voxel, mm.
    :param orientation: float64 (2, 3), LPS unit vectors along the rows (i grows) and along the columns (j grows).
    :param pixel_spacing_mm: distance of voxel centres along j and along i (DICOM's order), mm.
    :param slice_spacing_mm: SpacingBetweenSlices, mm, or None.
    :param slice_thickness_mm: SliceThickness, mm, or None.
    :param sources: for each frame the SOPInstanceUIDs of the images that it was derived from; may be none.
    """

    segment_numbers: NDArray[np.int64] | None
    positions: NDArray[np.float64]
    orientation: NDArray[np.float64]
    pixel_spacing_mm: tuple[float, float]
    slice_spacing_mm: float | None
    slice_thickness_mm: float | None
    sources: tuple[tuple[str, ...], ...]


def read_frame_table(dataset: Dataset, path: Path, *, frames_have_segments: bool) -> FrameTable:
    """Collect the functional groups of all frames.

    :param frames_have_segments: False for a LABELMAP, whose frames hold all segments.
    :raises DicomSegError: no frames, fewer or more groups than frames, a group is missing, the frames are oriented or
        spaced differently from each other, or it is a segmentation of a tiled (slide) image.
    """
    if "TotalPixelMatrixColumns" in dataset:
        raise DicomSegError(
            path, "is a segmentation of a tiled (slide) image", "Only segmentations of volumes are read."
        )
    frames = dataset.get("PerFrameFunctionalGroupsSequence") or []
    if not frames or len(frames) != int(dataset.get("NumberOfFrames") or 1):
        raise DicomSegError(
            path,
            f"has functional groups for {len(frames)} of {dataset.get('NumberOfFrames') or 1} frames",
            _EXPORT_AGAIN,
        )
    shared = (dataset.get("SharedFunctionalGroupsSequence") or [Dataset()])[0]
    planes = [_position(item) for item in _groups(frames, shared, "PlanePositionSequence", path)]
    axes, measures = frame_plane(frames, shared, path)
    numbers = None
    if frames_have_segments:
        items = _groups(frames, shared, "SegmentIdentificationSequence", path)
        numbers = np.array([int(item.ReferencedSegmentNumber) for item in items], dtype=np.int64)
    return FrameTable(
        segment_numbers=numbers,
        positions=np.array(planes),
        orientation=axes,
        pixel_spacing_mm=measures[:2],
        slice_spacing_mm=measures[2],
        slice_thickness_mm=measures[3],
        sources=tuple(_sources(frame, shared) for frame in frames),
    )


def frame_plane(
    frames: Sequence[Dataset], shared: Dataset, path: Path
) -> tuple[NDArray[np.float64], tuple[float, float, float | None, float | None]]:
    """Orientation, as in :class:`FrameTable`, and spacing of all frames: between rows, columns, slices; thickness.

    :param frames: items of the per-frame functional groups.
    :param shared: the item of the shared functional groups, which go before those of the frames.
    :raises DicomSegError: a group is missing, or the frames are oriented or spaced differently from each other.
    """
    measures = _common(frames, shared, "PixelMeasuresSequence", _measures, path)
    orientation = _common(frames, shared, "PlaneOrientationSequence", _orientation, path)
    return _unit_axes(orientation, path), measures


def frame_grid(table: FrameTable, rows: int, columns: int, path: Path) -> tuple[Geometry, NDArray[np.int64]]:
    """The grid on which all frames lie, and the slice index k of each frame, int64 (n,).

    k runs along the normal of the frames (row direction x column direction), from the first to the last frame; slices
    between them that have no frame are part of the grid. The step from slice to slice is SpacingBetweenSlices where
    the positions are whole multiples of it, else the smallest distance of two positions. A single slice takes
    SpacingBetweenSlices, else SliceThickness, else the finer spacing of its plane. Frames may be sheared against the
    normal. It is what the file says; the series that it was made on knows better, see :func:`frames_on_slices`.

    :raises DicomSegError: positions that are not evenly spaced (to a tenth of a voxel).
    """
    normal = np.cross(*table.orientation)
    slices, step = _slice_indices(table.positions @ normal, table, path)
    first = table.positions[slices.argmin()]
    last = table.positions[slices.argmax()]
    count = int(slices.max()) + 1
    along_k = (last - first) / (count - 1) if count > 1 else normal * step
    between_rows, between_columns = table.pixel_spacing_mm
    off = table.positions - (first + slices[:, None] * along_k)
    tolerance = _UNEVEN_VOXELS * min(between_rows, between_columns, step)
    if np.abs(off).max() > tolerance:
        raise DicomSegError(path, f"its frames lie up to {np.abs(off).max():.3g} mm off an even grid", _EXPORT_AGAIN)
    affine = np.eye(4)
    affine[:3, 0] = table.orientation[0] * between_columns
    affine[:3, 1] = table.orientation[1] * between_rows
    affine[:3, 2] = along_k
    affine[:3, 3] = first
    return Geometry((count, rows, columns), affine), slices


def _slice_indices(depths: np.ndarray, table: FrameTable, path: Path) -> tuple[np.ndarray, float]:
    order = np.argsort(depths, kind="stable")
    is_new = np.diff(depths[order], prepend=depths[order[0]]) > _SAME_PLACE_MM
    level_of_frame = np.empty(depths.size, dtype=np.int64)
    level_of_frame[order] = np.cumsum(is_new)
    gaps = np.diff(depths[order][np.concatenate([[True], is_new[1:]])])
    if gaps.size == 0:
        return level_of_frame, table.slice_spacing_mm or table.slice_thickness_mm or min(table.pixel_spacing_mm)
    for step in (table.slice_spacing_mm or float(gaps.min()), float(gaps.min())):
        multiples = np.rint(gaps / step)
        if multiples.min() >= 1 and np.abs(gaps / step - multiples).max() <= _UNEVEN_VOXELS:
            levels = np.concatenate([[0], np.cumsum(multiples)])
            if levels[-1] >= _MOST_SLICES:
                raise DicomSegError(
                    path, f"its frames span {levels[-1] + 1:.0f} slices of {step:.3g} mm", _EXPORT_AGAIN
                )
            return levels.astype(np.int64)[level_of_frame], step
    raise DicomSegError(
        path, f"its slices are {gaps.min():.4g} to {gaps.max():.4g} mm apart, not evenly spaced", _EXPORT_AGAIN
    )


def _groups(frames: Sequence[Dataset], shared: Dataset, keyword: str, path: Path) -> Iterator[Dataset]:
    """The item of a functional group, frame by frame."""
    for number, frame in enumerate(frames, start=1):
        items = frame.get(keyword) or shared.get(keyword)
        if not items:
            raise DicomSegError(path, f"frame {number} lacks the functional group {keyword}", _EXPORT_AGAIN)
        yield items[0]


def _common(
    frames: Sequence[Dataset],
    shared: Dataset,
    keyword: str,
    values: Callable[[Dataset], _Values],
    path: Path,
) -> _Values:
    """The values of a functional group that all frames share, or of which each has an equal copy."""
    if shared.get(keyword):
        return values(shared[keyword][0])
    found = [values(item) for item in _groups(frames, shared, keyword, path)]
    plain = np.array(found, dtype=float)
    if not np.allclose(plain, plain[0], rtol=1e-4, atol=1e-4, equal_nan=True):
        raise DicomSegError(path, f"its frames differ in {keyword}", "Only frames that form one volume are read.")
    return found[0]


def _position(item: Dataset) -> list[float]:
    x, y, z = (float(value) for value in item.ImagePositionPatient)
    if not np.isfinite([x, y, z]).all():
        raise ValueError(f"ImagePositionPatient {x}, {y}, {z}")
    return [x, y, z]


def _orientation(item: Dataset) -> tuple[float, ...]:
    return tuple(float(value) for value in item.ImageOrientationPatient)


def _measures(item: Dataset) -> tuple[float, float, float | None, float | None]:
    between_rows, between_columns = (float(value) for value in item.PixelSpacing)
    if not 0 < min(between_rows, between_columns) <= max(between_rows, between_columns) < np.inf:
        raise ValueError(f"PixelSpacing {between_rows} x {between_columns} mm")
    return between_rows, between_columns, _length(item, "SpacingBetweenSlices"), _length(item, "SliceThickness")


def _length(item: Dataset, keyword: str) -> float | None:
    value = item.get(keyword)
    return float(value) if value is not None and 0 < float(value) < np.inf else None


def _unit_axes(orientation: tuple[float, ...], path: Path) -> np.ndarray:
    axes = np.array(orientation, dtype=float).reshape(2, 3)
    if not np.allclose(axes @ axes.T, np.eye(2), atol=1e-3):
        raise DicomSegError(path, f"ImageOrientationPatient {orientation} is no pair of axes", _EXPORT_AGAIN)
    return axes / np.linalg.norm(axes, axis=1, keepdims=True)


def _sources(frame: Dataset, shared: Dataset) -> tuple[str, ...]:
    derivations = frame.get("DerivationImageSequence") or shared.get("DerivationImageSequence") or []
    images = (image for derivation in derivations for image in derivation.get("SourceImageSequence") or [])
    uids = (str(image.get("ReferencedSOPInstanceUID") or "") for image in images)
    return tuple(uid for uid in uids if uid)
