"""review.csv: every verdict is appended at once, so that nothing but the key just pressed can be lost.

A later line about the same subject replaces an earlier one; the earlier one stays in the file, as what was said at that
time.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .appended_lines import append_line, read_lines
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
    append_line(path, COLUMNS, _cells(verdict), "the verdict")


def read_review(path: str | os.PathLike[str]) -> ReadReview:
    """Read a review file; one that is not there holds nothing.

    :raises UnreadableFileError: it is no text in UTF-8.
    :raises ConcordanceError: its first line is not the header of a review file.
    """
    verdicts, notes = [], []
    for number, row in read_lines(path, ("reader", "case", "structure_key", "model", "score"), "review file"):
        verdict = _verdict(row) if row is not None else None
        if verdict is None:
            notes.append(f"{Path(path).name}, line {number}: it is cut off or damaged, and left out.")
        else:
            verdicts.append(verdict)
    return ReadReview(tuple(verdicts), tuple(notes))


def _cells(verdict: Verdict) -> Sequence[object]:
    subject = verdict.subject
    return (
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


def _verdict(row: Mapping[str, str]) -> Verdict | None:
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
