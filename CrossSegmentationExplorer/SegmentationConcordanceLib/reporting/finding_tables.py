"""findings.csv: one line per finding. Lists are joined by " | ", a bar of a name that could be taken for it and every
backslash have a backslash before them; a number that a finding has not is an empty cell."""

from __future__ import annotations

import csv
import functools
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..agreement.finding import Finding
from ..agreement.finding_kinds import FORMER_KEYS, KINDS, NUMBERS
from ..csv_tables import cell_number, table_lines
from ..errors import ConcordanceError
from ..imaging.whole_files import whole_file

_LISTS = ("cases", "structures", "names", "models", "others", "suspects")
_PLACE = ("right_mm", "anterior_mm", "superior_mm")
_TEXTS = ("sentence", "lead")
COLUMNS = (
    "case", "kind", "title", *_LISTS, "is_blamed", "confidence", "severity", "is_cut", *_PLACE, *NUMBERS, *_TEXTS,
)  # fmt: skip
_BETWEEN = " | "
_TO_ESCAPE = re.compile(r"\\|(?<!\S)\||\|(?!\S)")
_ESCAPED = re.compile(r"\\([\\|])")


def write_findings(path: str | os.PathLike[str], findings: Iterable[Finding]) -> None:
    """Write findings.csv, whole or not at all; reading it gives the same findings again.

    :param findings: in the order in which they are to stand; may be empty, which leaves the header alone.
    :raises OutputError: the file cannot be written.
    """
    with (
        whole_file(path) as temporary,
        temporary.open("w", encoding="utf-8", errors="backslashreplace", newline="") as stream,
    ):
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(_cells(finding) for finding in findings)


def _cells(finding: Finding) -> list[str]:
    place = finding.place_ras or ("", "", "")
    return [
        finding.case,
        finding.kind,
        finding.of_kind.title,
        *(_BETWEEN.join(_TO_ESCAPE.sub(r"\\\g<0>", item) for item in getattr(finding, name)) for name in _LISTS),
        "yes" if finding.is_blamed else "no",
        *(repr(float(value)) for value in (finding.confidence, finding.severity)),
        "yes" if finding.is_cut else "no",
        *(repr(float(value)) if value != "" else "" for value in place),
        *(repr(float(finding.numbers[key])) if key in finding.numbers else "" for key in NUMBERS),
        finding.sentence,
        finding.lead,
    ]


def read_findings(path: str | os.PathLike[str]) -> list[Finding]:
    """Read what :func:`write_findings` wrote; a kind by the name that it had before as well.

    :raises UnreadableFileError: there is no such file, it is no UTF-8 text, or it is empty.
    :raises ConcordanceError: a column is missing, or a value is none that it can have; names file and line.
    """
    path = Path(path)
    needed = ("case", "kind", "structures", "models")
    numbers = (*_PLACE, *NUMBERS, "confidence", "severity")
    lines = table_lines(path, needed, verbatim=True, numbers=numbers)
    return [_finding(path, number, line) for number, line in lines]


def _finding(path: Path, line: int, text: Mapping[str, str]) -> Finding:
    kind = FORMER_KEYS.get(text["kind"], text["kind"])
    if kind not in KINDS:
        fact = f"{text['kind']!r} is no kind of finding"
        raise ConcordanceError(f"{path}, line {line}", fact, f"Use one of {', '.join(KINDS)}.")
    number = functools.partial(cell_number, path, line, cells=text)
    right, anterior, superior = (number(column) for column in _PLACE)
    place = None
    if right is not None and anterior is not None and superior is not None:
        place = (right, anterior, superior)
    lists = {name: _items(text.get(name, "")) for name in _LISTS}
    return Finding(
        kind=kind,
        case=text["case"],
        sentence=text.get("sentence", ""),
        lead=text.get("lead", ""),
        is_blamed=text.get("is_blamed", "yes") != "no",
        numbers={key: value for key in NUMBERS if (value := number(key)) is not None},
        place_ras=place,
        confidence=_or(number("confidence"), 1.0),
        severity=_or(number("severity"), 0.0),
        is_cut=text.get("is_cut", "no") == "yes",
        cases=lists["cases"],
        structures=lists["structures"],
        names=lists["names"],
        models=lists["models"],
        others=lists["others"],
        suspects=lists["suspects"],
    )


def _items(cell: str) -> tuple[str, ...]:
    return tuple(_ESCAPED.sub(r"\1", item) for item in cell.split(_BETWEEN) if item)


def _or(value: float | None, default: float) -> float:
    return default if value is None else value
