"""DICOM SEG of any maker -> a label map with geometry, codes, colours and references."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.uid import SegmentationStorage, SurfaceSegmentationStorage

from ..errors import DicomSegError, UnreadableFileError
from ..memory_budget import require_within_budget
from .dicom_files import inflated, read_dicom
from .geometry import Geometry
from .image_series import ImageSeries
from .label_map import LabelMap, Segment, label_counts
from .seg_alike import told_apart
from .seg_correction import SegCorrection, SegReference, correction_in
from .seg_damage import DAMAGE, damage_is_told
from .seg_described import segments_of, text_of
from .seg_frames import FrameTable, frame_grid, read_frame_table
from .seg_identity import SegIdentity, told_identity
from .seg_metadata import LABEL_MAP_STORAGE
from .seg_pixels import Canvas, are_frames_padded, decoded_frames, frame_masks, least_values, packed_masks
from .seg_scan import ScannedSeg, scan_seg
from .seg_slices import FramesOnSlices, frames_on_slices

_COPY_AGAIN = "Copy or export it again."
_EXPORT_AGAIN = "Export it again from the program that made it."
_LISTED = 5
_KINDS = ("BINARY", "FRACTIONAL", "LABELMAP")


@dataclass(frozen=True, eq=False)
class DicomSeg:
    """A DICOM segmentation.

    :param path: the file that it was read from.
    :param label_map: the segments, labelled with their SegmentNumber. The grid reaches from the first to the last
        frame, k along the normal of the frames: often fewer slices than the images have. Segments that overlap lie in
        several layers. Segment.algorithm is SegmentAlgorithmName. A segment without frames is kept, without voxels.
    :param source_images: for each slice k the SOPInstanceUIDs of the images that its frames were derived from.
    :param referenced_series_uids: SeriesInstanceUIDs of ReferencedSeriesSequence; may be empty.
    :param frame_of_reference_uid: may be empty in files of old makers.
    :param identity: the model, label map and tasks that it was made with; empty texts where it does not say.
    :param correction: by whom, and of which SEG it is a correction; None where it does not say so.
    :param notes: what reading had to decide, a phrase each.
    """

    path: Path
    label_map: LabelMap
    source_images: tuple[frozenset[str], ...]
    sop_instance_uid: str
    series_uid: str
    study_uid: str
    frame_of_reference_uid: str
    referenced_series_uids: tuple[str, ...]
    series_description: str
    content_label: str
    identity: SegIdentity
    sop_class_uid: str = SegmentationStorage
    correction: SegCorrection | None = None
    notes: tuple[str, ...] = ()

    @property
    def label_map_name(self) -> str:
        """The label map (a model's vocabulary) that it was made with; empty where it does not say."""
        return self.identity.label_map

    @property
    def tasks(self) -> tuple[str, ...]:
        """The model's tasks that were run; empty where it does not say."""
        return self.identity.tasks

    @property
    def reference(self) -> SegReference:
        """What it takes to refer to it."""
        return SegReference(self.sop_class_uid, self.sop_instance_uid, self.series_uid)

    @property
    def algorithm_names(self) -> tuple[str, ...]:
        """The different SegmentAlgorithmNames of the segments, in their order, empty ones left out."""
        return tuple(dict.fromkeys(segment.algorithm for segment in self.label_map.segments if segment.algorithm))


def read_dicom_seg(path: str | os.PathLike[str], series: ImageSeries | None = None) -> DicomSeg:
    """Read a DICOM SEG: binary, fractional or label map; native, deflated or compressed; frames in any order.

    A voxel of a fractional segment belongs to it from half of MaximumFractionalValue on.

    :param series: the images that it was made on, where they are at hand. Frames that lie on them then get their
        places and their spacing, see :func:`frames_on_slices`; others, and all without a series, those of the file.
    :raises UnreadableFileError: the file is missing, empty, or not DICOM.
    :raises DicomSegError: it is DICOM but no SEG, has no segments, is truncated, lacks functional groups, holds two
        frames of one segment in one place, refers to segments that it does not describe, or is no even volume.
    """
    path = Path(path)
    plain = inflated(path)
    scanned = scan_seg(path, plain)
    dataset = scanned.dataset if scanned else _dataset(path, plain)
    with damage_is_told(path):
        require_segmentation(dataset, path)
        _require_frame_size(dataset, path)
        is_label_map = dataset.SOPClassUID == LABEL_MAP_STORAGE or dataset.get("SegmentationType") == "LABELMAP"
        described = segments_of(dataset, path)
        table = scanned.table if scanned else _frame_table(dataset, is_label_map, path)
        placed = _placed(table, int(dataset.Rows), int(dataset.Columns), series, path)
        geometry, slices = placed.geometry, placed.slices
        require_within_budget(path, geometry.shape)
        _require_single_frames(table, slices, path)
        least, doubts = _fractions(dataset, table, path)
        if is_label_map:
            label_map = _label_map_of_values(dataset, slices, geometry, described, path)
        else:
            masks = (
                _masks_in_file(scanned, geometry, path, plain)
                if scanned
                else frame_masks(dataset, len(slices), path, least)
            )
            label_map = _label_map_of_masks(masks, table, slices, geometry, described, path)
        label_map, alike = _told_apart(label_map, table)
        identity = _identity(dataset)
        return DicomSeg(
            path=path,
            label_map=label_map,
            source_images=_source_images(table, slices, geometry.shape[0]),
            sop_instance_uid=text_of(dataset, "SOPInstanceUID"),
            series_uid=text_of(dataset, "SeriesInstanceUID"),
            study_uid=text_of(dataset, "StudyInstanceUID"),
            frame_of_reference_uid=text_of(dataset, "FrameOfReferenceUID"),
            referenced_series_uids=_referenced_series(dataset),
            series_description=text_of(dataset, "SeriesDescription"),
            content_label=text_of(dataset, "ContentLabel"),
            identity=identity,
            sop_class_uid=str(dataset.SOPClassUID),
            correction=correction_in(dataset),
            notes=tuple(note for note in (placed.note, *alike, *_pixel_notes(dataset, doubts, described)) if note),
        )


_Doubts = tuple[tuple[int, ...], tuple[int, ...]]


def _fractions(dataset: Dataset, table: FrameTable, path: Path) -> tuple[list[float] | None, _Doubts]:
    """See :func:`least_values`; nothing for a SEG that is not fractional."""
    if dataset.get("SegmentationType") != "FRACTIONAL" or table.segment_numbers is None:
        return None, ((), ())
    return least_values(dataset, table.segment_numbers, path)


def _pixel_notes(dataset: Dataset, doubts: _Doubts, described: dict[int, Segment]) -> Iterator[str]:
    masks, low = (
        ", ".join(described[number].name for number in some[:_LISTED] if number in described) for some in doubts
    )
    if masks:
        yield f"{masks}: fractional with one single value below half; taken as masks"
    if low:
        yield f"{low}: fractional with values below half everywhere, so nothing of it counts"
    if dataset.get("SegmentationType") == "BINARY" and "PixelData" in dataset and int(dataset.BitsAllocated) == 1:
        shape = (int(dataset.Rows), int(dataset.Columns))
        syntax = dataset.file_meta.TransferSyntaxUID
        if not syntax.is_encapsulated and are_frames_padded(
            len(dataset.PixelData), int(dataset.get("NumberOfFrames") or 1), shape, Path(dataset.filename or "")
        ):
            yield "its frames are padded to whole bytes, which the standard does not provide for; read frame by frame"


def _told_apart(label_map: LabelMap, table: FrameTable) -> tuple[LabelMap, tuple[str, ...]]:
    """See :func:`told_apart`; of the segments that are there, as others cannot be mixed up with them."""
    numbers = table.segment_numbers
    present = set(label_counts(label_map.layers[0])) if numbers is None else set(numbers.tolist())
    found, notes = told_apart(one for one in label_map.segments if one.label in present)
    changed = {one.label: one for one in found}
    segments = tuple(changed.get(one.label, one) for one in label_map.segments)
    return LabelMap(label_map.layers, label_map.geometry, segments), notes


def _identity(dataset: Dataset) -> SegIdentity:
    """What the segments' Algorithm Parameters tell; in files without them, ContentDescription."""
    sequences = (item.get("SegmentationAlgorithmIdentificationSequence") for item in dataset.SegmentSequence)
    items = [sequence[0] for sequence in sequences if sequence]
    texts = [str(item.AlgorithmParameters) for item in items if item.get("AlgorithmParameters")]
    return told_identity(texts, text_of(dataset, "ContentDescription"))


def _placed(table: FrameTable, rows: int, columns: int, series: ImageSeries | None, path: Path) -> FramesOnSlices:
    if series is not None and (found := frames_on_slices(table, rows, columns, series, path)):
        return found
    return FramesOnSlices(*frame_grid(table, rows, columns, path))


def check_refers_to(seg: DicomSeg, series: ImageSeries) -> None:
    """Make sure that a segmentation was made on ``series``.

    Decided by the first of these that the SEG has: the referenced series, the source images of its frames, the frame
    of reference.

    :raises DicomSegError: it was made on another series, or does not say on which.
    """
    remedy = "Give the series that was segmented, or another segmentation."
    images = frozenset().union(*seg.source_images)
    if seg.referenced_series_uids:
        if series.series_uid not in seg.referenced_series_uids:
            others = ", ".join(seg.referenced_series_uids)
            raise DicomSegError(seg.path, f"refers to series {others}, not to {series.series_uid}", remedy)
    elif images:
        if images.isdisjoint(series.sop_instance_uids):
            raise DicomSegError(seg.path, f"refers to no image of series {series.series_uid}: {min(images)}", remedy)
    elif not seg.frame_of_reference_uid or seg.frame_of_reference_uid != series.frame_of_reference_uid:
        raise DicomSegError(
            seg.path,
            f"names no series, and its frame of reference is {seg.frame_of_reference_uid or 'blank'}, "
            f"that of the series {series.frame_of_reference_uid or 'blank'}",
            remedy,
        )


def _dataset(path: Path, plain: BinaryIO | None) -> Dataset:
    try:
        if path.stat().st_size == 0:
            raise UnreadableFileError(path, "is empty (0 bytes)", _COPY_AGAIN)
        return read_dicom(path, plain=plain)
    except InvalidDicomError as error:
        raise UnreadableFileError(path, "is not a DICOM file", "Give the DICOM SEG.") from error
    except OSError as error:
        reason = "does not exist" if isinstance(error, FileNotFoundError) else f"cannot be read ({error})"
        raise UnreadableFileError(path, reason, "Check the path.") from error
    except DAMAGE as error:
        raise DicomSegError(path, f"is a damaged DICOM file ({error})", _COPY_AGAIN) from error


def require_segmentation(dataset: Dataset, path: Path) -> None:
    """:raises DicomSegError: the dataset is no voxel segmentation, or has no segments."""
    kind = dataset.get("SOPClassUID", "")
    if kind == SurfaceSegmentationStorage:
        raise DicomSegError(path, "is a surface segmentation, without voxels", "Give a voxel segmentation.")
    if kind not in (SegmentationStorage, LABEL_MAP_STORAGE):
        modality = text_of(dataset, "Modality") or "unknown"
        raise DicomSegError(path, f"is DICOM of modality {modality}, not a SEG", "Give the DICOM SEG.")
    if not dataset.get("SegmentSequence"):
        raise DicomSegError(path, "describes no segments", "Give a segmentation that has segments.")


def _require_frame_size(dataset: Dataset, path: Path) -> None:
    """Whether the frames have a size and a kind, and fit into the pixel data of a file that is not compressed."""
    kind = str(dataset.get("SegmentationType") or "")
    if kind not in _KINDS:
        raise DicomSegError(path, f"is a segmentation of the unknown type {kind[:40]!r}", _EXPORT_AGAIN)
    rows, columns = int(dataset.get("Rows") or 0), int(dataset.get("Columns") or 0)
    if rows < 1 or columns < 1:
        raise DicomSegError(path, f"its frames have {rows} rows and {columns} columns", _EXPORT_AGAIN)
    bits, frames = max(1, int(dataset.BitsAllocated)), int(dataset.get("NumberOfFrames") or 1)
    require_within_budget(path, [rows, columns], -(-bits // 8))
    pixels = dataset.get("PixelData")
    if pixels is not None and not dataset.file_meta.TransferSyntaxUID.is_encapsulated:
        whole = 8 * len(pixels) // (rows * columns * bits)
        if whole < frames:
            raise DicomSegError(path, f"is truncated: pixel data of {whole} of {frames} frames", _COPY_AGAIN)


def _frame_table(dataset: Dataset, is_label_map: bool, path: Path) -> FrameTable:
    if "PixelData" not in dataset:
        raise DicomSegError(path, "has no pixel data", _COPY_AGAIN)
    return read_frame_table(dataset, path, frames_have_segments=not is_label_map)


def _require_single_frames(table: FrameTable, slices: np.ndarray, path: Path) -> None:
    numbers = np.zeros_like(slices) if table.segment_numbers is None else table.segment_numbers
    places, counts = np.unique(np.stack([numbers, slices], axis=1), axis=0, return_counts=True)
    if counts.max() > 1:
        number, k = places[counts.argmax()]
        what = f"of segment {number} " if number else ""
        raise DicomSegError(path, f"holds {counts.max()} frames {what}in one place (slice {k + 1})", _COPY_AGAIN)


def _masks_in_file(
    scanned: ScannedSeg, geometry: Geometry, path: Path, plain: BinaryIO | None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    with path.open("rb") if plain is None else contextlib.nullcontext(plain) as file:
        yield from packed_masks(file, scanned.pixels_at, len(scanned.table.positions), geometry.shape[1:], path)


def _label_map_of_masks(
    masks: Iterator[tuple[np.ndarray, np.ndarray]],
    table: FrameTable,
    slices: np.ndarray,
    geometry: Geometry,
    described: dict[int, Segment],
    path: Path,
) -> LabelMap:
    numbers = [] if table.segment_numbers is None else table.segment_numbers.tolist()
    unknown = sorted(set(numbers) - described.keys())
    if unknown:
        raise DicomSegError(path, f"has frames of segments that it does not describe: {unknown[:10]}", _COPY_AGAIN)
    canvas = Canvas(geometry.shape, max(described), path)
    for number, k, (blocks, mask) in zip(numbers, slices.tolist(), masks):
        canvas.paint(number, k, blocks, mask)
    segments = (replace(segment, layer=canvas.layer_of.get(number, 0)) for number, segment in described.items())
    return LabelMap(tuple(canvas.layers), geometry, tuple(segments))


def _label_map_of_values(
    dataset: Dataset,
    slices: np.ndarray,
    geometry: Geometry,
    described: dict[int, Segment],
    path: Path,
) -> LabelMap:
    layer = np.zeros(geometry.shape, dtype=np.uint8 if int(dataset.BitsAllocated) <= 8 else np.uint16)
    for k, frame in zip(slices.tolist(), decoded_frames(dataset, len(slices), path)):
        layer[k] = frame
    padding = dataset.get("PixelPaddingValue")
    if padding:
        layer[layer == padding] = 0
    label_map = LabelMap((layer,), geometry, tuple(described.values()))
    unknown = [label for _, label in label_map.unnamed_labels()]
    if unknown:
        raise DicomSegError(path, f"has voxels of segments that it does not describe: {unknown[:10]}", _COPY_AGAIN)
    return label_map


def _source_images(table: FrameTable, slices: np.ndarray, count: int) -> tuple[frozenset[str], ...]:
    found: list[set[str]] = [set() for _ in range(count)]
    for k, images in zip(slices.tolist(), table.sources):
        found[k].update(images)
    return tuple(frozenset(images) for images in found)


def _referenced_series(dataset: Dataset) -> tuple[str, ...]:
    items = dataset.get("ReferencedSeriesSequence") or []
    return tuple(dict.fromkeys(uid for uid in (text_of(item, "SeriesInstanceUID") for item in items) if uid))
