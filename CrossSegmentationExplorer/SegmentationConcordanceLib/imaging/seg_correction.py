"""What a DICOM SEG says of the one that a reader corrected: whose hand it was, and which file it was made from.

In the standard's own places: Content Creator's Name (PS3.3 C.8.20.2), the Source Image Sequence of the General
Reference Module (C.12.4) and the Common Instance Reference Module (C.12.2). The corrected segments are
SEMIAUTOMATIC there; those that nobody touched stay as they were.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as DicomSequence
from pydicom.uid import SegmentationStorage

from ..errors import ConcordanceError
from .seg_metadata import LABEL_MAP_STORAGE, SEMIAUTOMATIC, storable_text

# CID 7202, Source Image Purpose of Reference.
_PURPOSE = ("121322", "DCM", "Source image for image processing operation")
_LONGEST_NAME = 64
_LONGEST_READER = 30
_CORRECTED_BY = ", corrected by "


@dataclass(frozen=True, slots=True)
class SegReference:
    """What it takes to refer to a SEG: its class, its own UID, and its series."""

    sop_class_uid: str
    sop_instance_uid: str
    series_uid: str

    @property
    def text(self) -> str:
        """The three UIDs, separated by spaces."""
        return f"{self.sop_class_uid} {self.sop_instance_uid} {self.series_uid}"


@dataclass(frozen=True, slots=True)
class SegCorrection:
    """Who corrected a segmentation.

    :param reader: as it is written; plain letters.
    :param corrected: the SEG that was corrected; None where it was no SEG.
    """

    reader: str
    corrected: SegReference | None = None


def seg_reference(text: str) -> SegReference | None:
    """The reference of such a text; None where it is none."""
    parts = text.split()
    return SegReference(*parts) if len(parts) == 3 else None


def correction_by(reader: str, corrected: SegReference | None = None) -> SegCorrection:
    """A correction by this reader.

    :raises ConcordanceError: the name is empty.
    """
    # "=" and "\\" separate the parts of a person's name in DICOM.
    name = storable_text(reader.replace("=", " ").replace("\\", " "), _LONGEST_READER)
    if not name:
        raise ConcordanceError("correction", "has no reader", "Enter your name once.")
    return SegCorrection(name, corrected)


def corrected_name(model: str, correction: SegCorrection) -> str:
    """What a model is called where a reader has corrected it, e.g. "TotalSegmentator 2.6, corrected by Ann".

    :param model: its own name; cut where the whole would be longer than the 64 letters of a DICOM SEG. A name that
        says this correction already stays.
    """
    ending = f"{_CORRECTED_BY}{correction.reader}"
    model = storable_text(model)
    return model if model.endswith(ending) else f"{model[: _LONGEST_NAME - len(ending)].rstrip()}{ending}"


def uncorrected_name(name: str) -> str:
    """The model's own name in such a name; any other name as it is."""
    return name.partition(_CORRECTED_BY)[0] or name


def say_correction(dataset: Dataset, correction: SegCorrection) -> None:
    """Write into a SEG by whom it was corrected, and refer to the one that was.

    :param dataset: the SEG; is changed. The reference to its images stays the first one.
    """
    dataset.ContentCreatorName = correction.reader
    numbers = [str(item.SegmentNumber) for item in dataset.SegmentSequence if _is_edited(item)]
    dataset.DerivationDescription = f"Edited by a reader: segments {', '.join(numbers) or 'none'}"[:1024]
    if correction.corrected is None:
        return
    source = _instance(correction.corrected)
    purpose = Dataset()
    purpose.CodeValue, purpose.CodingSchemeDesignator, purpose.CodeMeaning = _PURPOSE
    source.PurposeOfReferenceCodeSequence = DicomSequence([purpose])
    dataset.SourceImageSequence = DicomSequence([source])
    series = Dataset()
    series.SeriesInstanceUID = correction.corrected.series_uid
    series.ReferencedInstanceSequence = DicomSequence([_instance(correction.corrected)])
    dataset.ReferencedSeriesSequence = DicomSequence([*(dataset.get("ReferencedSeriesSequence") or ()), series])


def correction_in(dataset: Dataset) -> SegCorrection | None:
    """The correction that :func:`say_correction` wrote; None for any other SEG."""
    for item in dataset.get("SourceImageSequence") or ():
        if item.get("ReferencedSOPClassUID") in (SegmentationStorage, LABEL_MAP_STORAGE):
            uid = str(item.get("ReferencedSOPInstanceUID") or "")
            reference = SegReference(str(item.ReferencedSOPClassUID), uid, _series_of(dataset, uid))
            return SegCorrection(str(dataset.get("ContentCreatorName") or ""), reference)
    return None


def _is_edited(item: Dataset) -> bool:
    return item.get("SegmentAlgorithmType") == SEMIAUTOMATIC


def _instance(reference: SegReference) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID = reference.sop_class_uid
    item.ReferencedSOPInstanceUID = reference.sop_instance_uid
    return item


def _series_of(dataset: Dataset, instance_uid: str) -> str:
    """The series in which an instance lies, as the dataset tells it; "" where it does not."""
    for series in dataset.get("ReferencedSeriesSequence") or ():
        for one in series.get("ReferencedInstanceSequence") or ():
            if one.get("ReferencedSOPInstanceUID") == instance_uid:
                return str(series.get("SeriesInstanceUID") or "")
    return ""
