"""A label map as the text of its CSV file, in the format that :mod:`label_map_table` reads."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .coded_cells import write_concept
from .concepts import CodedStructure
from .label_map_table import COLUMNS, CONCEPT_COLUMNS
from .text_files import control_characters


@dataclass(frozen=True, slots=True)
class WrittenLabel:
    """One line of a label map; without ``structure`` it says what is still to be found out."""

    label: int | None
    name: str
    structure_name: str = ""
    structure: CodedStructure | None = None
    color: tuple[int, int, int] | None = None
    task: str = ""


def label_map_text(head: Mapping[str, str], labels: Iterable[WrittenLabel]) -> str:
    """The file's text; line breaks in names and head become blanks.

    :param head: see :data:`HEAD_KEYS`.
    :param labels: in the order of the lines.
    """
    out = io.StringIO()
    for key, text in head.items():
        out.write(f"# {key}: {_one_line(text)}\n")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for label in labels:
        coded = label.structure
        concepts = [write_concept(None if coded is None else getattr(coded, part)) for part in CONCEPT_COLUMNS]
        number = "" if label.label is None else str(label.label)
        color = "#{:02x}{:02x}{:02x}".format(*label.color) if label.color else ""
        row = [label.task, number, label.name, label.structure_name, *concepts, color]
        writer.writerow([_one_line(cell) for cell in row])
    return out.getvalue()


def _one_line(text: str) -> str:
    return " ".join("".join(" " if control_characters(letter) else letter for letter in text).split())
