"""``slicer.dicomDatabase`` of a few files."""

from __future__ import annotations

from collections.abc import Mapping

import pydicom
from pydicom.dataset import Dataset


class ctkDICOMDatabase:  # noqa: N801
    """What the modules ask of the database, answered from the headers of the files.

    :param files: path of each SOPInstanceUID; may grow.
    """

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files
        self._headers: dict[str, Dataset] = {}

    isOpen = True  # noqa: N815

    def fileForInstance(self, instance_uid: str) -> str:  # noqa: N802
        return self._files.get(instance_uid, "")

    def studyForSeries(self, series_uid: str) -> str:  # noqa: N802
        return next(iter(self._values("StudyInstanceUID", "SeriesInstanceUID", series_uid)), "")

    def patientForStudy(self, study_uid: str) -> str:  # noqa: N802
        return next(iter(self._values("PatientID", "StudyInstanceUID", study_uid)), "")

    def studiesForPatient(self, patient_uid: str) -> tuple[str, ...]:  # noqa: N802
        return self._values("StudyInstanceUID", "PatientID", patient_uid)

    def seriesForStudy(self, study_uid: str) -> tuple[str, ...]:  # noqa: N802
        return self._values("SeriesInstanceUID", "StudyInstanceUID", study_uid)

    def instancesForSeries(self, series_uid: str) -> tuple[str, ...]:  # noqa: N802
        return self._values("SOPInstanceUID", "SeriesInstanceUID", series_uid)

    def filesForSeries(self, series_uid: str) -> tuple[str, ...]:  # noqa: N802
        return tuple(map(self.fileForInstance, self.instancesForSeries(series_uid)))

    def fieldForSeries(self, field: str, series_uid: str) -> str:  # noqa: N802
        return next(iter(self._values(field, "SeriesInstanceUID", series_uid)), "")

    def fileValue(self, path: str, tag: str) -> str:  # noqa: N802
        group, element = tag.split(",")
        return str(pydicom.dcmread(path, stop_before_pixels=True).get((int(group, 16), int(element, 16))).value)

    def _values(self, asked: str, known: str, value: str) -> tuple[str, ...]:
        """The different values of one attribute in the files that have this value of another one."""
        for uid in self._files.keys() - self._headers.keys():
            self._headers[uid] = pydicom.dcmread(self._files[uid], stop_before_pixels=True)
        headers = [self._headers[uid] for uid in self._files if self._headers[uid].get(known) == value]
        return tuple(dict.fromkeys(str(header.get(asked, "")) for header in headers))
