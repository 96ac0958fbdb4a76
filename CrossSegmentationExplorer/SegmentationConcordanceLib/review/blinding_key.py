"""The key of a blinded review: which model was called what. Kept in a file of its own, for whoever evaluates it."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from ..csv_tables import table_lines
from ..errors import ConcordanceError
from ..imaging.whole_files import whole_file
from .blinding import Blinding
from .verdict import Verdict

KEY_COLUMNS = ("reader", "case", "alias", "model")
Key = dict[tuple[str, str], Blinding]
"""The blinding by reader and case."""


def key_file(review: str | os.PathLike[str]) -> Path:
    """Where the key of a review file lies: beside it."""
    path = Path(review)
    return path.with_name(f"{path.stem}.blinding.csv")


def keep_key(review: str | os.PathLike[str], reader: str, case: str, blinding: Blinding) -> None:
    """Add the blinding of a case to the key of a review; what it holds already stays as it is.

    :raises OutputError: the key cannot be written; then nothing has changed.
    :raises ConcordanceError: the key has other names for this reader and case: the models are not those of before.
    """
    path = key_file(review)
    key = read_key(review)
    former = key.get((reader, case))
    if former is not None and dict(former.aliases) != dict(blinding.aliases):
        raise ConcordanceError(
            path,
            f"has other names for the models of {case}, which were blinded before",
            "Load the models of that time, or begin another review file.",
        )
    if former is None:
        key[(reader, case)] = blinding
        with whole_file(path) as temporary:
            temporary.write_text(_text(key), encoding="utf-8", errors="backslashreplace")


def read_key(review: str | os.PathLike[str]) -> Key:
    """The key of a review; empty for a review that was not blinded.

    :raises UnreadableFileError: the file cannot be read.
    :raises ConcordanceError: it is no key.
    """
    path = key_file(review)
    if not path.exists():
        return {}
    lines = [cells for _, cells in table_lines(path, KEY_COLUMNS, verbatim=True)]
    found: dict[tuple[str, str], dict[str, str]] = {}
    for line in lines:
        found.setdefault((line["reader"], line["case"]), {})[line["model"]] = line["alias"]
    return {place: Blinding(aliases) for place, aliases in found.items()}


def unblinded(verdicts: Iterable[Verdict], key: Key) -> tuple[Verdict, ...]:
    """The verdicts with the names of the models instead of their aliases.

    :param key: the names by case and alias.
    :returns: new verdicts in the same order.
    """
    return tuple(
        replace(one, subject=replace(one.subject, model=key[(one.reader, one.case)].model(one.subject.model)))
        if (one.reader, one.case) in key
        else one
        for one in verdicts
    )


def _text(key: Key) -> str:
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(KEY_COLUMNS)
    for (reader, case), blinding in key.items():
        table.writerows((reader, case, alias, model) for model, alias in blinding.aliases.items())
    return text.getvalue()
