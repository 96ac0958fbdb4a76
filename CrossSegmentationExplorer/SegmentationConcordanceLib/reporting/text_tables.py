"""Text of a table file: UTF-8 with or without a byte order mark, comma or semicolon between cells."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from ..bounded_reading import read_at_most
from ..errors import ConcordanceError, UnreadableFileError
from ..imaging.memory_budget import VARIABLE, budget_bytes


def table_text(path: Path) -> str:
    """The file's text.

    :raises UnreadableFileError: there is no such file, or it is no UTF-8 text.
    """
    try:
        content = read_at_most(path, budget_bytes())
        if content is None:
            raise UnreadableFileError(path, "is too large to be a table", f"Set {VARIABLE} higher if it is one.")
        # Spreadsheets put a byte order mark in front, which is no part of the first column's name.
        return content.decode("utf-8-sig")
    except OSError as error:
        raise UnreadableFileError(path, f"cannot be read ({error.strerror})", "Give the path of a CSV file.") from error
    except UnicodeDecodeError as error:
        raise UnreadableFileError(path, f"byte {error.start} is no UTF-8", "Save the table as CSV in UTF-8.") from error


def table_lines(path: Path) -> list[tuple[int, dict[str, str]]]:
    """The lines of a user's table below its header, each with its number in the file.

    :returns: cells by the names of their columns, both without blanks around; "" for a cell that is not there. Cells
        beyond the header are left out.
    :raises UnreadableFileError: there is no such file, or it is no UTF-8 text.
    :raises ConcordanceError: it is no CSV; names the line.
    """
    text = table_text(path)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator_of(text), strict=True)
    try:
        return [
            (reader.line_num, {name.strip(): (value or "").strip() for name, value in line.items() if name})
            for line in reader
        ]
    except csv.Error as error:
        raise ConcordanceError(path, f"line {reader.line_num}: {error}", "Write the table again as CSV.") from error


def separator_of(text: str) -> str:
    """The comma or the semicolon, whichever the first line has more of."""
    header = next((line for line in text.split("\n") if line.strip()), "")
    return max(",;", key=header.count)
