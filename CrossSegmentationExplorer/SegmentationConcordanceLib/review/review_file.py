"""review.csv: every verdict is appended at once, so that nothing but the key just pressed can be lost.

One verdict is one line of the file, whatever its comment holds: line breaks and backslashes are written as ``\\n`` and
``\\\\``. So a line that was cut off by a crash spoils no other one, and a file can be read while it grows. A later line
about the same subject replaces an earlier one; the earlier one stays in the file, as what was said at that time.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import ConcordanceError, OutputError, UnreadableFileError
from .verdict import Subject, Verdict

COLUMNS = (
    "time",
    "reader",
    "case",
    "series_uid",
    "structure",
    "structure_key",
    "model",
    "score",
    "comment",
    "seconds",
    "repeat",
    "bookmark",  # last, and one character wide: a line that lacks its end shows it
)
_HEADER = ",".join(COLUMNS) + "\n"


@dataclass(frozen=True, slots=True)
class ReadReview:
    """What a review file holds.

    :param verdicts: in the order in which they were said, replaced ones included.
    :param notes: a sentence for each line that could not be understood.
    """

    verdicts: tuple[Verdict, ...]
    notes: tuple[str, ...] = ()

    @property
    def standing(self) -> tuple[Verdict, ...]:
        """Those that no later one replaced, without the ones that were taken back."""
        return standing(self.verdicts)


def standing(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """The last verdict of each reader, case, reading and subject, in the order of the first; empty ones are dropped."""
    last: dict[tuple, Verdict] = {}
    for verdict in verdicts:
        last[(verdict.reader, verdict.series_uid or verdict.case, verdict.repeat, verdict.subject.key)] = verdict
    return tuple(verdict for verdict in last.values() if not verdict.is_empty)


def append_verdict(path: str | os.PathLike[str], verdict: Verdict) -> None:
    """Write a verdict at the end of the file, and have it on the disk before this returns.

    The file is made where it is not there. One write holds the whole line, so that readers who share a file do not
    mix theirs; a line that a crash cut off is closed first.

    :raises OutputError: the file cannot be written; nothing that it holds is lost.
    """
    path = Path(path)
    line = _line(verdict)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o644)
    except OSError as error:
        raise _not_written(path, error) from error
    try:
        size = os.fstat(handle).st_size
        start = _HEADER if size == 0 else "" if _ends_a_line(handle, size) else "\n"
        data = (start + line).encode("utf-8", "backslashreplace")
        written = os.write(handle, data)
        if written != len(data):
            raise OSError(28, "No space left on device")
        os.fsync(handle)
    except OSError as error:
        raise _not_written(path, error) from error
    finally:
        os.close(handle)


def read_review(path: str | os.PathLike[str]) -> ReadReview:
    """Read a review file; one that is not there holds nothing.

    :raises UnreadableFileError: it is no text in UTF-8.
    :raises ConcordanceError: its first line is not the header of a review file.
    """
    path = Path(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return ReadReview(())
    except OSError as error:
        raise UnreadableFileError(path, f"cannot be read ({error.strerror})", "Choose another file.") from error
    except UnicodeDecodeError as error:
        raise UnreadableFileError(path, f"byte {error.start} is no UTF-8", "Choose a review file.") from error
    lines = text.replace("\r\n", "\n").split("\n")
    if not text.strip():
        return ReadReview(())
    header = tuple(cell.strip() for cell in _cells(lines[0]) or ())
    lacking = [name for name in ("reader", "case", "structure_key", "model", "score") if name not in header]
    if lacking:
        raise ConcordanceError(path, f"is no review file: it has no column {lacking[0]}", "Choose another file.")
    verdicts, notes = [], []
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        verdict = _verdict(header, line)
        if verdict is None:
            notes.append(f"{path.name}, line {number}: it is cut off or damaged, and left out.")
        else:
            verdicts.append(verdict)
    return ReadReview(tuple(verdicts), tuple(notes))


def _line(verdict: Verdict) -> str:
    subject = verdict.subject
    cells: Sequence[object] = (
        verdict.time,
        verdict.reader,
        verdict.case,
        verdict.series_uid,
        subject.structure,
        subject.structure_key,
        subject.model,
        "" if verdict.score is None else verdict.score,
        verdict.comment,
        f"{verdict.seconds:.1f}",
        verdict.repeat,
        int(verdict.bookmark),
    )
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow([_escaped(str(cell)) for cell in cells])
    return text.getvalue()


def _verdict(header: Sequence[str], line: str) -> Verdict | None:
    cells = _cells(line)
    if cells is None or len(cells) != len(header):
        return None
    row = {name: _plain(cell) for name, cell in zip(header, cells)}
    if row.get("bookmark", "0") not in ("0", "1"):
        return None
    try:
        return Verdict(
            reader=row["reader"],
            case=row["case"],
            subject=Subject(row["structure_key"], row.get("structure", ""), row["model"]),
            score=int(row["score"]) if row["score"].strip() else None,
            comment=row.get("comment", ""),
            bookmark=row.get("bookmark") == "1",
            seconds=float(row.get("seconds") or 0),
            repeat=int(row.get("repeat") or 0),
            time=row.get("time", ""),
            series_uid=row.get("series_uid", ""),
        )
    except ValueError:
        return None


def _cells(line: str) -> list[str] | None:
    """The cells of one line; None where it is no whole line of a CSV file."""
    try:
        (cells,) = csv.reader([line], strict=True)
    except (csv.Error, ValueError):
        return None
    return cells


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n").replace("\0", "")


def _plain(text: str) -> str:
    parts = text.split("\\\\")
    return "\\".join(part.replace("\\n", "\n") for part in parts)


def _ends_a_line(handle: int, size: int) -> bool:
    os.lseek(handle, size - 1, os.SEEK_SET)
    return os.read(handle, 1) == b"\n"


def _not_written(path: Path, error: OSError) -> OutputError:
    return OutputError(path, f"the verdict cannot be kept there ({error.strerror})", "Choose another review file.")
