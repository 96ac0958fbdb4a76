"""The values that the explorer's page shows."""

from __future__ import annotations

from SegmentationConcordanceLib.browser.page_state import (
    css_color,
    cursor_lines,
    row_line,
    structure_line,
)
from SegmentationConcordanceLib.exploring.rows import Row, RowKind
from SegmentationConcordanceLib.exploring.structure_list import MISSING, NOT_IN_MODEL, PRESENT, ListedStructure
from SegmentationConcordanceLib.exploring.under_cursor import UnderCursor
from SegmentationConcordanceLib.exploring.view_kinds import AXIAL, THREE_D


def a_structure(**values) -> ListedStructure:
    whole = {
        "key": "SCT:1",
        "name": "left_kidney",
        "group": "Abdomen",
        "color": (1.0, 0.5, 0.0),
        "presence": {"A": PRESENT, "B": MISSING, "C": NOT_IN_MODEL, "D": PRESENT},
        "volume_spread": 0.256,
        "lowest_dice": 0.0,
        "pairwise_spread": 0.12345,
    }
    return ListedStructure(**(whole | values))


def test_a_line_of_the_table():
    assert structure_line(a_structure()) == {
        "key": "SCT:1",
        "color": "#ff8000",
        "missing": True,
        "presence": "Found by A, D; missing in B; not in C",
        "name": "left kidney",
        "lowest_dice": "0.000",
        "n_present": "✓✗–✓",
        "rating": "",
        "pairwise_spread": "0.123",
        "volume_spread": "26%",
        "reason": "",
        "group": "Abdomen",
    }


def test_a_structure_that_all_models_found_is_missing_in_none():
    assert structure_line(a_structure(presence={"A": PRESENT, "B": NOT_IN_MODEL}))["missing"] is False


def test_a_row_names_its_views_in_their_order():
    line = row_line(Row(3, RowKind.MODEL, "A", "A", (0.0, 0.0, 1.0)), (AXIAL, THREE_D))
    assert (line["number"], line["title"], line["color"]) == (3, "A", "#0000ff")
    assert [view["name"] for view in line["views"]] == ["CSE3R", "CSE3V"]


def test_what_lies_under_the_cursor_and_what_does_not():
    found = [UnderCursor("A", ("1", "2"), ("left_kidney", "cyst")), UnderCursor("B", (), ())]
    assert cursor_lines(found) == [{"model": "A", "names": "left kidney, cyst"}, {"model": "B", "names": "-"}]


def test_a_colour_has_two_digits_per_channel():
    assert css_color((0.0, 1.0, 10 / 255)) == "#00ff0a"
