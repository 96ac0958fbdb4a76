"""The rows of the labels as they are shown: those that a text finds, in the order of one column."""

from __future__ import annotations

from collections.abc import Iterable

from ..anatomy.concepts import CodedStructure
from .label_rows import EMPTY, STATUSES, SUGGESTED, UNKNOWN, LabelRow

LABEL_COLUMNS = ("status", "id", "label", "structure", "colour", "ml", "output", "codes")
"""What people see of a label."""

Order = tuple[str, bool]
"""A column, "" for unknown first; and whether it is descending."""

_STATUS_ORDER = tuple(STATUSES)


def shown_labels(rows: Iterable[LabelRow], text: str, order: Order, *, with_empty: bool = False) -> list[LabelRow]:
    """The rows that hold every word of the text, in an order; unknown ones first where none is chosen.

    :param with_empty: whether structures without voxels are shown.
    """
    words = text.casefold().replace("_", " ").split()
    found = [row for row in rows if with_empty or row.status != EMPTY]
    found = [row for row in found if all(word in _searched(row) for word in words)]
    found.sort(key=_gravity)
    column, descending = order
    if column:
        found.sort(key=lambda row: _value(row, column), reverse=descending)
    return found


def label_cells(row: LabelRow) -> tuple[str, ...]:
    """What is written in each of :data:`LABEL_COLUMNS`; a structure that waits for a yes ends in "?"."""
    confidence = f" {row.candidates[0].confidence:.2f}" if row.status == SUGGESTED else ""
    return (
        row.status + confidence,
        "" if row.value is None else str(row.value),
        row.label_name,
        f"{row.structure_name}?" if row.status == SUGGESTED else row.structure_name,
        "",
        "" if row.status == EMPTY else f"{row.volume_ml:.1f}",
        row.model,
        codes_text(row.structure),
    )


def codes_text(structure: CodedStructure | None) -> str:
    """Type, modifier, region and region modifier as "scheme:code", without what is not there."""
    if structure is None:
        return ""
    parts = (structure.type, structure.modifier, structure.region, structure.region_modifier)
    return " | ".join(str(part) for part in parts if part is not None)


def row_tool_tip(row: LabelRow) -> str:
    """Why the row is as it is: the status in words, the meaning of the codes, and the reasons for each candidate."""
    lines = [f"{row.status}: {STATUSES[row.status]}"]
    if row.structure is not None:
        lines.append(f"{row.structure.category.meaning}: {row.structure.describe()}")
    lines += [f"{one.structure_name} ({one.confidence:.2f}): {'; '.join(one.reasons)}" for one in row.candidates]
    return "\n".join(lines)


def next_label_order(order: Order, section: int) -> Order:
    """The order after a click on the heading of a column: rising, then falling, then unknown first again.

    :param section: index of the column.
    """
    column = LABEL_COLUMNS[section]
    return {(column, False): (column, True), (column, True): ("", False)}.get(order, (column, False))


def count_text(rows: Iterable[LabelRow]) -> str:
    """How many labels there are of each status, e.g. "2 unknown, 30 exact"; "" for none."""
    statuses = [row.status for row in rows]
    return ", ".join(f"{statuses.count(status)} {status}" for status in _STATUS_ORDER if status in statuses)


def _gravity(row: LabelRow) -> tuple:
    # What needs an answer, the largest first; then by model and label.
    waits = row.status in (UNKNOWN, SUGGESTED)
    return _STATUS_ORDER.index(row.status), -row.volume_ml if waits else 0.0, row.output, row.value or 0


def _value(row: LabelRow, column: str) -> tuple:
    if column == "status":
        return (_STATUS_ORDER.index(row.status),)
    if column == "id":
        return (row.value is None, row.value or 0)
    if column == "ml":
        return (row.volume_ml,)
    if column == "colour":
        return row.color or (-1, -1, -1)
    return (label_cells(row)[LABEL_COLUMNS.index(column)].casefold(),)


def _searched(row: LabelRow) -> str:
    return " ".join(label_cells(row)).casefold().replace("_", " ")
