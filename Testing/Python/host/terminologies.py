"""Terminology files as Slicer installs them, cut down: slicer-core has the logic and not the files."""

from __future__ import annotations

import json
from pathlib import Path

_SCHEMAS = "https://raw.githubusercontent.com/qiicr/dcmqi/master/doc/schemas"
_SEGMENT_LISTS = {
    "SegmentationCategoryTypeModifier-SlicerGeneralAnatomy": "3D Slicer General Anatomy list",
    "SegmentationCategoryTypeModifier-DICOM-Master": "DICOM master list",
}
_REGION_LIST = "AnatomicRegionAndModifier-DICOM-Master"


def write_terminologies(folder: Path) -> None:
    """Write the three lists that Slicer's terminology logic loads at its start, with the concept Tissue alone."""
    tissue = {"CodingSchemeDesignator": "SCT", "CodeValue": "85756007", "CodeMeaning": "Tissue"}
    category = tissue | {"showAnatomy": True, "Type": [tissue | {"recommendedDisplayRGBValue": [128, 174, 128]}]}
    for name, title in _SEGMENT_LISTS.items():
        context = {
            "@schema": f"{_SCHEMAS}/segment-context-schema.json#",
            "SegmentationCategoryTypeContextName": f"Segmentation category and type - {title}",
            "SegmentationCodes": {"Category": [category]},
        }
        _write(folder, name, context)
    context = {
        "@schema": f"{_SCHEMAS}/anatomic-context-schema.json#",
        "AnatomicContextName": "Anatomic codes - DICOM master list",
        "AnatomicCodes": {"AnatomicRegion": [tissue]},
    }
    _write(folder, _REGION_LIST, context)


def _write(folder: Path, name: str, context: dict) -> None:
    (folder / f"{name}.term.json").write_text(json.dumps(context), encoding="utf-8")
