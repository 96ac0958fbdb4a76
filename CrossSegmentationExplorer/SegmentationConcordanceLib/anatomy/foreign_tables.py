"""Label tables of other programs: Slicer's colour tables, ITK-SNAP's label files, nnU-Net's dataset.json."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..csv_tables import table_rows
from ..errors import LabelMapTableError
from .concepts import CodedConcept, CodedStructure
from .text_files import read_json, read_text

_HIGHEST_LABEL = 2**32 - 1
_SNAP_LINE = re.compile(r'\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+[\d.]+\s+\d+\s+\d+\s+"(.*)"\s*')
_SLICER_LINE = re.compile(r"\s*(\d+)\s+(\S.*?)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*")
_BACKGROUND = {"background", "clear label", "none", ""}
# The columns of Slicer's CSV colour tables; older ones have the short names.
_CONCEPTS = {
    "category": ("SegmentedPropertyCategoryCodeSequence", "Category"),
    "type": ("SegmentedPropertyTypeCodeSequence", "Type"),
    "modifier": ("SegmentedPropertyTypeModifierCodeSequence", "TypeModifier"),
    "region": ("AnatomicRegionSequence", "AnatomicRegion"),
    "region_modifier": ("AnatomicRegionModifierSequence", "AnatomicRegionModifier"),
}


@dataclass(frozen=True, slots=True)
class ForeignLabel:
    """A label as another program's table has it."""

    label: int | None
    name: str
    color: tuple[int, int, int] | None = None
    structure: CodedStructure | None = None
    task: str = ""


def read_foreign_table(path: str | Path) -> tuple[ForeignLabel, ...]:
    """The labels of a colour table (.ctbl, .txt, .csv), an ITK-SNAP label file (.txt, .label) or a dataset.json.

    The background (label 0) is left out, and so are names of a colour table that stand for nothing ("none").

    :raises LabelMapTableError: missing, of none of these formats, or one label id stands there twice.
    """
    path = Path(path)
    if path.suffix.lower() == ".json":
        labels = list(_dataset_json(path))
    elif path.suffix.lower() == ".csv":
        labels = list(_slicer_csv(path, read_text(path)))
    else:
        labels = list(_lines(path, read_text(path)))
    labels = [label for label in labels if label.label != 0 and label.name.casefold() not in _BACKGROUND]
    numbers = [label.label for label in labels if label.label is not None]
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    if twice:
        raise LabelMapTableError(path, f"gives label {twice[0]} two names", "Give every label its own number.")
    if not labels:
        raise LabelMapTableError(path, "holds no label", "Give a table with label ids and names.")
    return tuple(labels)


def _lines(path: Path, text: str) -> Iterator[ForeignLabel]:
    """ITK-SNAP's lines (index, RGB, opacity, two flags, name in quotes) or Slicer's (index, name, RGBA)."""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        snap, slicer = _SNAP_LINE.fullmatch(line), _SLICER_LINE.fullmatch(line)
        if snap:
            index, *rgb, name = snap.groups()
        elif slicer:
            index, name, *rgb, _ = slicer.groups()
            name = name.replace("_", " ")
        else:
            fact = (
                f'line {number} is "{line.strip()[:60]}", which is no line of a colour table or an ITK-SNAP label file'
            )
            raise LabelMapTableError(path, fact, "Give a table that Slicer or ITK-SNAP wrote.")
        yield ForeignLabel(_label(path, index), name.strip(), _rgb(path, rgb))


def _slicer_csv(path: Path, text: str) -> Iterator[ForeignLabel]:
    rows = table_rows(path, text, error=LabelMapTableError)
    names = [name.strip() for name in next(rows, (0, []))[1]]
    columns = {name.casefold(): name for name in names}
    label, name = (columns.get(one.casefold()) for one in ("LabelValue", "Name"))
    if label is None or name is None:
        fact = f"has the columns {', '.join(names) or 'none'}, but neither ours nor LabelValue and Name"
        raise LabelMapTableError(path, fact, "Give a label map of this program, or a colour table that Slicer wrote.")
    for _, row in rows:
        cells = {name.casefold(): cell.strip() for name, cell in zip(names, [*row, *[""] * len(names)])}
        rgb = [cells.get(f"color_{channel}", "") for channel in "rgb"]
        color = _rgb(path, rgb) if all(rgb) else None
        if cells["labelvalue"]:
            yield ForeignLabel(_label(path, cells["labelvalue"]), cells["name"], color, _structure(cells))


def _structure(cells: dict[str, str]) -> CodedStructure | None:
    concepts = {part: _concept(cells, names) for part, names in _CONCEPTS.items()}
    category, kind = concepts["category"], concepts["type"]
    if category is None or kind is None:
        return None
    return CodedStructure(category, kind, concepts["modifier"], concepts["region"], concepts["region_modifier"])


def _concept(cells: dict[str, str], names: tuple[str, ...]) -> CodedConcept | None:
    for name in (name.casefold() for name in names):
        for dot in "._":
            # Spreadsheets turn codes into numbers: "64033007.0".
            value = re.sub(r"\.0$", "", cells.get(f"{name}{dot}codevalue", ""))
            scheme = cells.get(f"{name}{dot}codingschemedesignator", "")
            meaning = cells.get(f"{name}{dot}codemeaning", "")
            if value and scheme and meaning:
                return CodedConcept(value[:16], scheme[:16], meaning[:64])
    return None


def _dataset_json(path: Path) -> Iterator[ForeignLabel]:
    """nnU-Net 2 has {"liver": 1}, nnU-Net 1 {"1": "liver"}."""
    content = read_json(path, "Give the dataset.json beside the weights.")
    labels = content.get("labels") if isinstance(content, dict) else None
    if not isinstance(labels, dict):
        raise LabelMapTableError(path, 'has no "labels"', "Give nnU-Net's dataset.json.")
    for key, value in labels.items():
        name, number = (value, key) if isinstance(value, str) and str(key).isdigit() else (key, value)
        yield ForeignLabel(_label(path, _only(path, name, number)), str(name))


def _only(path: Path, name: str, number: Any) -> Any:
    if not isinstance(number, list):
        return number
    if len(number) == 1:
        return number[0]
    fact = f'"{name}" is a region of the labels {number}, not one label'
    raise LabelMapTableError(path, fact, "Write the label that the model's output has for it.")


def _label(path: Path, cell: Any) -> int:
    text = re.sub(r"\.0$", "", str(cell))
    if not re.fullmatch("[0-9]{1,10}", text) or int(text) > _HIGHEST_LABEL:
        raise LabelMapTableError(path, f'"{cell}" is no label id', f"Labels are whole numbers up to {_HIGHEST_LABEL}.")
    return int(text)


def _rgb(path: Path, cells: list[str]) -> tuple[int, int, int]:
    try:
        values = [float(cell) for cell in cells]
    except ValueError as error:
        raise LabelMapTableError(path, f"the colour {cells} is none", "Colours are 0 to 255.") from error
    if not all(0 <= value <= 255 and value == int(value) for value in values):
        raise LabelMapTableError(path, f"the colour {cells} is none", "Colours are whole numbers from 0 to 255.")
    red, green, blue = (int(value) for value in values)
    return red, green, blue
