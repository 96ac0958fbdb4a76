"""Structures that no label map has, looked up in DICOM's context groups for segmentation (as pydicom ships them)."""

from __future__ import annotations

import functools

from .coded_cells import read_concept
from .concepts import CodedConcept, CodedStructure
from .label_text import LabelText, read_label_text

# PS3.16: context group of property types -> their category.
_GROUPS = {
    7192: "SCT:123037004 Anatomical Structure",
    7191: "SCT:85756007 Tissue",
    7194: "SCT:49755003 Morphologically Abnormal Structure",
    7193: "SCT:260787004 Physical Object",
}
_LATERALITY = {"left": "SCT:7771000 Left", "right": "SCT:24028007 Right", "both": "SCT:51440002 Right and left"}


def dicom_term_matches(name: str) -> list[tuple[CodedStructure, str, float]]:
    """(structure, a name for it, 1.0) for every term with exactly the words and level of a label's name.

    A side in the name becomes the type modifier, unless the term has it built in. Without a term: an empty list.
    """
    read = read_label_text(name)
    if not read.words:
        return []
    found = []
    for side in dict.fromkeys((read.side, "")):
        for category, type_ in _terms().get(LabelText(read.words, side, read.level), ()):
            modifier = read_concept(_LATERALITY[read.side]) if read.side and not side else None
            words = "_".join(type_.meaning.lower().replace("-", " ").split())
            full = f"{words}_{read.side}" if modifier else words
            found.append((CodedStructure(category, type_, modifier), full, 1.0))
    return found


@functools.cache
def _terms() -> dict[LabelText, tuple[tuple[CodedConcept, CodedConcept], ...]]:
    # Imported here as the dictionaries take a tenth of a second to load, and few labels need them.
    from pydicom.sr.codedict import codes

    terms: dict[LabelText, dict[str, tuple[CodedConcept, CodedConcept]]] = {}
    for group, category in _GROUPS.items():
        collection = getattr(codes, f"cid{group}")
        for keyword in collection.dir():
            code = getattr(collection, keyword)
            if len(code.meaning) <= 64:
                type_ = CodedConcept(code.value, code.scheme_designator, code.meaning)
                pair = (read_concept(category), type_)
                terms.setdefault(read_label_text(code.meaning), {}).setdefault(str(type_), pair)
    return {text: tuple(found.values()) for text, found in terms.items()}
