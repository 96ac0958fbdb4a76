"""Which DICOM instances a folder holds, by study and series; found by content, from the first part of each header."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydicom.dataset import Dataset, FileDataset
from pydicom.errors import InvalidDicomError
from pydicom.filereader import read_partial
from pydicom.tag import BaseTag, Tag
from pydicom.uid import ExplicitVRBigEndian

from ..errors import DicomSeriesError, UnreadableFileError
from ..imaging.dicom_files import open_dicom
from ..imaging.seg_damage import DAMAGE as VALUE_DAMAGE
from ..plurals import counted

STUDY_KEYWORDS = (
    *("SpecificCharacterSet", "StudyDate", "StudyTime", "AccessionNumber", "ReferringPhysicianName"),
    *("StudyDescription", "PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyInstanceUID", "StudyID"),
)
SERIES_KEYWORDS = (
    *("SpecificCharacterSet", "SeriesDate", "SeriesTime", "Modality", "SeriesDescription", "BodyPartExamined"),
    *("SeriesInstanceUID", "SeriesNumber", "PerformedProcedureStepStartDate", "PerformedProcedureStepStartTime"),
)
INSTANCE_KEYWORDS = (
    *("SpecificCharacterSet", "SOPClassUID", "SOPInstanceUID", "InstanceNumber"),
    *("NumberOfFrames", "Rows", "Columns", "BitsAllocated"),
)
IMAGE_KEYWORDS = (
    *("Modality", "SOPClassUID", "ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "Rows", "Columns"),
    *("SamplesPerPixel", "PhotometricInterpretation", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation"),
)
"""What OHIF needs of an image to place and to draw it."""
_KEPT = (*STUDY_KEYWORDS, *SERIES_KEYWORDS, *INSTANCE_KEYWORDS, *IMAGE_KEYWORDS)
_TAGS = sorted({*map(Tag, _KEPT), Tag("ReferencedSeriesSequence")})
_LAST = _TAGS[-1]
_UID = re.compile(r"[0-9.]{1,64}")

DAMAGE = (InvalidDicomError, *VALUE_DAMAGE)
"""What pydicom lets through from a damaged file; values are decoded when they are asked for."""


@dataclass(frozen=True, eq=False)
class Instance:
    """One file.

    :param header: the attributes of ``STUDY_KEYWORDS``, ``SERIES_KEYWORDS`` and ``INSTANCE_KEYWORDS`` that it has.
    :param transfer_syntax: UID of how its dataset and pixel data are stored.
    """

    path: Path
    header: Dataset
    study_uid: str
    series_uid: str
    sop_instance_uid: str
    transfer_syntax: str


Series = dict[str, Instance]


@dataclass(frozen=True)
class DicomIndex:
    """The instances of a folder: ``studies[study UID][series UID][SOP instance UID]``, none of these levels empty.

    :param left_out: how many DICOM files are not in the index, by the reason.
    """

    studies: dict[str, dict[str, Series]]
    left_out: Counter[str]

    def instances(self, study_uid: str | None = None, series_uid: str | None = None) -> Iterator[Instance]:
        """All instances, of one study, or of one series; none where there is no such study or series.

        :param study_uid: None for every study.
        :param series_uid: None for every series.
        """
        for study in self.studies if study_uid is None else (study_uid,):
            of_study = self.studies.get(study, {})
            for series in of_study if series_uid is None else (series_uid,):
                yield from of_study.get(series, {}).values()

    def without(self, paths: Collection[Path]) -> DicomIndex:
        """The same without some files; a series or study of nothing else is not in it."""
        studies: dict[str, dict[str, Series]] = {}
        for one in self.instances():
            if one.path not in paths:
                series = studies.setdefault(one.study_uid, {}).setdefault(one.series_uid, {})
                series[one.sop_instance_uid] = one
        return DicomIndex(studies, self.left_out)

    def find(self, study_uid: str, series_uid: str, sop_instance_uid: str) -> Instance | None:
        """The instance, or None.

        :param study_uid: StudyInstanceUID.
        :param series_uid: SeriesInstanceUID.
        :param sop_instance_uid: SOPInstanceUID.
        """
        return self.studies.get(study_uid, {}).get(series_uid, {}).get(sop_instance_uid)


def is_uid(text: str) -> bool:
    """Whether a text has the letters and the length of a UID."""
    return _UID.fullmatch(text) is not None


def index_folder(folder: Path, progress: Callable[[int, int], None] | None = None) -> DicomIndex:
    """Read the headers of all DICOM files in a folder and below; other files are ignored, links are not followed.

    :param progress: called with how many files were looked at, and how many there are.
    :raises UnreadableFileError: no such folder, or no permission to list it.
    :raises DicomSeriesError: the folder holds no DICOM file that can be served.
    """
    index = DicomIndex({}, Counter())
    paths = _files_below(folder)
    seen: set[str] = set()
    for number, path in enumerate(paths):
        if progress is not None:
            progress(number, len(paths))
        instance = _read_instance(path, index.left_out)
        if instance is None:
            continue
        if instance.sop_instance_uid in seen:
            index.left_out["a second copy of another file"] += 1
            continue
        seen.add(instance.sop_instance_uid)
        series = index.studies.setdefault(instance.study_uid, {}).setdefault(instance.series_uid, {})
        series[instance.sop_instance_uid] = instance
    if not index.studies:
        reasons = "".join(f"; {count} with {reason}" for reason, count in index.left_out.items())
        raise DicomSeriesError(
            folder,
            f"holds {counted(len(paths), 'file')}, none of them a DICOM file that can be shown{reasons}",
            "Name another.",
        )
    return index


def _files_below(folder: Path) -> list[Path]:
    def refuse(error: OSError) -> None:
        raise UnreadableFileError(error.filename, f"cannot be listed ({error.strerror})", "Name a readable folder.")

    found = []
    for parent, folders, names in os.walk(folder, onerror=refuse):
        folders.sort()
        found += [path for path in (Path(parent, name) for name in sorted(names)) if _is_own_file(path)]
    return found


def _is_own_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _read_instance(path: Path, left_out: Counter[str]) -> Instance | None:
    try:
        with open_dicom(path) as stream:
            if stream.read(132)[128:] != b"DICM":
                return None
            stream.seek(0)
            header = with_class_of_meta(read_partial(stream, stop_when=_is_behind, specific_tags=[*_TAGS]))
        uids = [str(header.get(k, "")) for k in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")]
        transfer_syntax = str(header.file_meta.TransferSyntaxUID)
        for element in header:  # decodes what is damaged now, not when a browser asks
            element.value  # noqa: B018
    except (UnreadableFileError, *DAMAGE):
        left_out["a damaged header"] += 1
        return None
    if not all(map(is_uid, uids)):
        left_out["empty or invalid UIDs"] += 1
        return None
    if transfer_syntax == ExplicitVRBigEndian:
        left_out["big-endian data"] += 1
        return None
    study, series, instance = uids
    return Instance(path, header, study, series, instance, transfer_syntax)


def with_class_of_meta(dataset: FileDataset) -> FileDataset:
    """The dataset with the SOP Class UID of the file's meta information, where an anonymizer has emptied its own:
    without it, OHIF stops with "Unsupported displaySet"."""
    if not dataset.get("SOPClassUID") and dataset.file_meta.get("MediaStorageSOPClassUID"):
        dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID
    return dataset


def _is_behind(tag: BaseTag, value_representation: str | None, length: int) -> bool:
    return tag > _LAST
