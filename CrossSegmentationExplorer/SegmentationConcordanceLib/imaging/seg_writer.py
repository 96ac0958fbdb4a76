"""A label map on an image series -> DICOM SEG, read back voxel by voxel before it appears."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..errors import ConcordanceError, GeometryMismatchError
from .binary_seg import write_binary
from .image_series import ImageSeries
from .label_map import LabelMap
from .numbered_segments import NumberedSegments, numbered_segments
from .seg_check import require_same
from .seg_correction import SegCorrection
from .seg_file import COMPRESSIONS, SegDescription
from .seg_identity import SegIdentity
from .seg_metadata import content_description, storable_segments, storable_text
from .seg_reader import read_dicom_seg
from .source_headers import read_source_header
from .whole_files import require_no_input, whole_file

KINDS = BINARY, LABEL_MAP, AUTO = "binary", "labelmap", "auto"
"""The kinds of SEG: one bit per voxel and segment, which every program reads; one number per voxel (DICOM 2024c), small
and quick, for segments that do not overlap; the second where it can be, else the first."""

DEFAULT_COMPRESSION = {BINARY: "none", LABEL_MAP: "jpegls"}
_BINARY_COMPRESSIONS = ("none", "deflate")

FIRST_SERIES_NUMBER = 300
"""SeriesNumber of a SEG, far from those of scanners."""


@dataclass(frozen=True, slots=True)
class SegStorage:
    """How the DICOM SEGs of a call are stored.

    :param kind: ``BINARY``, ``LABEL_MAP`` or ``AUTO``.
    :param compression: one of :data:`COMPRESSIONS`; "" for that of :data:`DEFAULT_COMPRESSION`.
    """

    kind: str = BINARY
    compression: str = ""


def write_dicom_seg(
    path: str | os.PathLike[str],
    label_map: LabelMap,
    series: ImageSeries,
    *,
    model_name: str,
    series_description: str = "",
    identity: SegIdentity | None = None,
    series_number: int = FIRST_SERIES_NUMBER,
    kind: str = BINARY,
    compression: str = "",
    correction: SegCorrection | None = None,
    waiting: Callable[[], None] | None = None,
) -> tuple[str, ...]:
    """Write one DICOM SEG that refers to the images of ``series``.

    Segments are numbered from 1 in the order of their layers and of ``label_map.segments``; those without voxels are
    left out. The file is read back and compared with what was meant, and only then appears at ``path``. Its UIDs
    follow from its content: the same input gives the same ones.

    :param label_map: on the grid of ``series``; overlapping segments in several layers are fine in a binary SEG.
    :param model_name: becomes SegmentAlgorithmName of every segment; where it is empty each keeps its own.
    :param series_description: SeriesDescription; ``model_name`` where empty.
    :param identity: which model it is, by which label map and tasks; see :class:`SegIdentity`.
    :param kind: ``BINARY``, ``LABEL_MAP`` or ``AUTO``: a label map where no segments overlap, else binary.
    :param compression: one of :data:`COMPRESSIONS`, by default :data:`DEFAULT_COMPRESSION`; binary SEGs know "none" and
        "deflate".
    :param correction: by whom the segmentation was corrected, and which SEG that was; None for what a model made.
    :param waiting: called ten times a second while dcmqi works, and before and after other writers do; may raise to
        cancel, and then nothing is written.
    :returns: what was mended of the patient and the study in the images' headers, a sentence each.
    :raises GeometryMismatchError: the label map lies on another grid than the series.
    :raises ConcordanceError: no segment has voxels, a segment has no codes, or voxels belong to no segment; the
        segments overlap in a label map SEG; a compression that the kind does not know.
    :raises DicomSegError: dcmqi failed, or what was written is not what was meant.
    :raises OutputError: the file, or temporary files on the way, cannot be written; or it is one of the images.
    """
    path = Path(path)
    require_no_input(path, series.files)
    _require_grid(label_map, series, path)
    numbered = numbered_segments(label_map, path)
    kind, compression = _kind_and_compression(kind, compression, numbered, path)
    numbered = replace(numbered, segments=storable_segments(numbered.segments, model_name))
    identity = identity or SegIdentity(model=model_name)
    source = read_source_header(series)
    by = () if correction is None else (correction,)
    description = SegDescription(
        source=source.dataset,
        identity=identity,
        series_description=storable_text(series_description or model_name),
        content_description=content_description(identity.label_map, identity.tasks),
        series_number=series_number,
        compression=compression,
        seed=_digest(numbered, series, identity, series_description, series_number, kind, compression, *by),
        correction=correction,
    )
    _write_checked(path, kind, numbered, series, description, waiting)
    return source.notes


def _require_grid(label_map: LabelMap, series: ImageSeries, path: Path) -> None:
    if not label_map.geometry.matches(series.geometry):
        differences = "; ".join(label_map.geometry.differences(series.geometry))
        raise GeometryMismatchError(
            path, f"the segmentation is not on the grid of the images: {differences}", "Bring it to that grid first."
        )


def _write_checked(
    path: Path,
    kind: str,
    numbered: NumberedSegments,
    series: ImageSeries,
    description: SegDescription,
    waiting: Callable[[], None] | None,
) -> None:
    """Write the file, and let it appear once it was read back as what was meant."""
    write = write_binary
    if kind != BINARY:
        from .label_map_seg import write_label_map as write  # highdicom takes a while to load
    with whole_file(path) as temporary, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        write(temporary, numbered.label_map(series.geometry), series, description, Path(folder), path, waiting)
        require_same(read_dicom_seg(temporary, series), numbered, series, path, description.correction)


def _kind_and_compression(kind: str, compression: str, numbered: NumberedSegments, path: Path) -> tuple[str, str]:
    overlaps = len(numbered.layers) > 1
    if kind == AUTO:
        kind = BINARY if overlaps else LABEL_MAP
        compression = compression if not overlaps or compression in _BINARY_COMPRESSIONS else ""
    if kind == LABEL_MAP and overlaps:
        raise ConcordanceError(path, "its segments overlap, which a label map SEG cannot hold", "Write a binary SEG.")
    compression = compression or DEFAULT_COMPRESSION[kind]
    possible = COMPRESSIONS if kind == LABEL_MAP else _BINARY_COMPRESSIONS
    if compression not in possible:
        fact = f"a {kind} SEG cannot be compressed so"
        raise ConcordanceError(f"compression {compression}", fact, f"Use one of {', '.join(possible)}.")
    return kind, compression


def _digest(numbered: NumberedSegments, series: ImageSeries, *facts: object) -> str:
    """A text that is the same for the same content, and another for any other."""
    digest = hashlib.blake2b(repr((facts, numbered.segments, series.sop_instance_uids)).encode(), digest_size=32)
    for layer in numbered.layers:
        for one_slice in layer:
            digest.update(np.ascontiguousarray(one_slice).data)
    return digest.hexdigest()
