"""What people read in the panel: cells, words about one structure, edited tables, ratings of other origin."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scene.agreement_scene import add_volume
from SegmentationConcordanceLib.agreement.disputed_regions import DisputedRegion
from SegmentationConcordanceLib.agreement.table import AgreementRow
from SegmentationConcordanceLib.anatomy.groups import StructureGroup
from SegmentationConcordanceLib.exploring.group_cells import group_cells, groups_of_cells
from SegmentationConcordanceLib.exploring.structure_cells import (
    SHOWN_COLUMNS,
    as_html,
    model_texts,
    next_order,
    presence_text,
    region_text,
    structure_cells,
    tip_text,
)
from SegmentationConcordanceLib.exploring.structure_list import (
    COLUMNS,
    MISSING,
    NOT_IN_MODEL,
    PRESENT,
    ListedStructure,
)
from SegmentationConcordanceLib.exploring.under_cursor import UnderCursor, cursor_text
from SegmentationConcordanceLib.scene.explorer.old_ratings import ATTRIBUTE, OldRating, read_old_ratings

STRUCTURE = ListedStructure(
    key="SCT:1",
    name="lung_upper_lobe_left",
    group="Lungs",
    color=(1.0, 0.0, 0.0),
    presence={"A": PRESENT, "B": MISSING, "C": NOT_IN_MODEL, "D": PRESENT},
    volume_spread=0.256,
    lowest_dice=0.5,
    pairwise_spread=None,
    rating="minor",
    reason="B: missed 12 ml",
)


def test_cells_are_in_the_order_of_the_columns():
    assert set(SHOWN_COLUMNS) == set(COLUMNS)
    cells = dict(zip(SHOWN_COLUMNS, structure_cells(STRUCTURE)))
    assert cells == {
        "name": "lung upper lobe left",
        "lowest_dice": "0.500",
        "n_present": "\u2713\u2717\u2013\u2713",
        "reason": "B: missed 12 ml",
        "rating": "minor",
        "pairwise_spread": "",
        "volume_spread": "26%",
        "group": "Lungs",
    }


def test_who_found_it_in_words():
    assert presence_text(STRUCTURE) == "Found by A, D; missing in B; not in C"
    assert presence_text(replace(STRUCTURE, presence={"B": MISSING})) == "Missing in B"


def test_the_tip_of_a_line_begins_with_the_reason_in_full():
    reason = "TotalSegmentator 2.6: 12.3 ml apart, 5.7 mm deep (truncated by the field of view)"
    assert tip_text(replace(STRUCTURE, reason=reason)) == f"{reason}. {presence_text(STRUCTURE)}"
    assert tip_text(replace(STRUCTURE, reason="")) == presence_text(STRUCTURE)


def test_text_of_others_is_no_html():
    assert as_html("<img src=x> & more") == "<p>&lt;img src=x&gt; &amp; more</p>"


def test_which_disagreement_of_how_many():
    regions = [DisputedRegion(300, 2.345, (0, 0, 0)), DisputedRegion(1, 0.001, (0, 0, 0))]
    assert region_text(regions, 0) == "Disagreement 1 of 2: 2.35 ml"
    assert region_text(regions, -1) == region_text([], 0) == ""


def test_headings_sort_both_ways_and_then_worst_first():
    order = ("", False)
    seen = [order := next_order(order, 1) for _ in range(3)]
    assert seen == [("lowest_dice", False), ("lowest_dice", True), ("", False)]
    assert next_order(("lowest_dice", True), 0) == ("name", False)


def test_volume_and_dice_by_model():
    def row(key: str, model: str, volume_ml: float, dice: float | None) -> AgreementRow:
        return AgreementRow("case", "", "liver", key, model, "ok", "intersection", 2, volume_ml, 1.0, dice, None, None)

    rows = [row("x", "A", 12.34, 0.9126), row("x", "B", 0.0, 0.0), row("x", "C", 3.0, None), row("y", "D", 1.0, 1.0)]
    assert model_texts(rows, "x") == {"A": "12.3 ml, Dice 0.913", "C": "3.0 ml"}


def test_models_that_say_the_same_are_named_together_the_rows_own_first():
    found = [
        UnderCursor("A", ("1",), ("heart_left",)),
        UnderCursor("B", (), ()),
        UnderCursor("C", ("1",), ("heart_left",)),
        UnderCursor("D", ("1", "2"), ("heart_left", "aorta")),
    ]
    assert cursor_text(found) == "heart left: A, C; nothing: B; heart left + aorta: D"
    assert cursor_text(found, "B") == "nothing: B; heart left: A, C; heart left + aorta: D"
    assert cursor_text(found[1:2]) == cursor_text([]) == ""


def test_groups_survive_being_shown_and_edited():
    groups = (StructureGroup("Left; right", ("lung", "lung_vessels")), StructureGroup("Heart", ("heart",)))
    cells = group_cells(groups)
    assert cells[-1] == ("", "")
    assert groups_of_cells(cells) == groups
    cells[0] = ("", "lung")
    cells[-1] = (" New ", " Rib  Sternum ")
    assert groups_of_cells(cells) == (groups[1], StructureGroup("New", ("rib", "sternum")))
    assert groups_of_cells([("", "")]) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"k": 3}', '{"k": {"grade": "best"}}', '{"k": {"preferred": "A"}}'])
def test_ratings_of_another_origin_are_none(scene_host, text):
    volume = add_volume(scene_host.scene)
    volume.SetAttribute(ATTRIBUTE, text)
    assert read_old_ratings(volume) == {}


def test_ratings_of_old_scenes_are_read(scene_host):
    volume = add_volume(scene_host.scene)
    volume.SetAttribute(ATTRIBUTE, '{"k": {"grade": "minor", "preferred": "B"}}')
    assert read_old_ratings(volume) == {"k": OldRating("minor", "B")}
