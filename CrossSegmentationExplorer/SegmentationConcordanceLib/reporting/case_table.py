"""What is known of the cases beyond their names: patient codes, acquisition, DICOM identifiers."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..agreement.table import AgreementRow
from ..anatomy.vocabulary import load_vocabulary, shipped_vocabularies
from ..csv_tables import table_lines
from ..errors import ConcordanceError

STUDY_COLUMN = "study_uid"
SEG_PREFIX = "seg_"
_IDENTIFIERS = ("case", "series_uid", STUDY_COLUMN)
_PATIENT_COLUMNS = ("patient_code", "patient_id", "patient")
_TELLING_COLUMNS = ("series", "kernel")


@dataclass(frozen=True)
class CaseTable:
    """Facts by case, where a case is called as in the agreement table.

    :param columns: names of the facts to show, e.g. "kernel".
    :param values: by case the facts in the order of ``columns``, "" where one is not known.
    :param labels: by case what the report calls it.
    :param study_uids: StudyInstanceUID by case.
    :param seg_uids: by case and model the SeriesInstanceUIDs of the segmentation, several where it is in parts; the
        consensus under the model "".
    """

    columns: tuple[str, ...] = ()
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    study_uids: Mapping[str, str] = field(default_factory=dict)
    seg_uids: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)


NO_CASES = CaseTable()


def read_cases(path: str | os.PathLike[str], agreement: Sequence[AgreementRow]) -> CaseTable:
    """Read a table with one line per case; cases are matched by the column ``case``, or else by ``series_uid``.

    Columns ``study_uid`` and ``seg_<model>`` hold DICOM identifiers for links, those of a segmentation in parts joined
    by ";". All others are facts to show. A
    patient's column (``patient_code``, ``patient_id``, ``patient``) becomes the case's label, with series or kernel
    where a patient has several.

    :param agreement: the rows whose cases and models are to be matched.
    :raises UnreadableFileError: there is no such file, or it is no UTF-8 text.
    :raises ConcordanceError: there is no column to match by, no case matches, or a case has two lines.
    """
    path = Path(path)
    lines = [cells for _, cells in table_lines(path, known=(*_IDENTIFIERS, *_PATIENT_COLUMNS))]
    key = _key_column(path, lines)
    case_of = {(row.case if key == "case" else row.series_uid): row.case for row in agreement}
    matched: dict[str, dict[str, str]] = {}
    for line in lines:
        case = case_of.get(line[key])
        if case is None:
            continue
        if case in matched:
            raise ConcordanceError(path, f"{key} {line[key]} has two lines", "Leave one of them.")
        matched[case] = line
    if not matched:
        fact = f"no {key} in it is in the agreement table"
        raise ConcordanceError(path, fact, f"Give the table of the same cases, with the column {key} as there.")
    return _case_table(matched, {row.model for row in agreement})


def _key_column(path: Path, lines: Sequence[Mapping[str, str]]) -> str:
    for key in ("case", "series_uid"):
        if lines and key in lines[0]:
            return key
    raise ConcordanceError(path, "has no line with a column case or series_uid", "Name each case as in the tables.")


def _case_table(matched: Mapping[str, Mapping[str, str]], models: set[str]) -> CaseTable:
    names = dict.fromkeys(name for line in matched.values() for name in line)
    columns = [name for name in names if name not in _IDENTIFIERS and not name.startswith(SEG_PREFIX)]
    columns = [name for name in columns if any(line.get(name) for line in matched.values())]
    model_of = _models_by_column(models)
    return CaseTable(
        columns=tuple(columns),
        values={case: tuple(line.get(name, "") for name in columns) for case, line in matched.items()},
        labels=_labels(matched),
        study_uids={case: line[STUDY_COLUMN] for case, line in matched.items() if line.get(STUDY_COLUMN)},
        seg_uids={
            (case, model_of[name]): uids
            for case, line in matched.items()
            for name, text in line.items()
            if name in model_of and (uids := tuple(filter(None, map(str.strip, text.split(";")))))
        },
    )


def _models_by_column(models: set[str]) -> dict[str, str]:
    """``seg_moose`` for MOOSE, ``seg_totalsegmentator_v2`` or ``seg_totalsegmentator_2_6`` for TotalSegmentator 2.6."""
    columns = {f"{SEG_PREFIX}consensus": ""}
    for model in models:
        columns[SEG_PREFIX + re.sub(r"\W+", "_", model.lower())] = model
    for name in shipped_vocabularies():
        title = load_vocabulary(name).title
        if title in models:
            columns[SEG_PREFIX + name] = title
    return columns


def _labels(matched: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    labels = {}
    for case, line in matched.items():
        patient = next((line[name] for name in _PATIENT_COLUMNS if line.get(name)), "")
        if patient:
            labels[case] = patient
    for name in _TELLING_COLUMNS:
        often = Counter(labels.values())
        for case, label in labels.items():
            if often[label] > 1 and matched[case].get(name):
                labels[case] = f"{label} {matched[case][name]}"
    often = Counter(labels.values())
    return {case: f"{label} (...{case[-4:]})" if often[label] > 1 else label for case, label in labels.items()}
