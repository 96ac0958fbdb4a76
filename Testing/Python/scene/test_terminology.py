"""Coded structures as the text of Slicer's terminology entries, held against Slicer's own reader and writer."""

from __future__ import annotations

import pytest
import slicer

from host import SceneHost
from SegmentationConcordanceLib.anatomy.concepts import CodedConcept, CodedStructure
from SegmentationConcordanceLib.anatomy.terminology import structure_from_terminology, terminology_text
from SegmentationConcordanceLib.errors import ConcordanceError

ANATOMY = CodedConcept("123037004", "SCT", "Anatomical Structure")
ABNORMALITY = CodedConcept("49755003", "SCT", "Morphologically Altered Structure")
SPLEEN = CodedConcept("78961009", "SCT", "Spleen")
KIDNEY = CodedConcept("64033007", "SCT", "Kidney")
CYST = CodedConcept("367643001", "SCT", "Cyst")
LEFT = CodedConcept("7771000", "SCT", "Left")
TISSUE = CodedConcept("85756007", "SCT", "Tissue")

CYST_TEXT = (
    "Segmentation category and type - DICOM master list~SCT^49755003^Morphologically Altered Structure~"
    "SCT^367643001^Cyst~^^~Anatomic codes - DICOM master list~SCT^64033007^Kidney~SCT^7771000^Left"
)


def test_text_has_the_seven_parts_in_slicers_order() -> None:
    assert terminology_text(CodedStructure(ABNORMALITY, CYST, None, KIDNEY, LEFT)) == CYST_TEXT
    assert terminology_text(CodedStructure(ANATOMY, KIDNEY, LEFT)) == (
        "Segmentation category and type - DICOM master list~SCT^123037004^Anatomical Structure~"
        "SCT^64033007^Kidney~SCT^7771000^Left~Anatomic codes - DICOM master list~^^~^^"
    )


def test_slicer_reads_what_we_write(scene_host: SceneHost) -> None:
    entry = slicer.vtkSlicerTerminologyEntry()
    text = terminology_text(CodedStructure(ABNORMALITY, CYST, None, KIDNEY, LEFT))
    assert scene_host.terminologies.DeserializeTerminologyEntry(text, entry)
    assert entry.GetTerminologyContextName() == "Segmentation category and type - DICOM master list"
    assert entry.GetRegionContextName() == "Anatomic codes - DICOM master list"
    assert entry.GetTypeObject().GetCodeValue() == "367643001"
    assert entry.GetTypeModifierObject().GetCodeValue() in (None, "")
    assert entry.GetRegionObject().GetCodeMeaning() == "Kidney"
    assert entry.GetRegionModifierObject().GetCodingSchemeDesignator() == "SCT"


def test_we_read_what_slicer_writes(scene_host: SceneHost) -> None:
    entry = slicer.vtkSlicerTerminologyEntry()
    assert scene_host.terminologies.DeserializeTerminologyEntry(CYST_TEXT, entry)
    structure = structure_from_terminology(scene_host.terminologies.SerializeTerminologyEntry(entry))
    assert structure == CodedStructure(ABNORMALITY, CYST, None, KIDNEY, LEFT)
    assert structure.describe() == "Cyst, Kidney, Left"


def test_a_new_segment_of_slicers_is_uncoded() -> None:
    assert "Tissue" in slicer.vtkSegment().GetTerminology()
    assert structure_from_terminology(slicer.vtkSegment().GetTerminology()) is None


def test_plain_tissue_is_uncoded_and_tissue_of_a_region_is_not() -> None:
    assert structure_from_terminology(terminology_text(CodedStructure(TISSUE, TISSUE))) is None
    before_snomed_ct = "list~SRT^T-D0050^Tissue~SRT^T-D0050^Tissue~^^~regions~^^~^^"
    assert structure_from_terminology(before_snomed_ct) is None
    of_kidney = CodedStructure(TISSUE, TISSUE, None, KIDNEY)
    assert structure_from_terminology(terminology_text(of_kidney)) == of_kidney


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no terminology",
        "list~SCT^123037004^Anatomical Structure~SCT^78961009^Spleen",
        "list~^^~SCT^78961009^Spleen~^^~list~^^~^^",
        "list~SCT^123037004^Anatomical Structure~^^~^^~list~^^~^^",
        "list~SCT^123037004~SCT~^^~list~^^~^^",
        "list~SCT^123037004^x~SCT^78961009^a~b~^^~list~^^~^^",
    ],
)
def test_text_without_category_and_type_in_seven_parts_is_uncoded(text: str) -> None:
    assert structure_from_terminology(text) is None


def test_separators_in_a_meaning_become_spaces() -> None:
    spleen = CodedConcept("78961009", "SCT", "Spleen ~^| of\nthe left|")
    read = structure_from_terminology(terminology_text(CodedStructure(ANATOMY, spleen)))
    assert read == CodedStructure(ANATOMY, SPLEEN)
    assert read.type.meaning == "Spleen   of the left"


@pytest.mark.parametrize(("value", "scheme"), [("789~61009", "SCT"), ("78961009", "S^T"), ("7|8", "SCT"), ("", "SCT")])
def test_a_code_that_cannot_be_stored_is_refused(value: str, scheme: str) -> None:
    with pytest.raises(ConcordanceError, match="cannot be stored in a Slicer scene"):
        terminology_text(CodedStructure(ANATOMY, CodedConcept(value, scheme, "Spleen")))
