"""What a DICOM segmentation says of its segments: names, codes, colours and algorithms."""

from __future__ import annotations

import re
from pathlib import Path

from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from ..anatomy.concepts import CodedConcept, CodedStructure
from ..errors import DicomSegError
from .cielab import rgb_of_dicom_lab
from .label_map import Segment
from .seg_metadata import SEMIAUTOMATIC

_COPY_AGAIN = "Copy or export it again."
_BACKGROUND = CodedConcept("125040", "DCM")


def segments_of(dataset: Dataset, path: Path) -> dict[int, Segment]:
    """The described segments by number; the background of a label map (number 0) is left out.

    :param dataset: of a segmentation.
    :param path: for the message of an error.
    :returns: labelled with their SegmentNumber.
    :raises DicomSegError: a number is that of the background or there twice, or there is no segment.
    """
    found = {}
    padding = dataset.get("PixelPaddingValue")
    for item in dataset.SegmentSequence:
        segment = _segment(item)
        if segment.structure is not None and segment.structure.type == _BACKGROUND:
            continue
        if segment.label < 1 or segment.label == padding:
            raise DicomSegError(path, f"segment {segment.label} ({segment.name!r}) has the number of the background")
        if segment.label in found:
            raise DicomSegError(path, f"describes two segments of number {segment.label}", _COPY_AGAIN)
        found[segment.label] = segment
    if not found:
        raise DicomSegError(path, "describes no segments besides the background", "Give one that has segments.")
    return found


def _segment(item: Dataset) -> Segment:
    lab = item.get("RecommendedDisplayCIELabValue")
    algorithm = text_of(item, "SegmentAlgorithmName")
    identification = item.get("SegmentationAlgorithmIdentificationSequence")
    if not algorithm and identification:
        algorithm = text_of(identification[0], "AlgorithmName")
    structure = _structure(item)
    return Segment(
        label=int(item.SegmentNumber),
        name=text_of(item, "SegmentLabel") or (structure.describe() if structure else f"segment {item.SegmentNumber}"),
        structure=structure,
        color=rgb_of_dicom_lab(lab) if lab is not None and len(lab) == 3 else None,
        algorithm=algorithm,
        description=text_of(item, "SegmentDescription"),
        is_edited=text_of(item, "SegmentAlgorithmType") == SEMIAUTOMATIC,
    )


def _structure(item: Dataset) -> CodedStructure | None:
    category, _ = _concept(item, "SegmentedPropertyCategoryCodeSequence")
    type_, type_item = _concept(item, "SegmentedPropertyTypeCodeSequence")
    if category is None or type_ is None:
        return None
    region, region_item = _concept(item, "AnatomicRegionSequence")
    return CodedStructure(
        category=category,
        type=type_,
        modifier=_concept(type_item, "SegmentedPropertyTypeModifierCodeSequence")[0],
        region=region,
        region_modifier=_concept(region_item, "AnatomicRegionModifierSequence")[0],
    )


def _concept(item: Dataset, keyword: str) -> tuple[CodedConcept | None, Dataset]:
    """The first concept of a code sequence and its item; None and an empty item where there is none."""
    code = (item.get(keyword) or [Dataset()])[0]
    value = text_of(code, "CodeValue") or text_of(code, "LongCodeValue") or text_of(code, "URNCodeValue")
    if not value:
        return None, code
    return CodedConcept(value, text_of(code, "CodingSchemeDesignator"), text_of(code, "CodeMeaning")), code


def text_of(dataset: Dataset, keyword: str) -> str:
    """A value as one line, backslashes included; "" where there is none.

    :param keyword: as DICOM calls the attribute.
    :returns: untrusted text.
    """
    value = dataset.get(keyword)
    if isinstance(value, MultiValue):
        value = "\\".join(str(part) for part in value)
    return one_line("" if value is None else str(value))


def one_line(text: str) -> str:
    """The text as one line; control characters, which DICOM forbids in names, become spaces."""
    return re.sub(r"[\x00-\x1f\x7f\s]+", " ", text).strip()
