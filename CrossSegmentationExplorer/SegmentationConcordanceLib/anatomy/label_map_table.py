"""Reading the CSV file of a model's labels, row by row, every mistake noted with its line.

The format: comment lines ``# key: value`` (see :data:`HEAD_KEYS`), the line of column names (see :data:`COLUMNS`), one
line per label, with commas, semicolons or tabs between cells. Concepts are written "SCT:78961009 Spleen", colours
"#9d6ca2". Text is UTF-8.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from pathlib import Path

from ..csv_tables import column_names, separator_of, without_announcement
from .coded_cells import read_concept
from .concepts import CodedConcept, CodedStructure
from .text_files import control_characters, read_text

REQUIRED_COLUMNS = ("label", "name", "structure", "category", "type")
CONCEPT_COLUMNS = ("category", "type", "modifier", "region", "region_modifier")
COLUMNS = ("task", "label", "name", "structure", *CONCEPT_COLUMNS, "color")
HEAD_KEYS = ("title", "model", "version", "modality", "family", "output", "ids", "codes", "licence", "note")

_HIGHEST_LABEL = 2**32 - 1
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True, order=True)
class TableFinding:
    """Something that is wrong with a label map: where (line 0 is the file as a whole), of which kind, and what."""

    file: str
    line: int
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.kind}: {self.text}"


@dataclass(frozen=True, slots=True)
class TableRow:
    """One label as written. What is empty or could not be read is None (label, concepts, colour) or ""."""

    line: int
    task: str
    label: int | None
    name: str
    structure_name: str
    category: CodedConcept | None
    type: CodedConcept | None
    modifier: CodedConcept | None
    region: CodedConcept | None
    region_modifier: CodedConcept | None
    color: tuple[int, int, int] | None

    @property
    def structure(self) -> CodedStructure | None:
        """The coded structure, None as long as category or type is missing."""
        if self.category is None or self.type is None:
            return None
        return CodedStructure(self.category, self.type, self.modifier, self.region, self.region_modifier)


@dataclass(slots=True)
class LabelMapTable:
    """A label map file as read: its head, its rows, and what could not be read.

    :param head: key -> value; the lines of a repeated key are joined by "; ". "output <task>" is a key of its own.
    """

    path: Path
    head: dict[str, str] = field(default_factory=dict)
    rows: list[TableRow] = field(default_factory=list)
    findings: list[TableFinding] = field(default_factory=list)

    def note(self, line: int, kind: str, text: str) -> None:
        """Add a finding.

        :param line: 1 is the first; 0 for the file as a whole.
        :param kind: one word that findings are counted by.
        :param text: what is wrong.
        """
        self.findings.append(TableFinding(str(self.path), line, kind, text))


def read_table(path: str | Path) -> LabelMapTable:
    """Everything that a label map file says, and as findings everything in it that cannot be read.

    :raises LabelMapTableError: the file is missing or is no UTF-8 text.
    """
    table = LabelMapTable(Path(path))
    text = read_text(path)
    lines, separator = without_announcement(text).splitlines(), separator_of(text)
    head_lines = _read_head(table, lines, separator)
    try:
        _read_rows(table, lines[head_lines:], head_lines, separator)
    except csv.Error as error:
        table.note(head_lines + 1, "row", f"is no CSV ({error})")
    return table


def _read_head(table: LabelMapTable, lines: list[str], separator: str) -> int:
    number = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip(f"{separator} "):
            continue
        if not line.startswith("#"):
            return number - 1
        # A spreadsheet fills every line up to the number of columns.
        key, colon, value = (part.strip() for part in line[1:].rstrip(f"{separator} ").partition(":"))
        if not key and not colon:
            continue
        if not colon or (key not in HEAD_KEYS and not key.startswith("output ")):
            table.note(number, "head", f'"{line}" is not "# key: value" with a key of {", ".join(HEAD_KEYS)}')
        elif key in table.head:
            table.head[key] += f"; {value}"
        else:
            table.head[key] = value
    return number


def _read_rows(table: LabelMapTable, lines: list[str], offset: int, separator: str) -> None:
    reader = csv.reader(lines, delimiter=separator, strict=True)
    columns = column_names(next(reader, []), COLUMNS)
    for column in columns:
        if column not in COLUMNS:
            table.note(offset + 1, "column", f'"{column}" is unknown; known are {", ".join(COLUMNS)}')
        elif columns.count(column) > 1:
            table.note(offset + 1, "column", f'"{column}" is there {columns.count(column)} times')
    missing = [column for column in REQUIRED_COLUMNS if column not in columns]
    if missing:
        table.note(offset + 1, "column", f"missing: {', '.join(missing)}")
        return
    for read in reader:
        line, cells = offset + reader.line_num, [cell.strip() for cell in read]
        if not any(cells):
            continue
        if len(cells) == len(columns):
            table.rows.append(_read_row(table, line, dict(zip(columns, cells))))
        else:
            table.note(line, "row", f"has {len(cells)} cells under {len(columns)} columns")
    if not table.rows:
        table.note(offset + 1, "row", "there is no label")


def _read_row(table: LabelMapTable, line: int, cells: dict[str, str]) -> TableRow:
    for column in ("name", "structure"):
        if not cells[column]:
            table.note(line, column, "is empty")
    for column, cell in cells.items():
        if odd := control_characters(cell):
            table.note(line, "text", f"the {column} holds control characters: {', '.join(odd[:5])}")
    if not cells["category"]:
        table.note(line, "code", "the category is empty")
    if not cells["type"]:
        table.note(line, "code", "the type is empty")
    label = _read_label(table, line, cells["label"])
    category, kind, modifier, region, region_modifier = (
        _read_concept(table, line, cells.get(column, "")) for column in CONCEPT_COLUMNS
    )
    return TableRow(
        line,
        cells.get("task", ""),
        label,
        cells["name"],
        cells["structure"],
        category,
        kind,
        modifier,
        region,
        region_modifier,
        _read_color(table, line, cells.get("color", "")),
    )


def _read_label(table: LabelMapTable, line: int, cell: str) -> int | None:
    if not cell:
        return None
    if re.fullmatch("[0-9]{1,10}", cell) and 1 <= int(cell) <= _HIGHEST_LABEL:
        return int(cell)
    table.note(line, "label", f'"{cell}" is no whole number from 1 to {_HIGHEST_LABEL}')
    return None


def _read_concept(table: LabelMapTable, line: int, cell: str) -> CodedConcept | None:
    if not cell:
        return None
    try:
        return read_concept(cell)
    except ValueError as error:
        table.note(line, "code", str(error))
        return None


def _read_color(table: LabelMapTable, line: int, cell: str) -> tuple[int, int, int] | None:
    if not cell:
        return None
    if _COLOR.fullmatch(cell):
        return int(cell[1:3], 16), int(cell[3:5], 16), int(cell[5:7], 16)
    table.note(line, "color", f'"{cell}" is no colour like "#9d6ca2", red, green and blue from 00 to ff')
    return None
