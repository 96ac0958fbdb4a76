"""When rows are shown compactly, and how their views stand then."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from SegmentationConcordanceLib.exploring.compact import grid_columns, is_compact, next_plane
from SegmentationConcordanceLib.exploring.layout_xml import layout_xml
from SegmentationConcordanceLib.exploring.rows import Row, RowKind
from SegmentationConcordanceLib.exploring.view_kinds import AXIAL, CORONAL, SAGITTAL, THREE_D


@pytest.mark.parametrize(
    ("wanted", "rows", "height", "compact"),
    [
        (None, 6, 900, True),  # 150 pixels a row
        (None, 5, 900, False),
        (None, 6, 1200, False),
        (None, 1, 100, False),  # there is nothing that would be larger
        (None, 6, 0, False),  # the room is not known
        (False, 6, 900, False),
        (True, 2, 900, True),
    ],
)
def test_the_room_decides_until_the_user_does(wanted: bool | None, rows: int, height: int, compact: bool) -> None:
    assert is_compact(wanted, rows, height) is compact


def test_a_grid_is_about_as_wide_as_high() -> None:
    assert [grid_columns(n) for n in (0, 1, 2, 3, 4, 5, 6, 7, 9, 10)] == [1, 1, 2, 2, 2, 3, 3, 3, 3, 4]


def test_planes_go_round() -> None:
    assert [next_plane(kind) for kind in (AXIAL, SAGITTAL, CORONAL, THREE_D)] == [SAGITTAL, CORONAL, THREE_D, AXIAL]
    assert next_plane(THREE_D, (AXIAL, CORONAL)) is AXIAL


def test_five_rows_stand_in_a_grid_of_three_columns() -> None:
    rows = [Row(number, RowKind.MODEL, "m", "m", (1.0, 0.0, 0.0)) for number in range(1, 6)]
    grid = ElementTree.fromstring(layout_xml(rows, [CORONAL], 7, as_grid=True))
    assert grid.get("type") == "grid"
    places = {item.find("view").get("singletontag"): (item.get("row"), item.get("column")) for item in grid}
    assert places == {
        "CSE1G": ("0", "0"), "CSE2G": ("0", "1"), "CSE3G": ("0", "2"), "CSE4G": ("1", "0"), "CSE5G": ("1", "1"),
    }  # fmt: skip
