"""Which image of a series each frame of a DICOM SEG lies on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import DicomSegError
from .geometry import Geometry
from .image_series import ImageSeries
from .seg_frames import FrameTable

_PARALLEL = 0.9999  # cosine of the normals: what tilts more is no slice of the series
_IN_PLANE_VOXELS = 0.1
_WORTH_A_NOTE_VOXELS = 5e-3
_ROUNDED_MM = 0.005  # half of the second decimal, to which makers round spacing and places
_NOWHERE = -1


@dataclass(frozen=True, eq=False)
class FramesOnSlices:
    """Frames that lie on the images of a series.

    :param geometry: the run of slices from the first to the last frame: k as in the series, i and j as in the frames.
    :param slices: int64 (n,), the slice of that run on which each frame lies.
    :param note: how far the frames say that they lie from their images; "" where it is next to nothing.
    """

    geometry: Geometry
    slices: NDArray[np.int64]
    note: str = ""


def frames_on_slices(
    table: FrameTable, rows: int, columns: int, series: ImageSeries, path: Path
) -> FramesOnSlices | None:
    """Put each frame on the image that it refers to, else on the nearest one: under half a gap, and one to one.

    The places and the spacing of the slices are those of the series; what the SEG says of spacing decides nothing.
    Frames that refer to images of their own size, and say their place in the plane but rounded, have these voxels.

    :returns: None where the frames are no slices of the series: tilted, or between the images.
    :raises DicomSegError: the frames do not lie above each other.
    """
    images = series.geometry
    normal = images.direction_lps[:, 2]
    if abs(np.dot(np.cross(*table.orientation), normal)) < _PARALLEL:
        return None
    depths = (table.positions - images.origin_lps) @ normal
    nearest = _nearest_slices(depths, images)
    referred = _referred_slices(table, depths, series)
    slices = np.where(referred == _NOWHERE, nearest, referred)
    if not _one_to_one(table, slices):
        slices = nearest
    if (slices == _NOWHERE).any() or not _one_to_one(table, slices):
        return None
    first = int(slices.min())
    beside = table.positions - np.outer(depths, normal)
    between_rows, between_columns = table.pixel_spacing_mm
    if np.ptp(beside, axis=0).max() > _IN_PLANE_VOXELS * min(between_rows, between_columns):
        fact = f"its frames lie up to {np.ptp(beside, axis=0).max():.3g} mm beside each other"
        raise DicomSegError(path, fact, "Export it again from the program that made it.")
    affine = np.eye(4)
    affine[:3, 0] = table.orientation[0] * between_columns
    affine[:3, 1] = table.orientation[1] * between_rows
    affine[:3, 2] = images.ijk_to_lps[:3, 2]
    affine[:3, 3] = beside[0] + normal * first * images.spacing_mm[2]
    geometry = Geometry((int(slices.max()) - first + 1, rows, columns), affine)
    off = depths - images.slice_depths_mm[slices]
    if (slices == referred).all() and (of_images := _rounded_from(geometry, first, images)):
        geometry, farthest = of_images
        off = np.append(off, farthest)
    return FramesOnSlices(geometry, slices - first, _note(off, images))


def _rounded_from(said: Geometry, first: int, images: Geometry) -> tuple[Geometry, float] | None:
    """The same slices with the voxels of the images, where what is said differs from them by rounding alone.

    :param said: from slice ``first`` of the images on.
    :returns: and how far apart, mm, the two have a voxel of the plane at most; None where it is another plane.
    """
    of_images = images.ijk_to_lps.copy()
    of_images[:3, 3] = images.lps_of((0, 0, first))
    if said.shape[1:] != images.shape[1:]:
        return None
    found = Geometry(said.shape, of_images)
    between = np.abs(said.spacing_mm[:2] - found.spacing_mm[:2])
    turned = np.abs(said.direction_lps[:, :2] - found.direction_lps[:, :2])
    beside = np.abs(found.ijk_of(said.origin_lps)[:2])
    if between.max() > _ROUNDED_MM or turned.max() > 1 - _PARALLEL or beside.max() > _IN_PLANE_VOXELS:
        return None
    corners = [(i, j, 0) for i in (0, said.shape[2] - 1) for j in (0, said.shape[1] - 1)]
    return found, float(np.linalg.norm(said.lps_of(corners) - found.lps_of(corners), axis=1).max())


def _nearest_slices(depths: np.ndarray, images: Geometry) -> np.ndarray:
    """The nearest slice of each frame, int64 (n,); -1 where it lies half a gap or more beside it."""
    planes = images.slice_depths_mm
    distances = np.abs(depths[:, None] - planes)
    nearest = distances.argmin(axis=1)
    gaps = np.diff(planes) if planes.size > 1 else np.array([images.spacing_mm[2]])
    reach = np.minimum(np.append(gaps, gaps[-1]), np.concatenate([gaps[:1], gaps])) / 2
    is_near = distances[np.arange(depths.size), nearest] < reach[nearest]
    return np.where(is_near, nearest, _NOWHERE)


def _referred_slices(table: FrameTable, depths: np.ndarray, series: ImageSeries) -> np.ndarray:
    """The slice whose image each frame names, int64 (n,); the nearest of several; -1 where it names none."""
    slice_of = {uid: k for k, uid in enumerate(series.sop_instance_uids)}
    planes = series.geometry.slice_depths_mm
    found = np.full(depths.size, _NOWHERE)
    for frame, uids in enumerate(table.sources):
        named = [slice_of[uid] for uid in uids if uid in slice_of]
        if named:
            found[frame] = min(named, key=lambda k: abs(planes[k] - depths[frame]))
    return found


def _one_to_one(table: FrameTable, slices: np.ndarray) -> bool:
    numbers = np.zeros_like(slices) if table.segment_numbers is None else table.segment_numbers
    placed = slices != _NOWHERE
    pairs = np.stack([numbers, slices], axis=1)[placed]
    return len(np.unique(pairs, axis=0)) == len(pairs)


def _note(off: np.ndarray, images: Geometry) -> str:
    farthest = float(np.abs(off).max(initial=0.0))
    if farthest <= max(_WORTH_A_NOTE_VOXELS * images.spacing_mm[2], 0.01):
        return ""
    return f"its frames say places up to {farthest:.3g} mm from the images that they belong to; the images count"
