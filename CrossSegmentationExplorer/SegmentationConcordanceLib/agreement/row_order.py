"""The rows of the agreement table as they are shown: the ones that a text finds, in the order of one column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .measures import MEASURES
from .severity import worst_first
from .table import AGREEMENT_COLUMNS, AgreementRow

SHOWN_COLUMNS = (
    "structure", "model", "dice", "status", "disputed_ml", "depth_mm", "volume_ml", "consensus_volume_ml",
    "volume_ratio", "hd95_mm", "assd_mm", "nsd",
)  # fmt: skip
"""The columns that people see, as attributes of a row."""

Order = tuple[str, bool]
"""A column of the rows, "" for worst first; and whether it is descending."""


def shown_rows(rows: Iterable[AgreementRow], text: str, order: Order) -> list[AgreementRow]:
    """The rows that the text finds, in an order.

    :param text: see :func:`rows_found`.
    :returns: a new list; the rows themselves are shared.
    """
    column, descending = order
    found = rows_found(rows, text)
    return rows_by(found, column, descending) if column else worst_first(found)


def cells(row: AgreementRow) -> list[tuple[str, bool]]:
    """What is written in each of :data:`SHOWN_COLUMNS`, "" for no value, and whether it is a number."""
    return [
        (MEASURES[name].shown(getattr(row, name)), True) if name in MEASURES else (getattr(row, name), False)
        for name in SHOWN_COLUMNS
    ]


def next_order(order: Order, section: int) -> Order:
    """The order after a click on the heading of a column: rising, then falling, then worst first again.

    :param section: index of the column.
    """
    column = SHOWN_COLUMNS[section]
    return {(column, False): (column, True), (column, True): ("", False)}.get(order, (column, False))


def rows_found(rows: Iterable[AgreementRow], text: str) -> list[AgreementRow]:
    """The rows that hold every word of the text in structure, model or status; upper and lower case alike.

    :param text: words with blanks between them; all rows where empty.
    """
    words = text.casefold().replace("_", " ").split()
    return [row for row in rows if all(word in _searched(row) for word in words)]


def rows_by(rows: Iterable[AgreementRow], column: str, descending: bool = False) -> list[AgreementRow]:
    """The rows by one of :data:`AGREEMENT_COLUMNS`; those without a value last either way, equal ones worst first.

    :raises ValueError: there is no such column.
    """
    if column not in AGREEMENT_COLUMNS:
        raise ValueError(f"no column {column!r}")
    ordered = worst_first(rows)
    filled = [row for row in ordered if getattr(row, column) not in (None, "")]
    empty = [row for row in ordered if getattr(row, column) in (None, "")]
    return sorted(filled, key=lambda row: _comparable(getattr(row, column)), reverse=descending) + empty


def structures_worst_first(rows: Sequence[AgreementRow]) -> list[str]:
    """The keys of the structures that can be compared, the one with the worst row first."""
    return list(dict.fromkeys(row.structure_key for row in worst_first(rows) if row.n_models > 1))


def _searched(row: AgreementRow) -> str:
    return f"{row.structure} {row.model} {row.status}".casefold().replace("_", " ")


def _comparable(value: str | float) -> str | float:
    return value.casefold() if isinstance(value, str) else value
