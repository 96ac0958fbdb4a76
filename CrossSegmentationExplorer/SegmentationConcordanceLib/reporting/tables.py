"""agreement.csv, pairwise.csv and staple.csv: UTF-8, comma-separated, one row per line, an empty cell for "no meaning".

Names are written exactly as they are, also those that begin with ``=``, ``+``, ``-`` or ``@``. These are data files,
and a prefix against spreadsheet formulas would change the names that rows are matched by. Import them into a
spreadsheet as text.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any, TypeVar

from ..agreement.measures import MEASURES
from ..agreement.table import PRESENCES, STATUSES, AgreementRow, PairwiseRow, StapleRow
from ..csv_tables import column_names, require_columns, separator_of, table_rows, table_text, with_decimal_point
from ..errors import ConcordanceError
from ..imaging.whole_files import whole_file

Row = TypeVar("Row", AgreementRow, PairwiseRow, StapleRow)

_FRACTIONS = {name for name, measure in MEASURES.items() if measure.highest == 1}
_NEEDS_TEXT = ("case", "structure", "model", "model_a", "model_b", "consensus")


def write_agreement(path: str | os.PathLike[str], rows: Iterable[AgreementRow]) -> None:
    """Write agreement.csv, whole or not at all. Floats are written so that reading gives the same number again.

    :param rows: may be empty, which leaves the header alone.
    :raises OutputError: the file cannot be written.
    """
    _write(path, AgreementRow, rows)


def write_pairwise(path: str | os.PathLike[str], rows: Iterable[PairwiseRow]) -> None:
    """Write pairwise.csv; as :func:`write_agreement`.

    :param path: the file; appears whole or not at all.
    :raises OutputError: it cannot be written.
    """
    _write(path, PairwiseRow, rows)


def write_staple(path: str | os.PathLike[str], rows: Iterable[StapleRow]) -> None:
    """Write staple.csv; as :func:`write_agreement`.

    :param path: the file; appears whole or not at all.
    :raises OutputError: it cannot be written.
    """
    _write(path, StapleRow, rows)


def read_agreement(path: str | os.PathLike[str]) -> list[AgreementRow]:
    """Read an agreement table of any origin.

    Columns may come in any order, and others are ignored. Surface distances may be absent. Spreadsheets may have saved
    it: see :mod:`csv_tables`.

    :raises UnreadableFileError: there is no such file, or it is no UTF-8 text.
    :raises ConcordanceError: a column is missing, or a value is none that the column can have; names file and line.
    """
    return _read(path, AgreementRow)


def read_pairwise(path: str | os.PathLike[str]) -> list[PairwiseRow]:
    """Read a pairwise table; as :func:`read_agreement`."""
    return _read(path, PairwiseRow)


def _write(path: str | os.PathLike[str], row_type: type[Row], rows: Iterable[Row]) -> None:
    names = [field.name for field in fields(row_type)]
    # A folder name that is no UTF-8 reaches us with lone surrogates, which UTF-8 cannot hold.
    with (
        whole_file(path) as temporary,
        temporary.open("w", encoding="utf-8", errors="backslashreplace", newline="") as f,
    ):
        f.write(",".join(names) + "\n")
        for row in rows:
            f.write(",".join(_cell(getattr(row, name)) for name in names) + "\n")


def _cell(value: str | float | None) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return repr(float(value)) if isinstance(value, float) else str(value)
    # csv.writer before Python 3.13 leaves a carriage return unquoted, which reads back as the end of the row.
    return '"' + value.replace('"', '""') + '"' if re.search('[,"\r\n]', value) else value


def _read(path: str | os.PathLike[str], row_type: type[Row]) -> list[Row]:
    path = Path(path)
    text = table_text(path)
    separator = separator_of(text)
    lines = table_rows(path, text)
    header = _header(path, next(lines, (0, []))[1], row_type)
    return [_row(path, number, header, cells, row_type, separator) for number, cells in lines]


def _header(path: Path, cells: Sequence[str], row_type: type[Row]) -> list[str]:
    names = column_names(cells, [field.name for field in fields(row_type)])
    require_columns(path, names, [field.name for field in fields(row_type) if field.default is MISSING])
    twice = [field.name for field in fields(row_type) if names.count(field.name) > 1]
    if twice:
        raise ConcordanceError(path, f"has the column {', '.join(twice)} twice", "Leave one of them.")
    return names


def _row(
    path: Path, line: int, header: Sequence[str], cells: Sequence[str], row_type: type[Row], separator: str
) -> Row:
    if len(cells) != len(header):
        fact = f"line {line} has {len(cells)} cells, the header {len(header)}"
        raise ConcordanceError(path, fact, "Put names that hold the separator in double quotes.")
    text_of = dict(zip(header, cells))
    values: dict[str, Any] = {}
    for field in fields(row_type):
        try:
            values[field.name] = _value(field, text_of.get(field.name, ""), separator)
        except _BadCellError as error:
            subject = f"{path}, line {line}, column {field.name}"
            raise ConcordanceError(subject, f"{text_of[field.name]!r} is {error.fact}", error.remedy) from None
    return row_type(**values)


class _BadCellError(Exception):
    def __init__(self, fact: str, remedy: str) -> None:
        super().__init__(fact)
        self.fact = fact
        self.remedy = remedy


def _value(field: Field, text: str, separator: str) -> str | int | float | None:
    # The types are strings: the row types are declared under "from __future__ import annotations".
    if field.type == "str":
        return _name(field.name, text)
    if not text.strip() and "None" in field.type:
        return None
    number = _number(with_decimal_point(text, separator))
    if field.type == "int":
        if number < 1 or not number.is_integer():
            raise _BadCellError("not a number of models", "Write a whole number from 1.")
        return int(number)
    if field.name in _FRACTIONS and not 0 <= number <= 1:
        raise _BadCellError("outside 0 to 1", "Write a fraction from 0 to 1, or leave the cell empty.")
    if number < 0:
        raise _BadCellError("negative", "Volumes, ratios and distances are 0 or more; or leave the cell empty.")
    return number


def _name(column: str, text: str) -> str:
    if column == "status":
        if text.strip() not in STATUSES:
            raise _BadCellError("not a status", f"Use one of {', '.join(STATUSES)}.")
        return text.strip()
    if column == "presence":
        if text.strip() not in ("", *PRESENCES):
            raise _BadCellError("not what a model can make of a structure", f"Use one of {', '.join(PRESENCES)}.")
        return text.strip()
    if column in _NEEDS_TEXT and not text.strip():
        raise _BadCellError("empty", "Give it a name.")
    return text


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise _BadCellError("not a number", "Write a number with a decimal point, or leave the cell empty.")
    return number
