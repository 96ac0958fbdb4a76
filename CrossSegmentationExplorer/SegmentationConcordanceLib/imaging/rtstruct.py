"""DICOM RT Structure Set: planar contours -> a label map on the grid of the images.

The rule: a voxel belongs to a structure when its centre lies in, or on, an odd number of the structure's contours in
its slice (so contours inside of others are holes). Of contours that lie denser than the slices, those of the plane that
is nearest to the slice count. scikit-image's ``polygon2mask`` fills each contour. It is an optional package, which only
this needs.
"""

from __future__ import annotations

import itertools
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from ..errors import ConcordanceError, DicomSegError, GeometryMismatchError, UnreadableFileError
from ..plurals import counted
from .dicom_files import first_values, read_dicom
from .geometry import Geometry
from .label_map import LabelMap, Segment, smallest_dtype
from .seg_damage import DAMAGE
from .seg_described import text_of

RT_STRUCTURE_SET_STORAGE = "1.2.840.10008.5.1.4.1.1.481.3"
_CLOSED = ("CLOSED_PLANAR", "CLOSEDPLANAR_XOR", "CLOSED_PLANAR_XOR")  # the second is PS3.3's, the third a misspelling
_IN_PLANE = 0.1  # slices: how far a contour's points may lie from each other, across its slice
_ONE_PLANE = 0.05  # slices: contours that lie nearer to each other belong to one plane
_SAME_POINT = 0.01  # voxels
_FEWEST_POINTS = 3
_AXES = 3


@dataclass(frozen=True, eq=False)
class StructureSet:
    """An RT Structure Set on a grid.

    :param label_map: a segment per structure with closed contours, named as the file names it, without codes. Those
        that overlap lie in different layers.
    :param label: StructureSetLabel.
    :param series_uids: SeriesInstanceUIDs of the images that it was drawn on; may be empty.
    :param notes: what reading had to decide or leave out, a phrase each.
    :param frame_of_reference_uids: of the structures; may be empty.
    """

    path: Path
    label_map: LabelMap
    label: str
    series_uids: tuple[str, ...]
    notes: tuple[str, ...] = ()
    frame_of_reference_uids: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class _Drawn:
    """A structure as drawn: closed contours as (n, 3) points in LPS mm, and how many others there are."""

    name: str
    color: tuple[int, int, int] | None
    contours: list[NDArray[np.float64]]
    n_others: int


def is_rtstruct(path: Path) -> bool:
    """Whether a DICOM file is an RT Structure Set."""
    try:
        head = first_values(path, ["SOPClassUID", "Modality"])
    except (*DAMAGE, InvalidDicomError):
        return False
    return head.get("SOPClassUID") == RT_STRUCTURE_SET_STORAGE or head.get("Modality") == "RTSTRUCT"


def read_rtstruct(path: str | os.PathLike[str], geometry: Geometry) -> StructureSet:
    """Read the structures of an RT Structure Set as voxels.

    :param geometry: the grid of the images that they were drawn on: shape (k, j, i), LPS mm.
    :raises UnreadableFileError: the file is missing or no DICOM.
    :raises DicomSegError: it has no closed contours, or is damaged.
    :raises GeometryMismatchError: a contour does not lie in a slice of the grid.
    :raises ConcordanceError: scikit-image is not installed.
    """
    path = Path(path)
    fill = _polygon2mask()
    dataset = _dataset(path)
    drawn = list(_structures(dataset, path))
    found = [one for one in drawn if one.contours]
    if not found:
        raise DicomSegError(path, "has no closed contours", "Give one that has structures.")
    dtype = smallest_dtype([len(found)])
    layers: list[NDArray[np.unsignedinteger]] = []
    segments = []
    notes = [note for one in drawn if (note := _left_out(one))]
    for number, one in enumerate(found, start=1):
        contours = [geometry.ijk_of(points) for points in one.contours]
        slices = [_slice(ijk, geometry, f"{path}: {one.name}") for ijk in contours]
        chosen, own_notes = _one_plane_per_slice(contours, slices)
        notes += [f"{one.name}: {note}" for note in own_notes]
        mask, crossing = _filled(chosen, geometry, fill)
        if crossing:
            where = counted(crossing, "slice")
            notes.append(f"{one.name}: contours cross each other on {where}; what two of them enclose is left out")
        layer = next((k for k, voxels in enumerate(layers) if not voxels[mask].any()), len(layers))
        if layer == len(layers):
            layers.append(np.zeros(geometry.shape, dtype))
        layers[layer][mask] = number
        segments.append(Segment(number, one.name, None, one.color, layer))
    label_map = LabelMap(tuple(layers), geometry, tuple(segments))
    names = Counter(one.name for one in found)
    notes += [f"{name}: the name of {count} structures; taken for one" for name, count in names.items() if count > 1]
    label = text_of(dataset, "StructureSetLabel")
    return StructureSet(path, label_map, label, referenced_series(dataset), tuple(notes), _frames_of_reference(dataset))


def _dataset(path: Path) -> Dataset:
    try:
        return read_dicom(path)
    except InvalidDicomError as error:
        raise UnreadableFileError(path, "is not a DICOM file", "Give the RT Structure Set.") from error
    except OSError as error:
        raise UnreadableFileError(path, f"cannot be read ({error.strerror or error})", "Check the path.") from error


def _structures(dataset: Dataset, path: Path) -> Iterator[_Drawn]:
    names = {
        int(item.ROINumber): text_of(item, "ROIName") or f"ROI {item.ROINumber}"
        for item in dataset.get("StructureSetROISequence") or []
    }
    for item in dataset.get("ROIContourSequence") or []:
        number = int(item.get("ReferencedROINumber", -1))
        color = item.get("ROIDisplayColor")
        told = (int(color[0]), int(color[1]), int(color[2])) if color is not None and len(color) == _AXES else None
        contours, n_others = [], 0
        for contour in item.get("ContourSequence") or []:
            points = np.array(contour.get("ContourData") or [], dtype=float)
            if points.size % _AXES:
                raise DicomSegError(path, f"a contour of {names.get(number, number)} has {points.size} numbers")
            if contour.get("ContourGeometricType") in _CLOSED and points.size >= _FEWEST_POINTS * _AXES:
                contours.append(points.reshape(-1, _AXES))
            else:
                n_others += 1
        yield _Drawn(names.get(number, f"ROI {number}"), told, contours, n_others)


def _left_out(drawn: _Drawn) -> str:
    """What of a structure encloses nothing, in a phrase; "" where all does."""
    if not drawn.contours:
        return f"{drawn.name}: no closed contours; left out"
    if not drawn.n_others:
        return ""
    are = "contour is a point or an open line" if drawn.n_others == 1 else "contours are points or open lines"
    return f"{drawn.name}: {drawn.n_others} {are}; left out"


def _slice(ijk: NDArray[np.float64], geometry: Geometry, what: str) -> float:
    """At which slice a contour lies; between two of them where it is no whole number."""
    slices = ijk[:, 2]
    middle = float(slices.mean())
    if np.ptp(slices) > _IN_PLANE or not 0 <= round(middle) < geometry.shape[0]:
        fact = f"a contour lies at slices {slices.min():.2f} to {slices.max():.2f} of 0 to {geometry.shape[0] - 1}"
        raise GeometryMismatchError(what, fact, "Give the images that it was drawn on.")
    return middle


def _one_plane_per_slice(
    contours: Sequence[NDArray[np.float64]], slices: Sequence[float]
) -> tuple[list[tuple[int, NDArray[np.float64]]], list[str]]:
    """The contours that are filled, each with its slice, and what was left out, in phrases.

    Contours of two planes are no holes of each other, however near to the same slice both lie; nor is a contour that
    a program has written twice a hole of itself.

    :param contours: (n, 3) points, voxels (i, j, k).
    :param slices: at which slice each lies.
    """
    nearest: dict[int, float] = {}
    for at in slices:
        k = round(at)
        if abs(at - k) < abs(nearest.get(k, np.inf) - k):
            nearest[k] = at
    kept: dict[tuple[int, frozenset[tuple[float, ...]]], NDArray[np.float64]] = {}
    beside = 0
    for points, at in zip(contours, slices):
        k = round(at)
        if abs(at - nearest[k]) > _ONE_PLANE:
            beside += 1
        else:
            corners = np.rint(points[:, :2] / _SAME_POINT).tolist()
            kept.setdefault((k, frozenset(map(tuple, corners))), points)
    notes = []
    if beside:
        fact = f"{beside} of {len(contours)} contours lie between the slices of the images, nearer to none"
        notes.append(f"{fact}; left out")
    if twice := len(contours) - beside - len(kept):
        notes.append(f"{twice} contour{'s are' if twice > 1 else ' is'} there twice; counted once")
    drawn_on = sorted(nearest)
    if len(drawn_on) > 1 and np.diff(drawn_on).min() > 1:
        span = drawn_on[-1] - drawn_on[0] + 1
        notes.append(f"contours on {len(drawn_on)} of the {span} slices that it spans; the others stay empty")
    return [(k, points) for (k, _), points in kept.items()], notes


def _filled(
    contours: Sequence[tuple[int, NDArray[np.float64]]], geometry: Geometry, fill: Callable[..., Any]
) -> tuple[NDArray[np.bool_], int]:
    """The voxels of a structure, and on how many slices contours cross: neither is a hole of the other."""
    mask = np.zeros(geometry.shape, dtype=bool)
    crossing = 0
    of_slice = itemgetter(0)
    for k, some in itertools.groupby(sorted(contours, key=of_slice), key=of_slice):
        areas = [fill(geometry.shape[1:], ijk[:, [1, 0]]) for _, ijk in some]
        mask[k] = np.logical_xor.reduce(areas)
        crossing += any(0 < shared < smaller for shared, smaller in _shared_sizes(areas))
    return mask, crossing


def _shared_sizes(areas: Sequence[NDArray[np.bool_]]) -> Iterator[tuple[int, int]]:
    """Of each two areas whose boxes meet: how many voxels they share, and how many the smaller one has."""
    filled = [(area, int(np.count_nonzero(area)), _box(area)) for area in areas if area.any()]
    for (one, size, box), (other, other_size, other_box) in itertools.combinations(filled, 2):
        both = tuple(slice(max(a.start, b.start), min(a.stop, b.stop)) for a, b in zip(box, other_box))
        if all(part.stop > part.start for part in both):
            yield int(np.count_nonzero(one[both] & other[both])), min(size, other_size)


def _box(area: NDArray[np.bool_]) -> tuple[slice, slice]:
    rows, columns = (np.flatnonzero(area.any(axis=axis)) for axis in (1, 0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def referenced_series(dataset: Dataset) -> tuple[str, ...]:
    found = []
    for frame in dataset.get("ReferencedFrameOfReferenceSequence") or []:
        for study in frame.get("RTReferencedStudySequence") or []:
            for series in study.get("RTReferencedSeriesSequence") or []:
                found.append(text_of(series, "SeriesInstanceUID"))
    return tuple(dict.fromkeys(uid for uid in found if uid))


def _frames_of_reference(dataset: Dataset) -> tuple[str, ...]:
    frames = [text_of(item, "FrameOfReferenceUID") for item in dataset.get("ReferencedFrameOfReferenceSequence") or []]
    frames += [text_of(item, "ReferencedFrameOfReferenceUID") for item in dataset.get("StructureSetROISequence") or []]
    return tuple(dict.fromkeys(uid for uid in frames if uid))


def _polygon2mask() -> Callable[..., Any]:
    try:
        from skimage.draw import polygon2mask
    except ImportError as error:
        remedy = "Install it: pip install 'segmentation-concordance[rtstruct]'."
        raise ConcordanceError("an RT Structure Set", "needs the Python package scikit-image", remedy) from error
    return polygon2mask
