"""What the page of the report holds as data: the tables by column, in JSON that no text can break out of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from ..agreement.table import AGREEMENT_COLUMNS, AgreementRow, PairwiseRow
from .case_table import CaseTable

DIGITS = 7


def embedded_json(value: Any) -> str:
    r"""JSON to stand inside a ``script`` element: ASCII, with ``<``, ``>`` and ``&`` as ``\uXXXX``.

    :raises ValueError: a number is infinite or not a number.
    """
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def agreement_columns(rows: Sequence[AgreementRow]) -> dict[str, Any]:
    """The rows by column: numbers as a list, text as its different values and an index per row.

    Numbers have ``DIGITS`` digits that count, which is more than voxels can tell and half the size of the page.
    Columns in which no row has a value are left out.
    """
    columns: dict[str, Any] = {}
    for name in AGREEMENT_COLUMNS:
        values = [getattr(row, name) for row in rows]
        if any(isinstance(value, str) for value in values):
            index_of = {text: index for index, text in enumerate(dict.fromkeys(values))}
            columns[name] = {"texts": list(index_of), "index": [index_of[text] for text in values]}
        elif any(value is not None for value in values):
            columns[name] = [_short(value) for value in values]
    return columns


def pairwise_columns(rows: Sequence[PairwiseRow]) -> dict[str, Any]:
    """Dice of each pair of models at each place, a case and a structure; the place's names stand once for all pairs.

    :returns: ``case`` and ``structure`` (its key, or its name without one) of each place, and ``pairs``: the models
        ``a`` and ``b`` with ``dice`` per place, None where the pair has none there.
    """
    places: dict[tuple[str, str], int] = {}
    dice: dict[tuple[str, str], dict[int, float]] = {}
    for row in rows:
        if row.dice is None:
            continue
        place = places.setdefault((row.case, row.structure_key or row.structure), len(places))
        dice.setdefault((row.model_a, row.model_b), {})[place] = round(row.dice, 5)
    return {
        "case": [case for case, _ in places],
        "structure": [structure for _, structure in places],
        "pairs": [
            {"a": a, "b": b, "dice": [at.get(place) for place in range(len(places))]} for (a, b), at in dice.items()
        ],
    }


def cases_for_page(cases: CaseTable, present: Iterable[str]) -> dict[str, Any]:
    """Columns, values and labels of the cases that the rows have."""
    present = set(present)
    return {
        "columns": list(cases.columns),
        "values": {case: list(values) for case, values in cases.values.items() if case in present},
        "labels": {case: label for case, label in cases.labels.items() if case in present},
    }


def identifiers_for_page(cases: CaseTable, present: Iterable[str]) -> dict[str, Any]:
    """StudyInstanceUID by case, and SeriesInstanceUID of the segmentation by case and model."""
    present = set(present)
    segs: dict[str, dict[str, str]] = {}
    for (case, model), uid in cases.seg_uids.items():
        if case in present:
            segs.setdefault(case, {})[model] = uid
    return {"study": {case: uid for case, uid in cases.study_uids.items() if case in present}, "segs": segs}


def _short(value: float | None) -> float | None:
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value
