"""The DICOM segmentations of an image series that a DICOM database knows, found by their headers.

Segmentations by voxels only (DICOM SEG): contours (RTSTRUCT) are left to Slicer's own importers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import slicer

from ...anatomy.terminology import storable_text
from ...errors import ConcordanceError
from ...imaging.seg_header import SegHeader
from ...imaging.seg_header_cache import SegHeaderCache
from ..model_grouping import ModelRule, model_called
from ..nodes_of_class import nodes_of_class
from ..volume_series import INSTANCES


class DicomDatabase(Protocol):
    """What is asked of ``slicer.dicomDatabase``; only its own thread may do so."""

    def studyForSeries(self, series_uid: str) -> str: ...  # noqa: N802
    def patientForStudy(self, study_uid: str) -> str: ...  # noqa: N802
    def studiesForPatient(self, patient_uid: str) -> Sequence[str]: ...  # noqa: N802
    def seriesForStudy(self, study_uid: str) -> Sequence[str]: ...  # noqa: N802
    def instancesForSeries(self, series_uid: str) -> Sequence[str]: ...  # noqa: N802
    def filesForSeries(self, series_uid: str) -> Sequence[str]: ...  # noqa: N802
    def fieldForSeries(self, field: str, series_uid: str) -> str: ...  # noqa: N802
    def fileValue(self, path: str, tag: str) -> str: ...  # noqa: N802


@dataclass(frozen=True)
class FoundSegmentation:
    """One SEG file of the database. A series may have several.

    :param model: the model that it would be counted to once it is loaded.
    :param reason: what ties it to the image series; a few words for people.
    """

    header: SegHeader
    model: str
    reason: str


@dataclass(frozen=True)
class SearchStep:
    """What one file turned out to be.

    :param done: how many of ``total`` files have been looked at.
    :param found: None where it is a segmentation of other images, or could not be read.
    :param error: why it could not be read.
    """

    done: int
    total: int
    found: FoundSegmentation | None = None
    error: ConcordanceError | None = None


def search_steps(
    database: DicomDatabase, series_uid: str, headers: SegHeaderCache, rules: Sequence[ModelRule] = ()
) -> Iterator[SearchStep]:
    """Look at the SEG files of the patient, those of the series' own study first; one step takes milliseconds.

    The caller decides when the next step is taken, so that a window stays alive without a thread, which the database
    would not allow. A file is of the series by the first of these that it has: the series that it refers to, the
    images that its frames were derived from, the frame of reference. No pixel data are read.

    :param series_uid: SeriesInstanceUID of the images; no steps for "" or one that the database does not know.
    :param headers: kept by the caller, so that a second search reads nothing.
    :param rules: which names make which model.
    """
    images = _Images(database, series_uid)
    files = _seg_files(database, series_uid)
    for done, path in enumerate(files, start=1):
        try:
            header = headers.get(path)
        except ConcordanceError as error:
            yield SearchStep(done, len(files), error=error)
            continue
        reason = images.tie(header)
        if reason:
            algorithms = [storable_text(name) for name in header.algorithm_names]
            found = FoundSegmentation(header, model_called(header.title, algorithms, rules), reason)
            yield SearchStep(done, len(files), found)
        else:
            yield SearchStep(done, len(files))


def loaded_instances(scene: slicer.vtkMRMLScene) -> dict[str, str]:
    """The segmentation nodes that were loaded from DICOM: node id by SOPInstanceUID."""
    found = {}
    for node in nodes_of_class(scene, "vtkMRMLSegmentationNode"):
        found.update(dict.fromkeys((node.GetAttribute(INSTANCES) or "").split(), node.GetID()))
    return found


class _Images:
    """The image series that segmentations are sought for; asks the database only for what a segmentation needs."""

    def __init__(self, database: DicomDatabase, series_uid: str) -> None:
        self._database = database
        self._series_uid = series_uid
        self._instances: frozenset[str] | None = None
        self._frame_of_reference: str | None = None

    def tie(self, header: SegHeader) -> str:
        """What ties the segmentation to the series; "" where nothing does."""
        if header.referenced_series_uids:
            return "refers to this series" if self._series_uid in header.referenced_series_uids else ""
        if header.source_images:
            if self._instances is None:
                self._instances = frozenset(self._database.instancesForSeries(self._series_uid))
            return "refers to images of this series" if header.source_images & self._instances else ""
        if self._frame_of_reference is None:
            self._frame_of_reference = self._read_frame_of_reference()
        same = header.frame_of_reference_uid and header.frame_of_reference_uid == self._frame_of_reference
        return "has the frame of reference of this series" if same else ""

    def _read_frame_of_reference(self) -> str:
        files = self._database.filesForSeries(self._series_uid)
        return self._database.fileValue(files[0], "0020,0052") if files else ""


def _seg_files(database: DicomDatabase, series_uid: str) -> list[Path]:
    own = database.studyForSeries(series_uid) if series_uid else ""
    if not own:
        return []
    others = database.studiesForPatient(database.patientForStudy(own))
    studies = dict.fromkeys((own, *others))
    series = (series for study in studies for series in database.seriesForStudy(study))
    segmentations = (one for one in series if database.fieldForSeries("Modality", one) == "SEG")
    return [Path(file) for one in segmentations for file in database.filesForSeries(one)]
