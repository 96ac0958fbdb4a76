"""Codes as Slicer's terminology selector takes and gives them."""

from __future__ import annotations

import slicer

from ...anatomy.concepts import CodedStructure
from ...anatomy.terminology import structure_from_terminology, terminology_text

_NO_COLOR = (127, 127, 127)


def entry_of_structure(structure: CodedStructure | None) -> slicer.vtkSlicerTerminologyEntry:
    """An entry for ``qSlicerTerminologyNavigatorWidget.setTerminologyEntry``; an empty one for no structure."""
    entry = slicer.vtkSlicerTerminologyEntry()
    if structure is not None:
        slicer.vtkSlicerTerminologiesModuleLogic.DeserializeTerminologyEntry(terminology_text(structure), entry)
    return entry


def structure_of_entry(
    entry: slicer.vtkSlicerTerminologyEntry,
) -> tuple[CodedStructure | None, tuple[int, int, int] | None]:
    """The codes that were chosen, and the colour that the terminology recommends; None for what is not there."""
    kind = entry.GetTypeObject()
    if kind is None or not kind.GetCodeValue():
        return None, None
    text = slicer.vtkSlicerTerminologiesModuleLogic.SerializeTerminologyEntry(entry)
    if kind.GetHasModifiers():
        kind = entry.GetTypeModifierObject()
    color = tuple(kind.GetRecommendedDisplayRGBValue())
    return structure_from_terminology(text), None if color == _NO_COLOR else color
