"""Coded structures as 3D Slicer stores them: the text of a segment's terminology entry.

The text has seven parts joined by "~": context name, category, type, type modifier, region context name, region,
region modifier. A concept is "scheme^value^meaning", and "^^" where there is none
(vtkSlicerTerminologiesModuleLogic::SerializeTerminologyEntry). Slicer has no escape for the separators, and a segment's
tags are joined by "|" when a scene is saved: a "|" in a meaning cuts the entry in two on loading.
"""

from __future__ import annotations

import re

from ..errors import ConcordanceError
from .concepts import CodedConcept, CodedStructure

TERMINOLOGY_CONTEXT = "Segmentation category and type - DICOM master list"
REGION_CONTEXT = "Anatomic codes - DICOM master list"

_DEFAULT_CONCEPTS = (CodedConcept("85756007", "SCT", "Tissue"), CodedConcept("T-D0050", "SRT", "Tissue"))
_SEPARATORS = re.compile(r"[~^|\x00-\x1f\x7f]+")


def terminology_text(structure: CodedStructure) -> str:
    """The serialized terminology entry of a coded structure, for ``vtkSegment.SetTerminology``.

    Characters of a meaning that Slicer cannot store ("~", "^", "|", control characters) become one space: a meaning
    is text for people. Raises ConcordanceError where a code or scheme holds one, as that would be another code.
    """
    parts = (
        TERMINOLOGY_CONTEXT,
        _concept_text(structure.category),
        _concept_text(structure.type),
        _concept_text(structure.modifier),
        REGION_CONTEXT,
        _concept_text(structure.region),
        _concept_text(structure.region_modifier),
    )
    return "~".join(parts)


def structure_from_terminology(text: str) -> CodedStructure | None:
    """The coded structure in a serialized terminology entry of any context, or None for a segment nobody has coded.

    None is given for an empty text, for one that has not seven parts, for one without category or type, and for plain
    Tissue/Tissue (SCT 85756007, in old scenes SRT T-D0050, as category and type, and nothing else). The last is what
    vtkSegment's constructor puts into every new segment, and what Slicer then exports: a segment that somebody
    deliberately coded as Tissue cannot be told from it and counts as uncoded too.
    """
    parts = text.split("~")
    if len(parts) != 7:
        return None
    category, type_, modifier, region, region_modifier = (_concept(parts[n]) for n in (1, 2, 3, 5, 6))
    if category is None or type_ is None:
        return None
    structure = CodedStructure(category, type_, modifier, region, region_modifier)
    defaults = (CodedStructure(concept, concept) for concept in _DEFAULT_CONCEPTS)
    return None if structure in defaults else structure


def _concept_text(concept: CodedConcept | None) -> str:
    if concept is None:
        return "^^"
    if not concept.value or not concept.scheme or _SEPARATORS.search(concept.value + concept.scheme):
        raise ConcordanceError(
            f"code {str(concept)!r} ({concept.meaning!r})",
            "a code that is empty or holds '~', '^', '|' or a control character cannot be stored in a Slicer scene",
            "Correct the code value and the coding scheme.",
        )
    return f"{concept.scheme}^{concept.value}^{storable_text(concept.meaning)}"


def storable_text(text: str) -> str:
    """The text with every run of characters that Slicer's segment tags cannot hold replaced by one space."""
    return _SEPARATORS.sub(" ", text).strip()


def _concept(text: str) -> CodedConcept | None:
    scheme, _, rest = text.partition("^")
    value, _, meaning = rest.partition("^")
    return CodedConcept(value, scheme, meaning) if scheme and value else None
