"""Which rows are shown, and in which order."""

from __future__ import annotations

import pytest

from SegmentationConcordanceLib.agreement.row_order import (
    SHOWN_COLUMNS,
    cells,
    next_order,
    rows_by,
    rows_found,
    shown_rows,
    structures_worst_first,
    worst_first,
)
from SegmentationConcordanceLib.agreement.table import AgreementRow


def row(structure, model, dice, status="ok", n_models=2, volume=1.0) -> AgreementRow:
    return AgreementRow(
        "case", "", structure, f"key:{structure}", model, status, "vote", n_models, volume, 1.0, dice, None, None
    )


LIVER_A = row("liver", "A", 0.9, volume=20.0)
LIVER_B = row("liver", "B", 0.7, volume=10.0)
RIB_A = row("rib_left_5", "A", None, "missing", volume=0.0)
RIB_B = row("rib_left_5", "B", 0.0, "empty_consensus", volume=3.0)
BODY_A = row("body", "A", None, n_models=1, volume=900.0)
ROWS = (BODY_A, LIVER_A, LIVER_B, RIB_A, RIB_B)


def test_worst_first():
    assert worst_first(ROWS) == [RIB_A, RIB_B, LIVER_B, LIVER_A, BODY_A]


def test_every_word_must_be_found():
    assert rows_found(ROWS, "") == list(ROWS)
    assert rows_found(ROWS, "Left RIB") == [RIB_A, RIB_B]
    assert rows_found(ROWS, "rib_left missing") == [RIB_A]
    assert rows_found(ROWS, "rib liver") == []


def test_by_a_column_rows_without_value_come_last():
    assert rows_by(ROWS, "dice") == [RIB_B, LIVER_B, LIVER_A, RIB_A, BODY_A]
    assert rows_by(ROWS, "dice", descending=True) == [LIVER_A, LIVER_B, RIB_B, RIB_A, BODY_A]
    assert rows_by(ROWS, "volume_ml", descending=True) == [BODY_A, LIVER_A, LIVER_B, RIB_B, RIB_A]
    assert rows_by(ROWS, "structure") == [BODY_A, LIVER_B, LIVER_A, RIB_A, RIB_B]
    with pytest.raises(ValueError, match="no column 'colour'"):
        rows_by(ROWS, "colour")


def test_structures_in_the_order_of_their_worst_row_without_what_cannot_be_compared():
    assert structures_worst_first(ROWS) == ["key:rib_left_5", "key:liver"]
    assert structures_worst_first(()) == []


def test_rows_found_and_ordered():
    assert shown_rows(ROWS, "liver", ("", False)) == [LIVER_B, LIVER_A]
    assert shown_rows(ROWS, "", ("dice", True))[:2] == [LIVER_A, LIVER_B]


def test_cells():
    written = dict(zip(SHOWN_COLUMNS, cells(LIVER_B)))
    assert written["structure"] == ("liver", False)
    assert written["dice"] == ("0.700", True)
    assert written["hd95_mm"] == ("", True)


def test_clicks_on_a_heading():
    section = SHOWN_COLUMNS.index("dice")
    orders = [("", False)]
    for _ in range(4):
        orders.append(next_order(orders[-1], section))
    assert orders[1:] == [("dice", False), ("dice", True), ("", False), ("dice", False)]
    assert next_order(("model", True), section) == ("dice", False)
