"""The table of what a run over many cases did, and by which it knows what need not be done again."""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from ..csv_tables import table_rows, table_text
from ..errors import ConcordanceError
from ..imaging.whole_files import whole_file
from .folder_lock import locked

_LONGEST_CELL = 32_000
WRITTEN, UNCHANGED, FAILED = "written", "unchanged", "failed"


@dataclass(frozen=True, slots=True)
class HarmonizedRow:
    """What became of one output of a model on one case.

    :param input: its files, as seen from the folder of the cases, joined by "; ".
    :param model: the name of the label map; "" where none was recognized.
    :param task: the tasks of the model, joined by a space.
    :param output: the DICOM SEG, as seen from the table's folder; "" where its name is not known, or is another's.
    :param status: written, unchanged (made by an earlier run from the same files) or failed.
    :param reason: why it failed; or why the model was taken for this one.
    :param segments: how many, with seconds "" where nothing was written in this run.
    :param pattern: where its files were looked for.
    :param made_from: fingerprint of all that the output depends on.
    :param stamp: size and time of the output, by which it is known again.
    """

    case: str
    input: str
    model: str = ""
    task: str = ""
    output: str = ""
    status: str = FAILED
    reason: str = ""
    segments: str = ""
    seconds: str = ""
    pattern: str = ""
    made_from: str = ""
    stamp: str = ""


COLUMNS = tuple(field.name for field in fields(HarmonizedRow))


def read_table(path: Path) -> list[HarmonizedRow]:
    """The rows of a table; none where there is no such file.

    :raises ConcordanceError: the file is no such table.
    """
    if not path.exists():
        return []
    rows = table_rows(path, table_text(path))
    if tuple(next(rows, (0, []))[1]) != COLUMNS:
        raise ConcordanceError(path, "is no table of harmonized cases", "Move it away, or name another output folder.")
    table = []
    for number, cells in rows:
        if len(cells) != len(COLUMNS):
            fact = f"line {number} has {len(cells)} cells, the header {len(COLUMNS)}"
            raise ConcordanceError(path, fact, "Move the table away: a new one is made.")
        table.append(HarmonizedRow(*cells))
    return table


def record(path: Path, rows: Sequence[HarmonizedRow]) -> None:
    """Put rows into a table, each in the place of the one on the same output; the file is whole at any time.

    A failure whose output had no name yet gives way to whatever comes of the same files.

    :param path: the table; made where it is missing.
    :param rows: what became of outputs.
    :raises OutputError: it cannot be written.
    """
    with locked(path.parent):  # another run may write its rows into the same table
        _merge(path, rows)


def _merge(path: Path, rows: Sequence[HarmonizedRow]) -> None:
    table = {_key(row): row for row in read_table(path)}
    for row in map(_as_read_again, rows):
        for former in ((row.case, row.pattern, row.input), (row.case, row.pattern, "")):
            if former != _key(row):
                table.pop(former, None)
        table[_key(row)] = row
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(row) for row in table.values())
    with whole_file(path) as temporary:
        temporary.write_text(text.getvalue(), encoding="utf-8")


def _as_read_again(row: HarmonizedRow) -> HarmonizedRow:
    """With what UTF-8 cannot hold spelled out, as names need not be text, and in cells that others can read."""
    texts = (value.encode("utf-8", "backslashreplace").decode() for value in asdict(row).values())
    return HarmonizedRow(*(_cell(text) for text in texts))


def _cell(text: str) -> str:
    """A text as a cell: spreadsheets take 32,767 letters. A longer one is cut, and tells apart what it stood for."""
    if len(text) <= _LONGEST_CELL:
        return text
    return f"{text[:_LONGEST_CELL]} ... ({len(text):,} letters, {fingerprint([text])[:16]})"


def _key(row: HarmonizedRow) -> tuple[str, ...]:
    return (row.output,) if row.output else (row.case, row.pattern, row.input)


def fingerprint(facts: Iterable[str]) -> str:
    """A short text that is another one for any other facts."""
    digest = hashlib.sha256()
    for text in map(os.fsencode, facts):
        digest.update(len(text).to_bytes(8, "big") + text)
    return digest.hexdigest()


def stamp(path: Path) -> str:
    """Size and time of a file; "" where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return ""
    return f"{found.st_size}@{found.st_mtime_ns}"


def files_below(paths: Sequence[Path]) -> list[Path]:
    """The files that some paths are, or hold; hidden ones are left out."""
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        for where, folders, names in os.walk(path):
            folders.sort()
            found += [Path(where, name) for name in sorted(names) if not name.startswith(".")]
    return found
