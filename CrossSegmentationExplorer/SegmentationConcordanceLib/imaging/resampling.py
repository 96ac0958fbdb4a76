"""Bringing a label map to another grid: exactly where the voxels coincide, by nearest neighbour where asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import GeometryMismatchError
from .geometry import Geometry
from .itk_image import itk_image
from .label_map import LabelMap

# How far a voxel may lie from its counterpart on the same grid, in voxels. The float32 sform of a NIfTI file moves the
# far corner of a 512 x 512 x 300 scan by up to 6e-5, DICOM positions and directions rounded to six digits by up to
# 8e-4. A tilt of 0.01 degrees moves it by 6e-3 or more, a shift of half a slice by 0.5.
_SAME_VOXEL = 5e-3
_ANOTHER_PLACE = 0.5  # voxels: two places of one file that differ by more than resampling rounds
_PARALLEL = 1e-4  # voxels, over the whole extent: what resampling axis by axis may neglect
_ALONG = np.cos(np.radians(10))  # axes further apart are no flip or permutation of each other, only another orientation


@dataclass(frozen=True, eq=False)
class OnGrid:
    """A label map brought to a grid.

    :param label_map: with exactly that grid.
    :param note: by how much the file says another place than the images, in a sentence; "" where it says the same.
    :param covered: the part of the grid, as an index of an array (k, j, i), of which the label map knew anything; None
        for all of it.
    """

    label_map: LabelMap
    note: str = ""
    covered: tuple[slice, slice, slice] | None = None


def bring_to_grid(label_map: LabelMap, geometry: Geometry, what: str, *, allow_extent_change: bool = False) -> LabelMap:
    """The label map of :func:`place_on_grid`.

    :param what: the subject of the error.
    :param allow_extent_change: see :func:`place_on_grid`.
    :raises GeometryMismatchError: it lies on other voxels.
    """
    return place_on_grid(label_map, geometry, what, allow_extent_change=allow_extent_change).label_map


def place_on_grid(
    label_map: LabelMap, geometry: Geometry, what: str, *, allow_extent_change: bool = False, allow_more: bool = True
) -> OnGrid:
    """The same voxels on the grid ``geometry``: axes are permuted and flipped, nothing is interpolated.

    Voxels are the same where their centres coincide. They also are where a file was made from these very images by a
    program that knows even grids only: the same columns and rows, the first or the last slice at its place, and a step
    that is one of the series' own gaps (float32, as dcm2niix takes it); then voxel k is slice k. Of several places that
    a file names (qform, sform, pixdim) the first one that fits counts.

    :param what: what the label map came from, e.g. its file; the subject of the error.
    :param allow_extent_change: also accept a grid that covers more or less of the same voxels. Missing voxels become
        background; cutting labelled voxels away is an error.
    :param allow_more: whether such a grid may reach beyond ``geometry``, or lie beside it.
    :returns: a label map with exactly ``geometry``. Layers whose axes need no change are not copied.
    :raises GeometryMismatchError: voxel centres are more than 0.005 voxels apart, or the extent differs. Says how, as
        seen after permuting and flipping.
    """
    said = [label_map.geometry, *label_map.geometry.as_said_otherwise()]
    for follows in (_follows_the_grid, _follows_the_images):
        for place in said:
            pairing = _axis_pairing(place, geometry)
            start = None if pairing is None else follows(_turned(place, *pairing), geometry)
            if pairing is None or start is None:
                continue
            turned = _turned(place, *pairing)
            box = tuple(slice(s, s + n) for s, n in zip(start, turned.shape))
            whole = turned.shape == geometry.shape and not any(start)
            inside = _within(box, geometry.shape)
            is_shared = inside is None or all(part.stop > part.start for part in inside)
            is_more = any(one.start < 0 or one.stop > n for one, n in zip(box, geometry.shape))
            if whole or (allow_extent_change and (allow_more or (is_shared and not is_more))):
                layers = _turned_layers(label_map.layers, *pairing)
                if not whole:
                    layers = [_pasted(layer, start, geometry.shape, what) for layer in layers]
                brought = LabelMap(tuple(layers), geometry, label_map.segments)
                return OnGrid(brought, _note(turned, geometry, start), inside)
    pairing = _axis_pairing(said[0], geometry)
    raise _mismatch(what, _turned(said[0], *pairing) if pairing else said[0], geometry, len(said) > 1)


def _follows_the_grid(turned: Geometry, geometry: Geometry) -> tuple[int, int, int] | None:
    """Where (k, j, i) the first voxel lies in the even grid, if all voxels coincide with it; None otherwise."""
    start = np.rint(geometry.ijk_of(turned.origin_lps)).astype(int)
    covered = geometry.ijk_to_lps.copy()
    covered[:3, 3] = geometry.lps_of(start)
    if not turned.matches(Geometry(turned.shape, covered), _SAME_VOXEL):
        return None
    return tuple(start[::-1].tolist())


def _follows_the_images(turned: Geometry, geometry: Geometry) -> tuple[int, int, int] | None:
    """The same where the step is one of the gaps between the images and one end lies on one of them."""
    depths = geometry.slice_depths_mm
    gaps = np.diff(depths)
    if not gaps.size or turned.shape[0] > geometry.shape[0]:
        return None
    float32 = float(np.spacing(np.float32(np.abs([geometry.origin_lps, geometry.lps_of((0, 0, gaps.size))]).max())))
    step = turned.spacing_mm[2]
    if np.abs(gaps - step).min() > 2 * float32 + 1e-6 * step:
        return None
    n = turned.shape[0]
    for k in (0, n - 1):
        place = geometry.ijk_of(turned.lps_of((0, 0, k)))
        depth = place[2] * geometry.spacing_mm[2]
        slice_ = int(np.abs(depths - depth).argmin())
        first = slice_ - k
        if abs(depths[slice_] - depth) > _SAME_VOXEL * step + float32 or not 0 <= first <= geometry.shape[0] - n:
            continue
        start = np.array([*np.rint(place[:2]), first]).astype(int)
        # One even step from that slice on, for every slice: only the way along k may differ.
        affine = geometry.ijk_to_lps.copy()
        affine[:3, 2] *= step / geometry.spacing_mm[2]
        affine[:3, 3] = geometry.lps_of((*start[:2], place[2])) - k * affine[:3, 2]
        if turned.matches(Geometry(turned.shape, affine), _SAME_VOXEL):
            return tuple(start[::-1].tolist())
    return None


def _note(turned: Geometry, geometry: Geometry, start: tuple[int, int, int]) -> str:
    """By how much the file's slices lie beside the images that they belong to, where it is worth a word."""
    depths = geometry.slice_depths_mm
    places = geometry.ijk_of(turned.lps_of([(0, 0, k) for k in range(turned.shape[0])]))[:, 2] * geometry.spacing_mm[2]
    inside = [k for k in range(turned.shape[0]) if 0 <= start[0] + k < depths.size]
    off = max((abs(places[k] - depths[start[0] + k]) for k in inside), default=0.0)
    if off <= max(_SAME_VOXEL * geometry.spacing_mm[2], 0.01):
        return ""
    return f"its slices say places up to {off:.3g} mm from those of the images; voxel k is taken as slice k"


def _within(box: tuple[slice, ...], shape: tuple[int, int, int]) -> tuple[slice, slice, slice] | None:
    """The part of a box that lies on a grid; None where that is the whole grid."""
    k, j, i = (slice(min(max(one.start, 0), n), min(max(one.stop, 0), n)) for one, n in zip(box, shape))
    return None if all((one.start, one.stop) == (0, n) for one, n in zip((k, j, i), shape)) else (k, j, i)


def covered_part(source: Geometry, geometry: Geometry) -> tuple[slice, slice, slice] | None:
    """The part of a grid, as an index of an array (k, j, i), that lies within another one; None for all of it.

    :param source: the grid of the part.
    :param geometry: the grid of the whole.
    :returns: slices along (k, j, i).
    """
    corners = np.array(np.meshgrid(*((-0.5, n - 0.5) for n in source.shape[::-1]), indexing="ij")).reshape(3, -1).T
    places = geometry.ijk_of(source.lps_of(corners))[:, ::-1]
    low, high = np.ceil(places.min(axis=0) - 1e-6).astype(int), np.floor(places.max(axis=0) + 1e-6).astype(int) + 1
    return _within(tuple(slice(int(a), int(b)) for a, b in zip(low, high)), geometry.shape)


def part_note(covered: tuple[slice, slice, slice], geometry: Geometry) -> str:
    """What an output of a part of the scan means for what it does not find, in a phrase.

    :param covered: slices along (k, j, i).
    :param geometry: the grid of the scan.
    """
    size = " x ".join(str(part.stop - part.start) for part in covered[::-1])
    whole = " x ".join(str(n) for n in geometry.shape[::-1])
    return f"covers {size} of {whole} voxels of the scan: what lies outside was not looked for"


def resample_nearest(label_map: LabelMap, geometry: Geometry) -> LabelMap:
    """Nearest-neighbour resampling onto any grid; 0 outside of the label map's own extent.

    Every voxel of ``geometry`` gets the label of the source voxel whose box holds its centre; halfway between two it
    is the one of the higher index. A segment may lose all its voxels, and stays as a segment without voxels.

    :raises GeometryMismatchError: the file names several places, of which nothing tells the right one.
    """
    source = label_map.geometry
    if any(source.largest_offset_voxels(other) > _ANOTHER_PLACE for other in source.as_said_otherwise()):
        raise GeometryMismatchError(
            "the label map", "its qform and sform differ, and neither fits the scan", "Export it with one orientation."
        )
    gather = _axis_gather(source, geometry)
    if gather is None:
        layers = [_resampled_by_itk(layer, source, geometry) for layer in label_map.layers]
    else:
        layers = [_gathered(layer, *gather, geometry.shape) for layer in label_map.layers]
    return LabelMap(tuple(layers), geometry, label_map.segments)


def _axis_pairing(source: Geometry, target: Geometry) -> tuple[np.ndarray, np.ndarray] | None:
    """For each axis i, j, k of the target: the source axis along it, and +1 or -1; None where there is none."""
    cosines = target.direction_lps.T @ source.direction_lps
    axes = np.argmax(np.abs(cosines), axis=1)
    if np.abs(cosines).max(axis=1).min() < _ALONG or len(set(axes.tolist())) < 3:
        return None
    return axes, np.where(cosines[np.arange(3), axes] < 0, -1, 1)


def _turned(source: Geometry, axes: np.ndarray, signs: np.ndarray) -> Geometry:
    """The grid with its axes permuted and flipped, see :func:`_axis_pairing`."""
    first = np.zeros(3)
    first[axes] = np.where(signs < 0, np.array(source.shape[::-1])[axes] - 1, 0)
    affine = np.eye(4)
    affine[:3, :3] = source.ijk_to_lps[:3, axes] * signs
    affine[:3, 3] = source.lps_of(first)
    return Geometry(tuple(np.array(source.shape)[2 - axes[::-1]].tolist()), affine)


def _turned_layers(layers: Sequence[np.ndarray], axes: np.ndarray, signs: np.ndarray) -> list[np.ndarray]:
    # Arrays are (k, j, i), affines (i, j, k): index axis a is array axis 2 - a.
    order = tuple(2 - axes[::-1])
    steps = tuple(slice(None, None, int(sign)) for sign in signs[::-1])
    return [np.ascontiguousarray(layer.transpose(order)[steps]) for layer in layers]


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


def _mismatch(what: str, found: Geometry, wanted: Geometry, is_torn: bool) -> GeometryMismatchError:
    differences = found.differences(wanted)
    if is_torn:
        differences.append("its qform and sform differ, and neither fits the scan")
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
    import SimpleITK

    resampler = SimpleITK.ResampleImageFilter()
    resampler.SetInterpolator(SimpleITK.sitkNearestNeighbor)
    resampler.SetSize(target.shape[::-1])
    resampler.SetOutputSpacing(target.spacing_mm.tolist())
    resampler.SetOutputOrigin(target.origin_lps.tolist())
    resampler.SetOutputDirection(target.direction_lps.ravel().tolist())
    return SimpleITK.GetArrayFromImage(resampler.Execute(itk_image(layer, source)))
