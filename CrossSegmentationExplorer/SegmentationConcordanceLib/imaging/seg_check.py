"""Whether a DICOM SEG, read back, is what was meant to be written."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..errors import DicomSegError
from .geometry import Geometry
from .image_series import ImageSeries
from .label_map import LabelMap
from .numbered_segments import NumberedSegments
from .seg_alike import told_apart
from .seg_correction import SegCorrection
from .seg_reader import DicomSeg

_TOLERANCE_VOXELS = 0.01
_REMEDY = "Nothing was written. Report this, with the versions of dcmqi and of this program."


def require_same(
    seg: DicomSeg, meant: NumberedSegments, series: ImageSeries, path: Path, correction: SegCorrection | None = None
) -> None:
    """Compare segments, references, position and every voxel.

    :param meant: on the grid of ``series``.
    :param path: the file that is being written, for the error.
    :param correction: that it should tell.
    :raises DicomSegError: on the first difference.
    """
    _require_same_segments(seg, meant, path)
    first = _first_slice(seg.label_map.geometry, series.geometry, path)
    _require_same_references(seg, series, first, path, correction)
    for index in range(len(meant.layers)):
        _require_same_voxels(seg.label_map, meant, index, first, path)


def _require_same_segments(seg: DicomSeg, meant: NumberedSegments, path: Path) -> None:
    read = {segment.label: segment for segment in seg.label_map.segments}
    if sorted(read) != sorted(segment.label for segment in meant.segments):
        raise DicomSegError(path, f"{len(read)} segments were written, not {len(meant.segments)}", _REMEDY)
    for segment in told_apart(meant.segments)[0]:  # as reading tells segments of the same codes apart
        for field in ("name", "structure", "color", "algorithm", "description", "is_edited"):
            is_, should = getattr(read[segment.label], field), getattr(segment, field)
            if is_ != should:
                raise DicomSegError(
                    path, f"segment {segment.label} was written with {field} {is_!r}, not {should!r}", _REMEDY
                )


def _first_slice(read: Geometry, images: Geometry, path: Path) -> int:
    """The slice of the series in which the SEG begins; its grid must be a run of the series' slices."""
    first = int(np.rint(images.ijk_of(read.lps_of((0, 0, 0)))[2]))
    affine = images.ijk_to_lps.copy()
    affine[:3, 3] = images.lps_of((0, 0, first))
    run = Geometry((read.shape[0], *images.shape[1:]), affine)
    if first < 0 or first + read.shape[0] > images.shape[0] or not run.matches(read, _TOLERANCE_VOXELS):
        differences = "; ".join(read.differences(run)) or f"slices {first} to {first + read.shape[0] - 1}"
        raise DicomSegError(path, f"was written on another grid than the images: {differences}", _REMEDY)
    return first


def _require_same_references(
    seg: DicomSeg, series: ImageSeries, first: int, path: Path, correction: SegCorrection | None
) -> None:
    corrected = correction.corrected if correction else None
    referenced = [series.series_uid, *([corrected.series_uid] if corrected else [])]
    pairs = [
        ("study", seg.study_uid, series.study_uid),
        ("series", ", ".join(seg.referenced_series_uids), ", ".join(referenced)),
        (
            "segmentation",
            seg.correction.corrected.text if seg.correction and seg.correction.corrected else "",
            corrected.text if corrected else "",
        ),
    ]
    if series.frame_of_reference_uid:
        pairs.append(("frame of reference", seg.frame_of_reference_uid, series.frame_of_reference_uid))
    for what, is_, should in pairs:
        if is_ != should:
            raise DicomSegError(path, f"was written with reference to {what} {is_ or 'none'}, not {should}", _REMEDY)
    for k, images in enumerate(seg.source_images):
        has_frames = any(layer[k].any() for layer in seg.label_map.layers)
        image = {series.sop_instance_uids[first + k]}
        if images != image and (images or has_frames):
            raise DicomSegError(path, f"slice {first + k + 1} refers to image {sorted(images)}, not {image}", _REMEDY)


def _require_same_voxels(read: LabelMap, meant: NumberedSegments, index: int, first: int, path: Path) -> None:
    """Compare one layer, slice by slice: the reader may have spread its segments over other layers."""
    numbers = [segment.label for segment in meant.segments if segment.layer == index]
    own = np.zeros(max(segment.label for segment in meant.segments) + 1, dtype=meant.layers[index].dtype)
    own[numbers] = numbers
    last = first + read.geometry.shape[0]
    wrong = 0
    for k, should in enumerate(meant.layers[index]):
        is_ = sum(own[layer[k - first]] for layer in read.layers) if first <= k < last else 0
        wrong += int(np.count_nonzero(should != is_))
    if wrong:
        raise DicomSegError(path, f"{wrong} voxels were written with another segment than meant", _REMEDY)
