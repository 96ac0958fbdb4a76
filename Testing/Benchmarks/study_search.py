"""The segmentations of a series in the DICOM database, by their headers."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pydicom
from full_sample import FullSample
from measuring import Row, Table, at_least_times, at_most, demanded, in_turn, once, require, sampled
from pydicom.uid import generate_uid

from scene.study.found_segmentations import SearchResult, find_segmentations
from SegmentationConcordanceLib.imaging.image_series import ImageSeries
from SegmentationConcordanceLib.imaging.seg_header_cache import SegHeaderCache
from SegmentationConcordanceLib.imaging.seg_scan import scan_seg
from SegmentationConcordanceLib.imaging.seg_writer import write_dicom_seg

_SEGS = 100
_PARSED = 3


def measure(sample: FullSample, repeats: int) -> Table:
    """A study of a hundred SEG series, by ours and by pydicom."""
    with tempfile.TemporaryDirectory() as name:
        files = _study(sample, Path(name))
        database = _Database(sample.series, files)
        uid, cache = sample.series.series_uid, SegHeaderCache()
        find_segmentations(database, uid, cache)
        times = in_turn(
            max(repeats, 5),
            from_disk=lambda: _found_on_disk(database, uid, files),
            first=lambda: find_segmentations(database, uid),
            again=lambda: find_segmentations(database, uid, cache),
        )
        few = sampled(files, _PARSED)
        parsed = once(lambda: [pydicom.dcmread(path, stop_before_pixels=True) for path in few])
        _require_found(times["first"].result, few, parsed.result)
        segments = len(parsed.result[0].SegmentSequence)
    seconds = parsed.median * len(files) / len(few)
    runs = len(times["first"].seconds)
    what = f"{len(files)} SEG series of {segments} segments"
    rows = (
        demanded(
            f"**ours**: {what}, found for the first time",
            times["first"].median * 1000,
            at_most(200, "ms"),
            seconds=times["first"].median,
            runs=runs,
        ),
        Row("**ours**: the same, files dropped from the system's cache", times["from_disk"].median, runs),
        Row("**ours**: the same, headers known", times["again"].median, runs),
        demanded(
            f"pydicom without pixel data: {len(few)} in {parsed.median:.1f} s, times {len(files) / len(few):.0f}",
            seconds / times["first"].median,
            at_least_times(10),
            seconds=seconds,
        ),
    )
    return Table("Segmentations in the DICOM database", rows, f"the headers of {len(few)} files with those of pydicom")


def _study(sample: FullSample, folder: Path) -> list[Path]:
    """Copies of one model's SEG, each a series of its own; as long as it, with a hole in place of the pixels."""
    original = folder / "original.dcm"
    model = sample.models[0]
    write_dicom_seg(original, model.label_map, sample.series, model_name=model.model)
    size = original.stat().st_size
    with original.open("rb") as file:
        start = file.read(scan_seg(original).pixels_at)
    header = pydicom.dcmread(original, stop_before_pixels=True, specific_tags=["SeriesInstanceUID", "SOPInstanceUID"])
    files = []
    for number in range(_SEGS):
        changed = start
        for uid in (header.SOPInstanceUID, header.SeriesInstanceUID):
            changed = changed.replace(uid.encode(), generate_uid()[: len(uid)].encode())
        files.append(folder / f"{number:03}.dcm")
        with files[-1].open("wb") as file:
            file.write(changed)
            file.truncate(size)
            os.fsync(file.fileno())  # what is not yet on the disk cannot be dropped from the cache
    original.unlink()
    return files


def _found_on_disk(database: _Database, series_uid: str, files: Sequence[Path]) -> SearchResult:
    """Drop the files from the system's cache and find them."""
    for path in files:
        descriptor = os.open(path, os.O_RDONLY)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)
    return find_segmentations(database, series_uid)


class _Database:
    """ctkDICOMDatabase, with the tables and the queries that it has for these questions."""

    def __init__(self, series: ImageSeries, files: Sequence[Path]) -> None:
        self._rows = sqlite3.connect(":memory:")
        self._rows.execute("CREATE TABLE Series (SeriesInstanceUID PRIMARY KEY, StudyInstanceUID, Modality)")
        self._rows.execute("CREATE TABLE Images (SOPInstanceUID PRIMARY KEY, Filename, SeriesInstanceUID)")
        self._rows.execute("CREATE INDEX ImagesSeriesIndex ON Images (SeriesInstanceUID)")
        self._add_series(series.series_uid, series.study_uid, "CT")
        self._rows.executemany(
            "INSERT INTO Images VALUES (?, ?, ?)",
            [(uid, str(path), series.series_uid) for uid, path in zip(series.sop_instance_uids, series.files)],
        )
        for path in files:
            header = pydicom.dcmread(
                path, specific_tags=["SOPInstanceUID", "SeriesInstanceUID"], stop_before_pixels=True
            )
            self._add_series(header.SeriesInstanceUID, series.study_uid, "SEG")
            row = (header.SOPInstanceUID, str(path), header.SeriesInstanceUID)
            self._rows.execute("INSERT INTO Images VALUES (?, ?, ?)", row)

    def _add_series(self, series_uid: str, study_uid: str, modality: str) -> None:
        self._rows.execute("INSERT INTO Series VALUES (?, ?, ?)", (series_uid, study_uid, modality))

    def _asked(self, query: str, value: str) -> list[str]:
        return [row[0] for row in self._rows.execute(query, (value,))]

    def studyForSeries(self, series_uid: str) -> str:  # noqa: N802
        return self.fieldForSeries("StudyInstanceUID", series_uid)

    def patientForStudy(self, study_uid: str) -> str:  # noqa: N802
        return f"patient of {study_uid}"

    def studiesForPatient(self, patient_uid: str) -> list[str]:  # noqa: N802
        return [patient_uid.removeprefix("patient of ")]

    def seriesForStudy(self, study_uid: str) -> list[str]:  # noqa: N802
        return self._asked("SELECT SeriesInstanceUID FROM Series WHERE StudyInstanceUID=?", study_uid)

    def fieldForSeries(self, field: str, series_uid: str) -> str:  # noqa: N802
        return next(iter(self._asked(f"SELECT {field} FROM Series WHERE SeriesInstanceUID=?", series_uid)), "")

    def filesForSeries(self, series_uid: str) -> list[str]:  # noqa: N802
        return self._asked("SELECT Filename FROM Images WHERE SeriesInstanceUID=?", series_uid)


def _require_found(result: SearchResult, files: Sequence[Path], parsed: Sequence[pydicom.Dataset]) -> None:
    require(len(result.found) == _SEGS and not result.errors, "the segmentations found")
    headers = {found.header.path: found.header for found in result.found}
    for path, dataset in zip(files, parsed):
        header = headers[path]
        series = dataset.ReferencedSeriesSequence[0].SeriesInstanceUID
        said = (header.sop_instance_uid, header.series_uid, header.referenced_series_uids, header.n_segments)
        require(
            said == (dataset.SOPInstanceUID, dataset.SeriesInstanceUID, (series,), len(dataset.SegmentSequence)),
            f"the header of {path.name}",
        )
