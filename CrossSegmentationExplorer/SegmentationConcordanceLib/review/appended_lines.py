"""Tables that grow by one line at a time, each on the disk before the next: a crash loses at most the last one.

One row is one line of the file, whatever its cells hold: line breaks and backslashes are written as ``\\n`` and
``\\\\``. So a line that was cut off by a crash spoils no other one, and a file can be read while it grows.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..errors import ConcordanceError, OutputError, UnreadableFileError


def append_line(path: str | os.PathLike[str], columns: Sequence[str], cells: Sequence[object], what: str) -> None:
    """Write a line at the end of the file, and have it on the disk before this returns.

    The file is made where it is not there. One write holds the whole line, so that readers who share a file do not
    mix theirs; a line that a crash cut off is closed first.

    :param columns: the header of a new file.
    :param cells: of the line.
    :param what: what the line holds, for the error.
    :raises OutputError: the file cannot be written; nothing that it holds is lost.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o644)
    except OSError as error:
        raise _not_written(path, what, error) from error
    try:
        size = os.fstat(handle).st_size
        start = ",".join(columns) + "\n" if size == 0 else "" if _ends_a_line(handle, size) else "\n"
        data = (start + _line(cells)).encode("utf-8", "backslashreplace")
        written = os.write(handle, data)
        if written != len(data):
            raise OSError(28, "No space left on device")
        os.fsync(handle)
    except OSError as error:
        raise _not_written(path, what, error) from error
    finally:
        os.close(handle)


def read_lines(
    path: str | os.PathLike[str], needed: Sequence[str], what: str
) -> Iterator[tuple[int, dict[str, str] | None]]:
    """The lines of such a table, by column, each with its number; a file that is not there has none.

    :param needed: columns that it must have.
    :param what: what the file is, e.g. "review file", for the error.
    :returns: None for a line that is cut off or damaged.
    :raises UnreadableFileError: it is no text in UTF-8.
    :raises ConcordanceError: its first line is not the header of such a table.
    """
    path = Path(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return
    except OSError as error:
        raise UnreadableFileError(path, f"cannot be read ({error.strerror})", "Choose another file.") from error
    except UnicodeDecodeError as error:
        raise UnreadableFileError(path, f"byte {error.start} is no UTF-8", f"Choose a {what}.") from error
    if not text.strip():
        return
    lines = text.replace("\r\n", "\n").split("\n")
    header = tuple(cell.strip() for cell in _cells_of(lines[0]) or ())
    lacking = [name for name in needed if name not in header]
    if lacking:
        raise ConcordanceError(path, f"is no {what}: it has no column {lacking[0]}", "Choose another file.")
    for number, line in enumerate(lines[1:], 2):
        if line.strip():
            cells = _cells_of(line)
            yield number, None if cells is None or len(cells) != len(header) else dict(zip(header, cells))


def _cells_of(line: str) -> list[str] | None:
    """The cells of one line as they were before they were written; None where it is no whole line."""
    try:
        (cells,) = csv.reader([line], strict=True)
    except (csv.Error, ValueError):
        return None
    return [_plain(cell) for cell in cells]


def _line(cells: Sequence[object]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow([_escaped(str(cell)) for cell in cells])
    return text.getvalue()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n").replace("\0", "")


def _plain(text: str) -> str:
    parts = text.split("\\\\")
    return "\\".join(part.replace("\\n", "\n") for part in parts)


def _ends_a_line(handle: int, size: int) -> bool:
    os.lseek(handle, size - 1, os.SEEK_SET)
    return os.read(handle, 1) == b"\n"


def _not_written(path: Path, what: str, error: OSError) -> OutputError:
    return OutputError(path, f"{what} cannot be kept there ({error.strerror})", "Choose another file.")
