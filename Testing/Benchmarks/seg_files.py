"""One model's segments from files: binary DICOM SEG, label map SEG, NIfTI."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

import highdicom
import nibabel
import numpy as np
import pydicom
import SimpleITK
from full_sample import FullSample, read_sample_model
from highdicom.sr.coding import CodedConcept
from measuring import Row, Table, Timing, at_least_times, demanded, extra_process_mb, extra_python_mb, in_turn, require

from SegmentationConcordanceLib.anatomy.concepts import CodedConcept as Concept
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
from SegmentationConcordanceLib.imaging.dcmqi import run_dcmqi
from SegmentationConcordanceLib.imaging.image_series import ImageSeries
from SegmentationConcordanceLib.imaging.label_map import LabelMap
from SegmentationConcordanceLib.imaging.resampling import bring_to_grid
from SegmentationConcordanceLib.imaging.seg_reader import read_dicom_seg
from SegmentationConcordanceLib.imaging.seg_writer import write_dicom_seg
from SegmentationConcordanceLib.imaging.volume_files import read_label_volume
from SegmentationConcordanceLib.sample.models import SAMPLE_MODELS

_MODEL = "totalsegmentator_v2"


def measure(sample: FullSample, repeats: int) -> Table:
    """Ours against dcmqi, highdicom, SimpleITK and nibabel; all files are in the system's cache."""
    title = load_vocabulary(_MODEL).title
    (label_map,) = (model.label_map for model in sample.models if model.model == title)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        binary, labels = folder / "binary.dcm", folder / "labels.dcm"
        write_dicom_seg(binary, label_map, sample.series, model_name="benchmark")
        meant = numbered(read_dicom_seg(binary), label_map, sample.series)
        _write_label_map_seg(labels, meant, label_map, sample.series)
        rows = [
            *_of_binary(binary, folder, meant, repeats),
            *_of_label_map(labels, folder, meant, repeats),
            *_of_nifti(sample, repeats),
        ]
    same = "the voxels of every reader with what was written"
    return Table(f"One model from a file: {len(label_map.segments)} segments", tuple(rows), same)


def numbered(seg, label_map: LabelMap, series: ImageSeries) -> np.ndarray:
    """The label map in the SEG's numbers, uint8 (k, j, i) on the scan's grid; the SEG's segments go by their names."""
    number_of = {segment.name: segment.label for segment in seg.label_map.segments}
    table = np.zeros(256, dtype=np.uint8)
    for segment in label_map.segments:
        table[segment.label] = number_of[segment.name]
    return table[label_map.layers[0]]


def _of_binary(path: Path, folder: Path, meant: np.ndarray, repeats: int) -> list[Row]:
    frames = int(pydicom.dcmread(path, specific_tags=["NumberOfFrames"]).NumberOfFrames)
    times = _timed(path, folder, meant, repeats)
    what = f"binary SEG, {frames} frames, {path.stat().st_size / 1e6:.0f} MB"
    highdicom_mb = extra_process_mb(lambda: _by_highdicom(path))
    return [
        Row(f"**ours**, {what}", times["ours"].median, repeats, extra_python_mb(lambda: read_dicom_seg(path))),
        _against("segimage2itkimage --mergeSegments (dcmqi)", times["dcmqi"], times["ours"], 5),
        _against("highdicom segread, get_volume", times["highdicom"], times["ours"], None, highdicom_mb),
    ]


def _of_label_map(path: Path, folder: Path, meant: np.ndarray, repeats: int) -> list[Row]:
    times = _timed(path, folder, meant, repeats)
    what = f"label map SEG, {path.stat().st_size / 1e6:.0f} MB"
    return [
        Row(f"**ours**, {what}", times["ours"].median, repeats, extra_python_mb(lambda: read_dicom_seg(path))),
        _against("segimage2itkimage --mergeSegments (dcmqi)", times["dcmqi"], times["ours"]),
        _against("highdicom segread, get_volume", times["highdicom"], times["ours"]),
    ]


def _timed(path: Path, folder: Path, meant: np.ndarray, repeats: int) -> dict[str, Timing]:
    """The three readers in turn, once what each of them read is what was meant."""
    times = in_turn(
        repeats,
        ours=lambda: read_dicom_seg(path),
        dcmqi=lambda: _by_dcmqi(path, folder),
        highdicom=lambda: _by_highdicom(path),
    )
    _require_voxels("ours", times["ours"].result.label_map.layers[0], meant)
    _require_voxels("dcmqi", times["dcmqi"].result, meant)
    _require_voxels("highdicom", times["highdicom"].result[::-1], meant)
    return times


def _of_nifti(sample: FullSample, repeats: int) -> list[Row]:
    (model,) = (model for model in SAMPLE_MODELS if model.label_map_name == _MODEL)
    (path,) = (sample.folder / "models" / _MODEL).iterdir()
    times = in_turn(
        repeats,
        volume=lambda: read_label_volume(path),
        output=lambda: bring_to_grid(read_sample_model(sample.folder, model).label_map, sample.series.geometry, ""),
        simpleitk=lambda: SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path))),
        nibabel=lambda: np.asarray(nibabel.load(path).dataobj),
    )
    voxels = times["volume"].result[0]
    _require_voxels("SimpleITK", times["simpleitk"].result, voxels)
    _require_voxels("nibabel", times["nibabel"].result.transpose(2, 1, 0), voxels)
    what = f"NIfTI, {path.stat().st_size / 1e6:.1f} MB compressed"
    memory = extra_process_mb(lambda: read_label_volume(path))
    return [
        Row(f"**ours**, {what}: labels", times["volume"].median, repeats, memory),
        Row("**ours**, the same as coded segments on the scan's grid", times["output"].median, repeats),
        _against("SimpleITK", times["simpleitk"], times["volume"]),
        _against("nibabel", times["nibabel"], times["volume"]),
    ]


def _against(what: str, peer: Timing, ours: Timing, times: float | None = None, extra_mb: float | None = None) -> Row:
    ratio = statistics.median(a / b for a, b in zip(peer.seconds, ours.seconds))
    also = {"seconds": peer.median, "runs": len(peer.seconds), "extra_mb": extra_mb}
    if times is None:
        return Row(what, value=f"{ratio:.2g} x", **also)
    return demanded(what, ratio, at_least_times(times), **also)


def _require_voxels(who: str, found: np.ndarray, meant: np.ndarray) -> None:
    """The readers leave out empty slices at the ends: what they give is a run of the slices that hold anything."""
    filled = np.flatnonzero(meant.any(axis=(1, 2)))
    found = found[np.flatnonzero(found.any(axis=(1, 2)))[0] :]
    meant = meant[filled[0] : filled[-1] + 1]
    require(np.array_equal(found[: len(meant)], meant) and not found[len(meant) :].any(), f"voxels read by {who}")


def _by_dcmqi(path: Path, folder: Path) -> np.ndarray:
    """The published way: to files, and these into memory."""
    arguments = ["--inputDICOM", path.name, "--outputDirectory", ".", "--outputType", "nrrd", "--mergeSegments"]
    done = run_dcmqi("segimage2itkimage", [*arguments, "--prefix", "merged"], folder)
    require(done.returncode == 0, f"dcmqi failed: {done.stderr}")
    (written,) = folder.glob("merged*.nrrd")
    voxels = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(written)))
    written.unlink()
    return voxels


def _by_highdicom(path: Path) -> np.ndarray:
    seg = highdicom.seg.segread(path)
    if seg.segmentation_type == highdicom.seg.SegmentationTypeValues.LABELMAP:
        return seg.get_volume(combine_segments=True, dtype=np.uint8).array
    return seg.get_volume(combine_segments=True, skip_overlap_checks=True, dtype=np.uint8).array


def _write_label_map_seg(path: Path, meant: np.ndarray, label_map: LabelMap, series: ImageSeries) -> None:
    descriptions = [_description(n, label_map.segments[n - 1]) for n in range(1, len(label_map.segments) + 1)]
    dataset = highdicom.seg.Segmentation(
        source_images=[pydicom.dcmread(file, stop_before_pixels=True) for file in series.files],
        pixel_array=meant,
        segmentation_type="LABELMAP",
        segment_descriptions=descriptions,
        series_instance_uid=pydicom.uid.generate_uid(),
        series_number=1,
        sop_instance_uid=pydicom.uid.generate_uid(),
        instance_number=1,
        manufacturer="benchmark",
        manufacturer_model_name="benchmark",
        software_versions="1",
        device_serial_number="1",
    )
    dataset.save_as(path)


def _description(number: int, segment) -> highdicom.seg.SegmentDescription:
    return highdicom.seg.SegmentDescription(
        segment_number=number,
        segment_label=segment.name,
        segmented_property_category=_concept(segment.structure.category),
        segmented_property_type=_concept(segment.structure.type),
        algorithm_type="MANUAL",
    )


def _concept(concept: Concept) -> CodedConcept:
    return CodedConcept(concept.value, concept.scheme, concept.meaning)
