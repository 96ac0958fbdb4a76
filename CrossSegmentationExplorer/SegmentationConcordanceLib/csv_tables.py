"""CSV files of users, read in one way: UTF-8 with or without a byte order mark, comma, semicolon or tab between cells.

Spreadsheets write decimals with a comma where the cells are divided by something else, may begin a file with "sep=;",
and save what they call Unicode text as UTF-16. All of that says the same.

What is wrong is said in one way: the file, the line, the fact, and what to do.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from .bounded_reading import read_at_most
from .errors import ConcordanceError, UnreadableFileError
from .memory_budget import VARIABLE, budget_bytes

_LONGEST_CELL = 131_072  # of csv itself
_LIMIT = threading.Lock()
_SEPARATORS = ",;\t"
_ANNOUNCED = re.compile(rf'\A"?sep=([{_SEPARATORS}])"?[{_SEPARATORS}]*\r?\n', re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"\A\s*([+-]?\d+),(\d+(?:[eE][+-]?\d+)?)\s*\Z")


def table_text(path: Path) -> str:
    """The file's text, without a byte order mark: spreadsheets put one in front.

    :raises UnreadableFileError: there is no such file, or it is no UTF-8 text.
    """
    try:
        content = read_at_most(path, budget_bytes())
        if content is None:
            raise UnreadableFileError(path, "is too large to be a table", f"Set {VARIABLE} higher if it is one.")
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return content.decode("utf-16")
        if b"\0" in content:
            raise UnreadableFileError(path, f"byte {content.index(0)} is zero, which no text has", "Give a CSV file.")
        return content.decode("utf-8-sig")
    except OSError as error:
        raise UnreadableFileError(path, f"cannot be read ({error.strerror})", "Give the path of a CSV file.") from error
    except UnicodeDecodeError as error:
        fact = f"is no UTF-8 text (byte {error.start})"
        raise UnreadableFileError(path, fact, "Save the table as CSV in UTF-8.") from error


def table_rows(
    path: Path, text: str, *, comments: bool = False, error: type[ConcordanceError] = ConcordanceError
) -> Iterator[tuple[int, list[str]]]:
    """The lines of a table that are not blank, the header first, each with its number in the file.

    :param text: of the file.
    :param comments: whether lines that begin with "#" are left out.
    :param error: what is raised where it is no CSV; names the line.
    """
    separator = separator_of(text)
    lines: Iterator[str] = io.StringIO(without_announcement(text), newline="")
    if comments:
        lines = ("\n" if line.startswith("#") else line for line in lines)
    reader = csv.reader(lines, delimiter=separator, strict=True)
    try:
        for cells in reader if len(text) <= _LONGEST_CELL else _with_long_cells(reader, len(text)):
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as problem:
        raise error(path, f"line {reader.line_num}: {problem}", "Write the table again as CSV.") from problem


def table_lines(
    path: Path,
    needed: Sequence[str] = (),
    *,
    comments: bool = False,
    verbatim: bool = False,
    numbers: Collection[str] = (),
    known: Collection[str] = (),
) -> list[tuple[int, dict[str, str]]]:
    """The lines of a user's table below its header, each with its number in the file.

    :param needed: the columns that there must be.
    :param comments: whether lines that begin with "#" are left out.
    :param verbatim: whether blanks around a cell belong to it.
    :param numbers: the columns of numbers, see :func:`with_decimal_point`.
    :param known: columns that there may be, see :func:`column_names`.
    :returns: cells by the names of their columns; "" for a cell that is not there. Cells beyond the header are left
        out.
    :raises UnreadableFileError: there is no such file, it is no UTF-8 text, or it is empty where columns are needed.
    :raises ConcordanceError: it is no CSV, or lacks a column.
    """
    text = table_text(path)
    separator = separator_of(text)
    rows = table_rows(path, text, comments=comments)
    names = column_names(next(rows, (0, []))[1], (*needed, *numbers, *known))
    require_columns(path, names, needed)
    lines = []
    for number, cells in rows:
        cells += [""] * (len(names) - len(cells))
        line = {name: cell if verbatim else cell.strip() for name, cell in zip(names, cells) if name}
        line |= {name: with_decimal_point(line[name], separator) for name in numbers if name in line}
        lines.append((number, line))
    return lines


def column_names(cells: Sequence[str], known: Collection[str]) -> list[str]:
    """The names in a header, those of known columns as these are written, whatever letters are capital.

    :param known: names in small letters.
    """
    names = [cell.strip() for cell in cells]
    return [name.lower() if name.lower() in known and name.lower() not in names else name for name in names]


def with_decimal_point(text: str, separator: str) -> str:
    """The text of a cell; with a point where it is a number with a decimal comma.

    :param separator: between cells. Where that is a comma, a comma within a number may divide thousands and stays.
    """
    return text if separator == "," else _DECIMAL_COMMA.sub(r"\1.\2", text)


def require_columns(path: Path, names: Sequence[str], needed: Sequence[str]) -> None:
    """Refuse a table that lacks a column.

    :param names: of its columns.
    :param needed: of those that there must be.
    :raises UnreadableFileError: it has no column at all.
    :raises ConcordanceError: it lacks some.
    """
    remedy = f"The first line must name the columns {', '.join(needed)}."
    if needed and not names:
        raise UnreadableFileError(path, "is empty", remedy)
    missing = [name for name in needed if name not in names]
    if missing:
        raise ConcordanceError(path, f"has no column {', '.join(missing)}", remedy)


def cell_number(path: Path, line: int, column: str, cells: Mapping[str, str]) -> float | None:
    """The number in a cell; None for an empty one, and for a column that is not there.

    :param line: its number in the file.
    :param cells: of the line, by the names of their columns.
    :raises ConcordanceError: it is no finite number; names file, line and column.
    """
    text = cells.get(column, "").strip()
    try:
        value = float(text) if text else None
    except ValueError:
        value = float("nan")
    if value is not None and not abs(value) < float("inf"):
        where = f"{path}, line {line}, column {column}"
        raise ConcordanceError(where, f"{text!r} is not a number", "Write a number or leave it empty.")
    return value


def separator_of(text: str) -> str:
    """The comma, the semicolon or the tab: the one that a first line "sep=;" names, as Excel knows it; else whichever
    the first line has most of. Lines that begin with "#" do not count."""
    if announced := _ANNOUNCED.match(text):
        return announced[1]
    lines = (line for line in io.StringIO(text) if line.strip())
    first = next(lines, "")
    header = first if not first.startswith("#") else next((line for line in lines if not line.startswith("#")), first)
    return max(_SEPARATORS, key=header.count)


def without_announcement(text: str) -> str:
    """The text with a blank line in place of a first line "sep=;"."""
    return _ANNOUNCED.sub("\n", text)


def _with_long_cells(reader: Iterator[list[str]], letters: int) -> Iterator[list[str]]:
    """The lines of a reader whose cells may have so many letters; csv stops at 131,072 by itself."""
    while (cells := _next_line(reader, letters)) is not None:
        yield cells


def _next_line(reader: Iterator[list[str]], letters: int) -> list[str] | None:
    """The next line. csv has one limit for the whole process, so it is other than its own only within this call."""
    with _LIMIT:
        before = csv.field_size_limit(letters + 1)
        try:
            return next(reader, None)
        finally:
            csv.field_size_limit(before)
