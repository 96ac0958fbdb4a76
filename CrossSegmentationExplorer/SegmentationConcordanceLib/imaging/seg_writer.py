"""A label map on an image series -> DICOM SEG, written by dcmqi and read back voxel by voxel before it appears."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import SimpleITK
from pydicom.errors import InvalidDicomError
from pydicom.uid import ExplicitVRLittleEndian

from ..errors import ConcordanceError, DicomSegError, GeometryMismatchError, OutputError, UnreadableFileError
from .dcmqi import last_message, run_dcmqi
from .dicom_files import read_dicom
from .geometry import Geometry
from .image_series import ImageSeries
from .label_map import LabelMap, smallest_dtype
from .seg_check import require_same
from .seg_metadata import content_description, seg_metadata, storable_segments
from .seg_reader import read_dicom_seg
from .whole_files import require_no_input, whole_file

BINARY, LABEL_MAP = "binary", "label map"
"""The kinds of SEG: one bit per voxel and segment, or one number per voxel (DICOM 2024c)."""

_MOST_SEGMENTS = 2**15 - 1
_COPIED_AT_ONCE = 2**20
_MAPPED = re.compile(r"(\d+) of (\d+) slices mapped to source DICOM images")


def write_dicom_seg(
    path: str | os.PathLike[str],
    label_map: LabelMap,
    series: ImageSeries,
    *,
    model_name: str,
    series_description: str = "",
    label_map_name: str = "",
    tasks: Sequence[str] = (),
    short_tasks: Sequence[str] = (),
    series_number: int = 300,
    kind: str = BINARY,
    waiting: Callable[[], None] | None = None,
) -> None:
    """Write one uncompressed DICOM SEG that refers to the images of ``series``.

    Segments are numbered from 1 in the order of their layers and of ``label_map.segments``; those without voxels are
    left out. The file is read back and compared with what was meant, and only then appears at ``path``.

    :param label_map: on the grid of ``series``; overlapping segments in several layers are fine.
    :param model_name: becomes SegmentAlgorithmName of every segment.
    :param series_description: SeriesDescription; ``model_name`` where empty.
    :param label_map_name: the label map that gave the codes; kept in ContentDescription, with ``tasks`` or, where
        there is no room for them, ``short_tasks``.
    :param kind: ``BINARY``, which every program reads, or ``LABEL_MAP``, smaller and quicker, for segments that do not
        overlap.
    :param waiting: called ten times a second while dcmqi works; may raise to cancel, and then nothing is written.
    :raises GeometryMismatchError: the label map lies on another grid than the series.
    :raises ConcordanceError: no segment has voxels, a segment has no codes, or voxels belong to no segment; the
        segments overlap, or dcmqi is too old, for a label map SEG.
    :raises DicomSegError: dcmqi failed, or what it wrote is not what was meant.
    :raises OutputError: the file, or temporary files on the way, cannot be written; or it is one of the images.
    """
    path = Path(path)
    require_no_input(path, series.files)
    if not label_map.geometry.matches(series.geometry):
        differences = "; ".join(label_map.geometry.differences(series.geometry))
        raise GeometryMismatchError(
            path, f"the segmentation is not on the grid of the images: {differences}", "Bring it to that grid first."
        )
    numbered = _numbered(label_map, path)
    if kind == LABEL_MAP:
        _require_label_map(numbered, path)
    numbered = replace(numbered, segments=storable_segments(numbered.segments, model_name))
    metadata = seg_metadata(
        [[s for s in numbered.segments if s.layer == layer] for layer in range(len(numbered.layers))],
        series_description=series_description or model_name,
        content_description=content_description(label_map_name, tasks, short_tasks),
        series_number=series_number,
    )
    with whole_file(path) as temporary, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        written = _run_itkimage2segimage(numbered, metadata, series, Path(folder), path, kind, waiting)
        require_same(read_dicom_seg(written, series), numbered, series, path)
        with written.open("rb") as source, temporary.open("wb") as target:
            shutil.copyfileobj(source, target, _COPIED_AT_ONCE)


def label_map_obstacle() -> str:
    """Why no label map SEG can be written here, in a sentence; "" where one can.

    :raises ConcordanceError: dcmqi is not installed.
    """
    with tempfile.TemporaryDirectory() as folder:
        words = run_dcmqi("itkimage2segimage", ["--help"], Path(folder)).stdout
    return "" if "--segmentationType" in words else "The installed dcmqi writes binary SEG only."


def _require_label_map(numbered: LabelMap, path: Path) -> None:
    if len(numbered.layers) > 1:
        raise ConcordanceError(path, "its segments overlap, which a label map SEG cannot hold", "Write a binary SEG.")
    obstacle = label_map_obstacle()
    if obstacle:
        raise ConcordanceError("dcmqi", obstacle, "Write a binary SEG, or install dcmqi 1.5.7 or later.")


def _numbered(label_map: LabelMap, path: Path) -> LabelMap:
    """The segments that have voxels, labelled 1 to N over all layers; layers without any are left out."""
    unnamed = label_map.unnamed_labels()
    if unnamed:
        labels = ", ".join(str(label) for _, label in unnamed[:10])
        raise ConcordanceError(path, f"voxels of label {labels} belong to no segment", "Name them in the label map.")
    counts = label_map.voxel_counts()
    found = sorted((segment for segment in label_map.segments if counts[segment]), key=lambda segment: segment.layer)
    if not found:
        raise ConcordanceError(
            path, f"nothing was segmented: none of {len(counts)} segments has a voxel", "A DICOM SEG cannot be empty."
        )
    if len(found) > _MOST_SEGMENTS:
        raise ConcordanceError(path, f"{len(found)} segments, more than {_MOST_SEGMENTS}", "Write several files.")
    dtype = smallest_dtype([len(found)])
    used = sorted({segment.layer for segment in found})
    layers, segments = [], []
    for new_layer, old_layer in enumerate(used):
        here = [segment for segment in found if segment.layer == old_layer]
        numbers = range(len(segments) + 1, len(segments) + len(here) + 1)
        layers.append(_relabelled(label_map.layers[old_layer], [s.label for s in here], numbers, dtype))
        segments += [replace(segment, label=n, layer=new_layer) for segment, n in zip(here, numbers)]
    return LabelMap(tuple(layers), label_map.geometry, tuple(segments))


def _relabelled(layer: np.ndarray, labels: Sequence[int], numbers: Sequence[int], dtype: np.dtype) -> np.ndarray:
    if layer.dtype.itemsize <= 2:
        table = np.zeros(max(labels) + 1, dtype=dtype)
        table[list(labels)] = numbers
        return table[layer]
    order = np.argsort(labels)
    table = np.concatenate([[0], np.asarray(numbers)[order]]).astype(dtype)
    return table[np.searchsorted(np.asarray(labels)[order], layer, side="right")]


def _run_itkimage2segimage(
    label_map: LabelMap,
    metadata: dict,
    series: ImageSeries,
    folder: Path,
    path: Path,
    kind: str,
    waiting: Callable[[], None] | None,
) -> Path:
    """Let dcmqi write the SEG in ``folder``; every name that it sees is relative to it, short and plain."""
    images = [f"layer{index}.nrrd" for index in range(len(label_map.layers))]
    for name, layer in zip(images, label_map.layers):
        _write_image(layer, label_map.geometry, folder / name)
    (folder / "metadata.json").write_text(json.dumps(metadata), encoding="ascii")
    _write_headers(series.files, folder / "series")
    done = run_dcmqi(
        "itkimage2segimage",
        [
            *("--inputImageList", ",".join(images)),
            *("--inputDICOMDirectory", "series"),
            *("--inputMetadata", "metadata.json"),
            *("--outputDICOM", "segmentation.dcm"),
            *("--skip", "1"),
            *(("--segmentationType", "labelmap", "--useLabelIDAsSegmentNumber") if kind == LABEL_MAP else ()),
        ],
        folder,
        waiting,
    )
    if done.returncode != 0:
        raise DicomSegError(path, f"dcmqi failed (code {done.returncode}): {last_message(done)}")
    mapped = [(int(n), int(m)) for n, m in _MAPPED.findall(done.stdout)]
    slices = len(series.files)
    if mapped != [(slices, slices)] * len(images):
        raise DicomSegError(path, f"dcmqi found images for {mapped} slices, not for {slices} of {slices}")
    return folder / "segmentation.dcm"


def _write_image(layer: np.ndarray, geometry: Geometry, path: Path) -> None:
    image = SimpleITK.GetImageFromArray(layer)
    image.SetSpacing(geometry.spacing_mm.tolist())
    image.SetOrigin(geometry.origin_lps.tolist())
    image.SetDirection(geometry.direction_lps.ravel().tolist())
    try:
        SimpleITK.WriteImage(image, str(path), useCompression=False)
    except RuntimeError as error:
        raise OutputError(
            path.parent, "temporary files cannot be written here", "Free some space, or set TMPDIR to another folder."
        ) from error


def _write_headers(files: Sequence[Path], folder: Path) -> None:
    """The headers of the images, under plain names: dcmqi takes patient, study, positions and UIDs from them.

    A few bytes stand for the pixel data, which dcmqi wants to see but does not use. The SOP Class UID, which it wants
    as well, is blank in some exports and is then that of the file's own head.
    """
    folder.mkdir()
    for number, file in enumerate(files):
        try:
            header = read_dicom(file, stop_before_pixels=True)
        except (OSError, InvalidDicomError) as error:
            raise UnreadableFileError(file, f"cannot be read again ({error})", "Check the image series.") from error
        if not header.get("SOPClassUID"):
            header.SOPClassUID = header.file_meta.MediaStorageSOPClassUID
        if header.file_meta.TransferSyntaxUID.is_compressed:
            header.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        header.add_new("PixelData", "OW", b"\0\0")
        header.save_as(folder / f"{number:05}.dcm")
