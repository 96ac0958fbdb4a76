"""Cohort files, written: a CSV table with a line for each output."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path

from ..imaging.volume_files import is_volume_file
from ..imaging.whole_files import whole_file
from .cases import CaseOutput, CohortCase
from .cohort_file import TABLE_COLUMNS


def write_cohort_table(path: Path, cases: Sequence[CohortCase]) -> None:
    """Write the cases, with paths as seen from the table's folder; a case without outputs has one line.

    :raises OutputError: the file cannot be written.
    """
    with (
        whole_file(path) as temporary,
        temporary.open("w", encoding="utf-8", errors="backslashreplace", newline="") as stream,
    ):
        csv.writer(stream, lineterminator="\n").writerows(cohort_rows(path, cases))


def cohort_rows(path: Path, cases: Sequence[CohortCase]) -> list[tuple[str, ...]]:
    """What :func:`write_cohort_table` writes: the names of the columns, and a row for each output.

    :param path: of the table, from whose folder the paths are seen; nothing is written.
    :returns: of one length all; a case without outputs has one row.
    """
    facts = list(dict.fromkeys(name for case in cases for name, _ in case.facts))
    facts = [name for name in facts if any(dict(case.facts).get(name) for case in cases)]
    base = path.resolve().parent
    rows: list[tuple[str, ...]] = [(*TABLE_COLUMNS, *facts)]
    for case in cases:
        known = dict(case.facts)
        for output in case.outputs or (CaseOutput(()),):
            image = _seen_from(case.image, base) if case.image else ""
            paths = ";".join(_seen_from(one, base) for one in _whole_folders(output.paths))
            told = (output.model, output.task, output.name)
            rows.append((case.name, image, case.series_uid, paths, *told, *(known.get(fact, "") for fact in facts)))
    return rows


def _whole_folders(paths: Sequence[Path]) -> list[Path]:
    """The folder where all its image files are meant; the files where others lie beside them."""
    if len(paths) < 2 or len({path.parent for path in paths}) > 1:
        return list(paths)
    folder = paths[0].parent
    there = {path for path in folder.iterdir() if is_volume_file(path)} if folder.is_dir() else set()
    return [folder] if there.issubset(paths) else list(paths)


def _seen_from(path: Path, base: Path) -> str:
    return Path(os.path.relpath(path.resolve(), base)).as_posix()
