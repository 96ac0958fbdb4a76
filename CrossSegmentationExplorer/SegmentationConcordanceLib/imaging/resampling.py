"""Bringing a label map to another grid: exactly where the voxels coincide, by nearest neighbour where asked for."""

from __future__ import annotations

import numpy as np
import SimpleITK

from ..errors import GeometryMismatchError
from .geometry import Geometry
from .label_map import LabelMap

# How far a voxel may lie from its counterpart on the same grid, in voxels. The float32 sform of a NIfTI file moves the
# far corner of a 512 x 512 x 300 scan by up to 6e-5, DICOM positions and directions rounded to six digits by up to
# 8e-4. A tilt of 0.01 degrees moves it by 6e-3 or more, a shift of half a slice by 0.5.
_SAME_VOXEL = 5e-3
_PARALLEL = 1e-4  # voxels, over the whole extent: what resampling axis by axis may neglect
_ALONG = np.cos(np.radians(10))  # axes further apart are no flip or permutation of each other, only another orientation


def bring_to_grid(label_map: LabelMap, geometry: Geometry, what: str, *, allow_extent_change: bool = False) -> LabelMap:
    """The same voxels on the grid ``geometry``: axes are permuted and flipped, nothing is interpolated.

    :param what: what the label map came from, e.g. its file; the subject of the error.
    :param allow_extent_change: also accept a grid that covers more or less of the same voxels. Missing voxels become
        background; cutting labelled voxels away is an error.
    :returns: a label map with exactly ``geometry``. Layers whose axes need no change are not copied.
    :raises GeometryMismatchError: voxel centres are more than 0.005 voxels apart, or the extent differs. Says how, as
        seen after permuting and flipping.
    """
    aligned = _aligned(label_map, geometry)
    if aligned is None:
        raise _mismatch(what, label_map.geometry, geometry)
    if aligned.geometry.matches(geometry, _SAME_VOXEL):
        return LabelMap(aligned.layers, geometry, label_map.segments)
    if not allow_extent_change:
        raise _mismatch(what, aligned.geometry, geometry)
    start = np.rint(geometry.ijk_of(aligned.geometry.origin_lps)).astype(int)
    covered = geometry.ijk_to_lps.copy()
    covered[:3, 3] = geometry.lps_of(start)
    if not aligned.geometry.matches(Geometry(aligned.geometry.shape, covered), _SAME_VOXEL):
        raise _mismatch(what, aligned.geometry, geometry)
    layers = [_pasted(layer, tuple(start[::-1]), geometry.shape, what) for layer in aligned.layers]
    return LabelMap(layers, geometry, label_map.segments)


def resample_nearest(label_map: LabelMap, geometry: Geometry) -> LabelMap:
    """Nearest-neighbour resampling onto any grid; 0 outside of the label map's own extent.

    Every voxel of ``geometry`` gets the label of the source voxel whose box holds its centre; halfway between two it
    is the one of the higher index. A segment may lose all its voxels, and stays as a segment without voxels.
    """
    gather = _axis_gather(label_map.geometry, geometry)
    if gather is None:
        layers = [_resampled_by_itk(layer, label_map.geometry, geometry) for layer in label_map.layers]
    else:
        layers = [_gathered(layer, *gather, geometry.shape) for layer in label_map.layers]
    return LabelMap(layers, geometry, label_map.segments)


def _axis_pairing(source: Geometry, target: Geometry) -> tuple[np.ndarray, np.ndarray] | None:
    """For each axis i, j, k of the target: the source axis along it, and +1 or -1; None where there is none."""
    cosines = target.direction_lps.T @ source.direction_lps
    axes = np.argmax(np.abs(cosines), axis=1)
    if np.abs(cosines).max(axis=1).min() < _ALONG or len(set(axes.tolist())) < 3:
        return None
    return axes, np.where(cosines[np.arange(3), axes] < 0, -1, 1)


def _aligned(label_map: LabelMap, target: Geometry) -> LabelMap | None:
    """The label map with its axes permuted and flipped to run along those of ``target``."""
    source = label_map.geometry
    pairing = _axis_pairing(source, target)
    if pairing is None:
        return None
    axes, signs = pairing
    first = np.zeros(3)
    first[axes] = np.where(signs < 0, np.array(source.shape[::-1])[axes] - 1, 0)
    affine = np.eye(4)
    affine[:3, :3] = source.ijk_to_lps[:3, axes] * signs
    affine[:3, 3] = source.lps_of(first)
    # Arrays are (k, j, i), affines (i, j, k): index axis a is array axis 2 - a.
    order = tuple(2 - axes[::-1])
    steps = tuple(slice(None, None, int(sign)) for sign in signs[::-1])
    layers = [np.ascontiguousarray(layer.transpose(order)[steps]) for layer in label_map.layers]
    return LabelMap(layers, Geometry(layers[0].shape, affine), label_map.segments)


def _pasted(layer: np.ndarray, start: tuple[int, ...], shape: tuple[int, int, int], what: str) -> np.ndarray:
    """``layer`` in an array of ``shape``, its first voxel at index ``start`` (k, j, i), which may be negative."""
    spans = [(max(0, s), max(0, s, min(s + n, full))) for s, n, full in zip(start, layer.shape, shape)]
    covered = layer[tuple(slice(low - s, high - s) for (low, high), s in zip(spans, start))]
    lost = np.count_nonzero(layer) - np.count_nonzero(covered)
    if lost:
        raise GeometryMismatchError(
            what, f"{lost} labelled voxels lie outside of the scan", "Give the segmentation of this very scan."
        )
    pasted = np.zeros(shape, layer.dtype)
    if covered.size:
        pasted[tuple(slice(low, high) for low, high in spans)] = covered
    return pasted


def _mismatch(what: str, found: Geometry, wanted: Geometry) -> GeometryMismatchError:
    differences = found.differences(wanted)
    if found.shape == wanted.shape:
        differences.append(f"voxels up to {wanted.largest_offset_voxels(found):.3g} voxels apart")
    return GeometryMismatchError(
        what,
        f"does not lie on the voxels of the scan: {'; '.join(differences)}",
        "Give the model's output for this very scan, on the scan's own grid.",
    )


def _axis_gather(source: Geometry, target: Geometry) -> tuple[tuple[int, ...], list[slice], list[np.ndarray]] | None:
    """How to resample axis by axis, or None where the axes of the grids are not parallel.

    :returns: the order in which to transpose the source array; per array axis (k, j, i) the target indices that lie
        inside the source, and the source index of each.
    """
    pairing = _axis_pairing(source, target)
    if pairing is None:
        return None
    axes, _ = pairing
    to_source = np.linalg.inv(source.ijk_to_lps) @ target.ijk_to_lps
    last = np.array(target.shape[::-1]) - 1
    across = np.abs(to_source[:3, :3]) * last
    across[axes, np.arange(3)] = 0
    if across.sum(axis=1).max() > _PARALLEL:
        return None
    ranges, indices = [], []
    for axis in (2, 1, 0):
        along = axes[axis]
        nearest = np.floor(to_source[along, axis] * np.arange(last[axis] + 1) + to_source[along, 3] + 0.5).astype(int)
        inside = np.flatnonzero((nearest >= 0) & (nearest < source.shape[2 - along]))
        ranges.append(slice(inside[0], inside[-1] + 1) if inside.size else slice(0, 0))
        indices.append(nearest[inside])
    return tuple(2 - axes[::-1]), ranges, indices


def _gathered(
    layer: np.ndarray,
    order: tuple[int, ...],
    ranges: list[slice],
    indices: list[np.ndarray],
    shape: tuple[int, int, int],
) -> np.ndarray:
    gathered = layer.transpose(order)
    for axis, index in enumerate(indices):
        gathered = gathered.take(index, axis=axis)
    result = np.zeros(shape, layer.dtype)
    result[tuple(ranges)] = gathered
    return result


def _resampled_by_itk(layer: np.ndarray, source: Geometry, target: Geometry) -> np.ndarray:
    image = SimpleITK.GetImageFromArray(layer)
    image.SetSpacing(source.spacing_mm.tolist())
    image.SetOrigin(source.origin_lps.tolist())
    image.SetDirection(source.direction_lps.ravel().tolist())
    resampler = SimpleITK.ResampleImageFilter()
    resampler.SetInterpolator(SimpleITK.sitkNearestNeighbor)
    resampler.SetSize(target.shape[::-1])
    resampler.SetOutputSpacing(target.spacing_mm.tolist())
    resampler.SetOutputOrigin(target.origin_lps.tolist())
    resampler.SetOutputDirection(target.direction_lps.ravel().tolist())
    return SimpleITK.GetArrayFromImage(resampler.Execute(image))
