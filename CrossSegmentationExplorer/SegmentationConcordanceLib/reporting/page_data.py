"""What the page of the report holds as data: the tables by column, in JSON that no text can break out of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from statistics import mean
from typing import Any

from ..agreement.table import AGREEMENT_COLUMNS, AgreementRow, PairwiseRow


def embedded_json(value: Any) -> str:
    r"""JSON to stand inside a ``script`` element: ASCII, with ``<``, ``>`` and ``&`` as ``\uXXXX``.

    :raises ValueError: a number is infinite or not a number.
    """
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def agreement_columns(rows: Sequence[AgreementRow]) -> dict[str, Any]:
    """The rows by column: numbers as a list, text as its different values and an index per row.

    Columns in which no row has a value are left out.
    """
    columns: dict[str, Any] = {}
    for name in AGREEMENT_COLUMNS:
        values = [getattr(row, name) for row in rows]
        if any(isinstance(value, str) for value in values):
            index_of = {text: index for index, text in enumerate(dict.fromkeys(values))}
            columns[name] = {"texts": list(index_of), "index": [index_of[text] for text in values]}
        elif any(value is not None for value in values):
            columns[name] = values
    return columns


def mean_pairwise_dice(rows: Sequence[PairwiseRow]) -> list[dict[str, Any]]:
    """Per pair of models the mean Dice over all cases and structures, and of how many; ``[]`` without rows."""
    dice: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        if row.dice is not None:
            dice.setdefault((row.model_a, row.model_b), []).append(row.dice)
    return [{"a": a, "b": b, "dice": mean(values), "n": len(values)} for (a, b), values in dice.items()]
