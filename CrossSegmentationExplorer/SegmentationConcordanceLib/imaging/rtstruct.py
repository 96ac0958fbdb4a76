"""DICOM RT Structure Set: planar contours -> a label map on the grid of the images.

The rule: a voxel belongs to a structure when its centre lies in, or on, an odd number of the structure's contours in
its slice (so contours inside of others are holes). scikit-image's ``polygon2mask`` fills each contour. It is an
optional package, which only this needs.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from ..errors import ConcordanceError, DicomSegError, GeometryMismatchError, UnreadableFileError
from .dicom_files import first_values, read_dicom
from .geometry import Geometry
from .label_map import LabelMap, Segment, smallest_dtype
from .seg_damage import DAMAGE
from .seg_described import text_of

RT_STRUCTURE_SET_STORAGE = "1.2.840.10008.5.1.4.1.1.481.3"
_CLOSED = ("CLOSED_PLANAR", "CLOSED_PLANAR_XOR")
_IN_PLANE = 0.1  # slices: how far a contour's points may lie from each other, across its slice
_FEWEST_POINTS = 3
_AXES = 3


@dataclass(frozen=True, eq=False)
class StructureSet:
    """An RT Structure Set on a grid.

    :param label_map: a segment per structure with closed contours, named as the file names it, without codes. Those
        that overlap lie in different layers.
    :param label: StructureSetLabel.
    :param series_uids: SeriesInstanceUIDs of the images that it was drawn on; may be empty.
    """

    path: Path
    label_map: LabelMap
    label: str
    series_uids: tuple[str, ...]


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
    found = [(name, color, contours) for name, color, contours in _structures(dataset, path) if contours]
    if not found:
        raise DicomSegError(path, "has no closed contours", "Give one that has structures.")
    dtype = smallest_dtype([len(found)])
    layers: list[NDArray[np.unsignedinteger]] = []
    segments = []
    for number, (name, color, contours) in enumerate(found, start=1):
        mask = _filled(contours, geometry, fill, f"{path}: {name}")
        layer = next((k for k, one in enumerate(layers) if not one[mask].any()), len(layers))
        if layer == len(layers):
            layers.append(np.zeros(geometry.shape, dtype))
        layers[layer][mask] = number
        segments.append(Segment(number, name, None, color, layer))
    label_map = LabelMap(tuple(layers), geometry, tuple(segments))
    return StructureSet(path, label_map, text_of(dataset, "StructureSetLabel"), referenced_series(dataset))


def _dataset(path: Path) -> Dataset:
    try:
        return read_dicom(path)
    except InvalidDicomError as error:
        raise UnreadableFileError(path, "is not a DICOM file", "Give the RT Structure Set.") from error
    except OSError as error:
        raise UnreadableFileError(path, f"cannot be read ({error.strerror or error})", "Check the path.") from error


def _structures(
    dataset: Dataset, path: Path
) -> Iterator[tuple[str, tuple[int, int, int] | None, list[NDArray[np.float64]]]]:
    """Name, colour and contours, (n, 3) points in LPS mm, of each structure."""
    names = {
        int(item.ROINumber): text_of(item, "ROIName") or f"ROI {item.ROINumber}"
        for item in dataset.get("StructureSetROISequence") or []
    }
    for item in dataset.get("ROIContourSequence") or []:
        number = int(item.get("ReferencedROINumber", -1))
        color = item.get("ROIDisplayColor")
        told = (int(color[0]), int(color[1]), int(color[2])) if color is not None and len(color) == _AXES else None
        contours = []
        for contour in item.get("ContourSequence") or []:
            points = np.array(contour.get("ContourData") or [], dtype=float)
            if points.size % _AXES:
                raise DicomSegError(path, f"a contour of {names.get(number, number)} has {points.size} numbers")
            if contour.get("ContourGeometricType") in _CLOSED and points.size >= _FEWEST_POINTS * _AXES:
                contours.append(points.reshape(-1, _AXES))
        yield names.get(number, f"ROI {number}"), told, contours


def _filled(
    contours: Sequence[NDArray[np.float64]], geometry: Geometry, fill: Callable[..., Any], what: str
) -> NDArray[np.bool_]:
    mask = np.zeros(geometry.shape, dtype=bool)
    for points in contours:
        ijk = geometry.ijk_of(points)
        slices = ijk[:, 2]
        k = round(float(slices.mean()))
        if np.ptp(slices) > _IN_PLANE or abs(slices.mean() - k) > 0.5 or not 0 <= k < geometry.shape[0]:
            fact = f"a contour lies at slices {slices.min():.2f} to {slices.max():.2f} of 0 to {geometry.shape[0] - 1}"
            raise GeometryMismatchError(what, fact, "Give the images that it was drawn on.")
        mask[k] ^= fill(geometry.shape[1:], ijk[:, [1, 0]])
    return mask


def referenced_series(dataset: Dataset) -> tuple[str, ...]:
    found = []
    for frame in dataset.get("ReferencedFrameOfReferenceSequence") or []:
        for study in frame.get("RTReferencedStudySequence") or []:
            for series in study.get("RTReferencedSeriesSequence") or []:
                found.append(text_of(series, "SeriesInstanceUID"))
    return tuple(dict.fromkeys(uid for uid in found if uid))


def _polygon2mask() -> Callable[..., Any]:
    try:
        from skimage.draw import polygon2mask
    except ImportError as error:
        remedy = "Install it: pip install 'segmentation-concordance[rtstruct]'."
        raise ConcordanceError("an RT Structure Set", "needs the Python package scikit-image", remedy) from error
    return polygon2mask
