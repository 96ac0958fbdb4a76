"""Tables in the layout of the published comparison: one row per page, structure, series and model.

A page is one figure: structures compared by one set of models under the strict intersection. Dice and volumes come in
files of their own and are joined here.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from ..agreement.table import EMPTY_CONSENSUS, OK, AgreementRow
from ..anatomy.vocabulary import load_vocabulary, shipped_vocabularies
from ..csv_tables import table_lines, table_rows, table_text
from ..errors import ConcordanceError, UnreadableFileError
from .case_table import CaseTable

INTERSECTION = "intersection"
_KEYS = ("page", "structure", "series_uid", "model")
_DICE = "dice"
_VOLUMES = ("volume_ml", "consensus_volume_ml")

_Key = tuple[str, str, str, str]


def is_published_layout(path: Path) -> bool:
    """Whether the table's columns are those of the published layout.

    :raises UnreadableFileError: there is no such file, or it is no UTF-8 text.
    """
    try:
        _, header = next(table_rows(path, table_text(path)), (0, []))
    except UnreadableFileError:
        raise
    except ConcordanceError:  # it is no CSV; whoever reads the table says so
        return False
    names = {name.strip() for name in header}
    return names.issuperset((*_KEYS, "model_name")) and (_DICE in names or names.issuperset(_VOLUMES))


def read_published(paths: Iterable[Path]) -> tuple[list[AgreementRow], CaseTable]:
    """Join Dice and volume tables per page, structure, series and model.

    The case is the series. The consensus is "intersection", or "intersection without CADS" for a page "..._no_CADS".
    A row without any value is left out: it stands for a model that does not know the structure. Volumes stay None
    where only Dice was published; where only volumes were, Dice follows, as with the intersection
    share = dice / (2 - dice).

    :returns: the rows, and the DICOM identifiers of study and segmentations.
    :raises UnreadableFileError: a file cannot be read.
    :raises ConcordanceError: a value is no number in its range, or is given twice.
    """
    values: dict[_Key, dict[str, float]] = {}
    lines: dict[_Key, dict[str, str]] = {}
    for path in paths:
        for number, line in table_lines(path, numbers=(_DICE, *_VOLUMES)):
            collection, structure, series, model = ((line.get(name) or "").strip() for name in _KEYS)
            key = (collection, structure, series, model)
            own = values.setdefault(key, {})
            for name in (_DICE, *_VOLUMES):
                value = _number(f"{path}, line {number}, column {name}", name, line.get(name))
                if value is None:
                    continue
                if name in own:
                    fact = f"{key[1]}, series {key[2]}, model {key[3]} has its {name} a second time"
                    raise ConcordanceError(f"{path}, line {number}", fact, "Give every table once.")
                own[name] = value
            lines.setdefault(key, line)
    known = {key: own for key, own in values.items() if own}
    n_models = Counter(key[:3] for key in known)
    rows = [_row(key, own, lines[key], n_models[key[:3]]) for key, own in known.items()]
    return rows, _identifiers(rows, [lines[key] for key in known])


def _number(subject: str, name: str, text: str | None) -> float | None:
    if text is None or not text.strip():
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0 and (name != _DICE or value <= 1)):
        allowed = "a fraction from 0 to 1" if name == _DICE else "a number from 0"
        raise ConcordanceError(subject, f"{text!r} is not {allowed}", "Correct it, or leave the cell empty.")
    return value


def _row(key: _Key, own: Mapping[str, float], line: Mapping[str, str], n_models: int) -> AgreementRow:
    page, structure, series_uid, model = key
    volume, consensus = (own.get(name) for name in _VOLUMES)
    dice = own.get(_DICE)
    if dice is None and volume and consensus is not None:
        dice = 2 * consensus / (volume + consensus)
    share = dice / (2 - dice) if dice is not None else None
    if volume and consensus is not None:
        share = consensus / volume
    return AgreementRow(
        case=series_uid,
        series_uid=series_uid,
        structure=structure,
        structure_key=_keys().get(structure, ""),
        model=_titles().get(model, line.get("model_name") or model),
        status=EMPTY_CONSENSUS if dice == 0 else OK,
        consensus=_consensus(page),
        n_models=n_models,
        volume_ml=volume,
        consensus_volume_ml=consensus,
        dice=dice,
        jaccard=dice / (2 - dice) if dice is not None else None,
        volume_ratio=share,
    )


def _consensus(page: str) -> str:
    _, _, models = page.partition("_")
    if models.startswith("no_"):
        return f"{INTERSECTION} without {models.removeprefix('no_').replace('_', ' and ')}"
    return f"{INTERSECTION} of {models.replace('_', ' and ')}" if models else INTERSECTION


@cache
def _titles() -> dict[str, str]:
    return {name: load_vocabulary(name).title for name in shipped_vocabularies()}


@cache
def _keys() -> dict[str, str]:
    """Keys of structures by the name that all label maps share."""
    labels = (label for name in shipped_vocabularies() for label in load_vocabulary(name).labels)
    return {label.structure_name: label.identity.key for label in labels}


def _identifiers(rows: list[AgreementRow], lines: list[dict[str, str]]) -> CaseTable:
    named = [(row, line.get("study_uid") or "", line.get("seg_series_uid") or "") for row, line in zip(rows, lines)]
    return CaseTable(
        study_uids={row.case: study for row, study, _ in named if study},
        seg_uids={(row.case, row.model): (seg,) for row, _, seg in named if seg},
    )
