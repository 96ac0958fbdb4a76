"""What the module knows and decides: models, rows, choices that survive, the way in and out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import slicer

from host import SceneHost
from scene.agreement_scene import (
    AORTA_KEY,
    GEOMETRY,
    LIVER_KEY,
    SPLEEN_KEY,
    add_three_models,
    add_volume,
    label_map_of,
    put_under_transform,
    second_model,
)
from scene.explorer_fixtures import scene_text, segmentation
from SegmentationConcordanceLib.anatomy.groups import StructureGroup
from SegmentationConcordanceLib.exploring.display_style import DisplayStyle
from SegmentationConcordanceLib.exploring.rows import RowKind
from SegmentationConcordanceLib.exploring.view_kinds import AXIAL, THREE_D
from SegmentationConcordanceLib.scene.consensus.consensus_metrics import ConsensusMetricsLogic
from SegmentationConcordanceLib.scene.explorer.explorer_logic import ExplorerLogic
from SegmentationConcordanceLib.scene.explorer.links import Links
from SegmentationConcordanceLib.scene.explorer.review_choices import (
    ListOrder,
    ReviewChoices,
    WantedRow,
    parameter_node,
    read_choices,
    write_choices,
)
from SegmentationConcordanceLib.scene.explorer.user_displays import HIDDEN
from SegmentationConcordanceLib.scene.model_choice import NO_MODEL
from SegmentationConcordanceLib.scene.model_grouping import ModelRule
from SegmentationConcordanceLib.scene.own_nodes import OWN
from SegmentationConcordanceLib.scene.segmentation_node import add_segmentation_node
from SegmentationConcordanceLib.scene.selected_structure import select_structure, selected_structure

A, B, C = (WantedRow(RowKind.MODEL, name) for name in "ABC")
CONSENSUS, OVERLAY = WantedRow(RowKind.CONSENSUS), WantedRow(RowKind.OVERLAY)


@pytest.fixture
def scene(scene_host: SceneHost):
    """A scene with layouts, the volume "CT" and three models of it."""
    layouts = slicer.vtkMRMLLayoutLogic()
    layouts.SetMRMLApplicationLogic(scene_host.application_logic)
    layouts.SetMRMLScene(scene_host.scene)
    add_three_models(scene_host.scene, add_volume(scene_host.scene))
    yield scene_host.scene
    layouts.SetMRMLScene(None)


@pytest.fixture
def news() -> list[str]:
    return []


@pytest.fixture
def logic(scene, news):
    """The module, entered, without rows."""
    made = ExplorerLogic(scene, lambda: news.append("changed"), news.append)
    made.enter()
    yield made
    made.close()


def titles(logic: ExplorerLogic) -> list[str]:
    return [row.title for row in logic.explorer.rows]


def test_the_only_volume_is_taken_and_nothing_is_shown_unasked(logic, scene) -> None:
    assert logic.volume.GetName() == "CT"
    assert logic.explorer is None
    assert logic.summary() == "Check models to show their rows."
    assert [(entry.title, entry.shown) for entry in logic.entries] == [
        (title, False) for title in ("A", "B", "C", "Consensus", "All models")
    ]


def test_rows_come_go_and_move_and_the_worst_structure_is_shown_first(logic) -> None:
    logic.show_row(B, True)
    assert titles(logic) == ["B"]
    assert logic.selected.name == "spleen"  # B has 4 voxels elsewhere; of the liver C has 4 fewer
    for row in (A, CONSENSUS, OVERLAY):
        logic.show_row(row, True)
    assert titles(logic) == ["B", "A", "Consensus", "All models"]
    numbers = {row.title: row.number for row in logic.explorer.rows}
    logic.move_row(OVERLAY, -2)
    logic.show_row(B, False)
    assert titles(logic) == ["All models", "A", "Consensus"]
    assert all(numbers[row.title] == row.number for row in logic.explorer.rows)
    logic.move_row(A, 9)
    assert titles(logic) == ["All models", "Consensus", "A"]
    logic.show_all_models()
    assert titles(logic) == ["All models", "Consensus", "A", "B", "C"]


def test_entries_say_what_each_row_has_of_the_structure(logic) -> None:
    logic.set_rows([A, B, C, CONSENSUS])
    logic.select("SCT:15825003")
    texts = {entry.title: entry.text for entry in logic.entries}
    assert texts.pop("All models") == ""
    assert list(texts.values()) == ["20.0 ml", "not in model", "not in model", "one model alone knows it"]
    logic.select(LIVER_KEY)
    texts = {entry.title: entry.text for entry in logic.entries}
    assert (texts["A"], texts["Consensus"]) == ("80.0 ml, Dice 1.000", "80.0 ml")


def test_a_model_of_two_nodes_is_one_row_and_a_rule_makes_it(logic, scene) -> None:
    logic.set_rules((ModelRule("AB, joined; <b>", ("a", "b")),))
    logic.show_all_models()
    assert titles(logic) == ["AB, joined; <b>", "C"]
    assert "AB, joined; <b>: " in logic.summary()  # both hold the same structures: said in a note
    metrics = ConsensusMetricsLogic(scene)
    metrics.preselect_volume()
    assert metrics.models == ("AB, joined; <b>", "C")
    metrics.close()


def test_two_segmentations_of_one_name_are_told_apart_by_node(logic, scene) -> None:
    twin = add_segmentation_node(scene, label_map_of(second_model()), "A", logic.volume)
    logic.choose(twin.GetID(), model="A, second run")
    logic.show_all_models()
    assert titles(logic) == ["A", "B", "C", "A, second run"]
    drawn = logic.explorer.scan.drawn
    assert drawn["A"].node_ids != drawn["A, second run"].node_ids == (twin.GetID(),)


def test_one_model_alone_is_shown_and_read(logic, scene, tmp_path) -> None:
    for name in "BC":
        scene.RemoveNode(segmentation(scene, name))
    logic.show_row(A, True)
    assert titles(logic) == ["A"]
    assert logic.summary().startswith("3 structures of one model; there is no agreement to tell.")
    assert {one.key for one in logic.explorer.walk.listed} == {SPLEEN_KEY, LIVER_KEY, AORTA_KEY}
    logic.start_review(str(tmp_path / "review.csv"), "Ann")
    logic.select(LIVER_KEY)
    assert [line.title for line in logic.review.lines] == ["A", "The case as a whole"]
    logic.review.press("4")
    assert logic.review.lines[0].score == 4
    logic.show_row(CONSENSUS, True)
    logic.show_row(OVERLAY, True)
    logic.step_region(1)
    logic.step_finding(1)
    assert len(titles(logic)) == 3


def test_without_a_model_nothing_is_shown_and_said(logic, scene) -> None:
    logic.show_row(A, True)
    for name in "ABC":
        scene.RemoveNode(segmentation(scene, name))
    logic.refresh()
    assert logic.explorer is None
    assert logic.summary() == NO_MODEL


def test_without_a_volume_nothing_is_done_and_said(scene) -> None:
    logic = ExplorerLogic(scene)
    scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "another")
    logic.enter()
    assert logic.volume is None and logic.candidates == ()
    logic.set_rows([A])
    logic.step(1)
    assert not logic.review.press("5")
    assert logic.summary() == "Choose the volume that was segmented."
    logic.close()


def test_models_that_cannot_be_compared_any_more_are_said(logic) -> None:
    logic.set_rows([A, B])
    far = np.eye(4)
    far[0, 3] = 1e4
    put_under_transform(logic.volume, far)
    logic.refresh()
    assert logic.explorer is None
    assert "no model can be shown" in logic.summary()


def test_leaving_and_entering_brings_rows_and_structure_back_and_nothing_stays(logic, scene) -> None:
    logic.set_rows([A, OVERLAY])
    logic.select(SPLEEN_KEY)
    logic.change(shows_crosshair=True, shows_map=True)
    logic.exit()
    before = scene_text(scene)
    assert "CSE" not in before and logic.explorer is None
    logic.enter()
    assert titles(logic) == ["A", "All models"]
    assert logic.selected.key == SPLEEN_KEY
    assert logic.explorer.shows_map
    logic.exit()
    assert scene_text(scene) == before


def test_all_choices_survive_saving_and_loading_a_scene(logic, scene, scene_host, tmp_path: Path) -> None:
    odd = 'x,y;z|"<b>" & \u00e9'
    choices = ReviewChoices(
        rows=(WantedRow(RowKind.MODEL, odd), CONSENSUS, A),
        kinds=(AXIAL, THREE_D),
        as_columns=True,
        style=DisplayStyle(False, 0.25, 0.5, 0.75, True, True, 3.5),
        links=Links(scroll=False, rotation=False),
        shows_map=True,
        shows_crosshair=True,
        shows_listed=True,
        majority=True,
        order=ListOrder("lung; left,", "Lungs", "lowest_dice", True),
        groups=(StructureGroup(odd, ("kidney", "lung_vessels")),),
    )
    logic.choose(segmentation(scene, "B").GetID(), model=odd)
    logic.select(SPLEEN_KEY)
    write_choices(parameter_node(scene), choices)
    logic.set_rules((ModelRule(odd, (odd, "b")),))
    logic.explorer is None and logic.refresh()
    scene_host.save_bundle(tmp_path / "saved.mrb")
    (tmp_path / "cache").mkdir()
    scene_host.load_bundle(tmp_path / "saved.mrb", tmp_path / "cache")
    assert read_choices(parameter_node(scene)) == choices
    logic.refresh()
    assert logic.volume.GetName() == "CT"
    assert logic.rules == (ModelRule(odd, (odd, "b")),)
    assert titles(logic) == [odd, "Consensus", "A"]


def test_parameters_of_another_origin_are_the_defaults(scene) -> None:
    node = parameter_node(scene)
    for name in ("rows", "kinds", "style", "links", "order", "groups", "majority"):
        for text in ("{", "3", '[{"kind": "planet"}, 4]', '{"fill_opacity": 7, "scroll": "no", "column": "x"}'):
            node.SetParameter(f"CrossSegmentationExplorer.{name}", text)
            assert read_choices(node) == ReviewChoices(), (name, text)


def test_writing_choices_is_one_event_also_when_it_fails(scene) -> None:
    node, events = parameter_node(scene), []
    node.AddObserver("ModifiedEvent", lambda *_: events.append(1))
    write_choices(node, ReviewChoices(as_columns=True))
    assert len(events) == 1
    with pytest.raises(TypeError):
        write_choices(node, ReviewChoices(shows_map=object()))  # not JSON
    node.SetParameter("x", "y")
    assert len(events) >= 2
    assert node.GetDisableModifiedEvent() == 0


def test_each_choice_reaches_the_rows(logic) -> None:
    logic.set_rows([A, B])
    logic.change(kinds=(AXIAL,), as_columns=True, links=Links(zoom=False), style=DisplayStyle(fill=False))
    explorer = logic.explorer
    assert explorer.kinds == (AXIAL,) and explorer.as_columns and not explorer.links.zoom and not explorer.style.fill
    liver = next(one for one in explorer.walk.structures if one.name == "liver")
    assert liver.lowest_dice == pytest.approx(2 / 3)  # 4 voxels in all, 8 in two of the models
    logic.change(majority=True)
    liver = next(one for one in explorer.walk.structures if one.name == "liver")
    assert liver.lowest_dice == pytest.approx(2 / 3)  # now that of C: 4 of 8
    assert explorer.scan.result.consensus.method == "majority"
    logic.change(order=ListOrder(text="spleen"))
    assert [one.name for one in explorer.walk.listed] == ["spleen"]
    logic.change(groups=(StructureGroup("Mine", ("aorta",)),))
    assert {one.name: one.group for one in explorer.walk.structures}["aorta"] == "Mine"


def test_a_structure_selected_in_another_module_is_shown(logic, scene, news) -> None:
    logic.set_rows([A, B])
    logic.select(LIVER_KEY)
    assert selected_structure(scene) == LIVER_KEY
    news.clear()
    select_structure(scene, SPLEEN_KEY)
    assert news == ["changed"]
    logic.refresh()
    assert logic.selected.key == SPLEEN_KEY
    select_structure(scene, "SCT:1")  # of another scan
    logic.refresh()
    assert logic.selected.key == SPLEEN_KEY
    logic.step(1)
    assert selected_structure(scene) == logic.selected.key == LIVER_KEY


def test_groups_are_stepped_through_and_shown_as_a_whole(logic) -> None:
    logic.set_rows([A, B])
    logic.change(shows_listed=True)
    groups = [logic.choices.order.group]
    for _ in range(3):
        logic.step_group(1)
        groups.append(logic.choices.order.group)
        assert set(logic.explorer.shown_keys) == {one.key for one in logic.explorer.walk.listed}
    assert groups[0] == "All" and len(set(groups)) > 1
    logic.step_group(-3)
    assert logic.choices.order.group == "All"
    logic.change(shows_listed=False)
    assert logic.explorer.shown_keys == (logic.selected.key,)


def test_the_cursor_names_segments_and_models(logic, scene, news) -> None:
    logic.set_rows([B, A])
    crosshair = scene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
    news.clear()

    def point_at(voxel: tuple[int, int, int]) -> str:
        left, back, up = GEOMETRY.lps_of(voxel[::-1])
        crosshair.SetCursorPositionRAS((-left, -back, up))
        return news[-1]

    assert point_at((1, 1, 1)) == "spleen: A, C; nothing: B"
    assert point_at((0, 0, 0)) == ""
    view = logic.explorer.layout.slice_nodes(logic.explorer.rows[0])[0]
    crosshair.SetCursorPositionXYZ((0.0, 0.0, 0.0), view)
    assert point_at((1, 1, 1)) == "spleen: A, C; nothing: B"
    crosshair.SetCursorPositionInvalid()
    assert news[-1] == ""
    logic.exit()
    news.clear()
    point_at_count = len(news)
    crosshair.SetCursorPositionRAS((0.0, 0.0, 0.0))
    assert len(news) == point_at_count


def test_a_closed_scene_leaves_nothing_and_the_next_one_is_reviewed(logic, scene) -> None:
    logic.set_rows([A, B])
    scene.Clear(False)
    assert logic.explorer is None
    logic.refresh()
    assert logic.volume is None and logic.summary() == "Choose the volume that was segmented."
    add_three_models(scene, add_volume(scene, "second"))
    logic.set_volume(segmentation(scene, "A").GetNodeReference("referenceImageGeometryRef"))
    logic.set_rows([A, B])
    assert titles(logic) == ["A", "B"]
    select_structure(scene, SPLEEN_KEY)  # the watches follow the new scene's nodes
    logic.refresh()
    assert logic.selected.key == SPLEEN_KEY


def test_what_a_scene_saved_meanwhile_hid_comes_back_on_entering(scene) -> None:
    display = segmentation(scene, "A").GetDisplayNode()
    display.SetAttribute(HIDDEN, "1")
    display.AddViewNodeID("vtkMRMLSliceNodeRed")
    logic = ExplorerLogic(scene)
    logic.enter()
    assert display.GetNumberOfViewNodeIDs() == 0
    logic.close()


def test_segmentations_that_come_go_and_are_renamed_are_followed(logic, scene, news) -> None:
    logic.set_rows([A, B])
    segmentation(scene, "B").SetName("renamed")
    assert "changed" in news
    logic.refresh()
    assert titles(logic) == ["A", "renamed"]
    assert logic.choices.rows == (A, WantedRow(RowKind.MODEL, "renamed"))
    scene.RemoveNode(segmentation(scene, "A"))
    logic.refresh()
    assert titles(logic) == ["renamed"]
    scene.RemoveNode(segmentation(scene, "C"))
    logic.refresh()
    assert titles(logic) == ["renamed"]
    scene.RemoveNode(segmentation(scene, "renamed"))
    logic.refresh()
    assert logic.explorer is None and logic.summary() == NO_MODEL


def test_another_volume_gives_the_former_layout_back(logic, scene) -> None:
    logic.set_rows([A, B])
    other = add_volume(scene, "other")
    logic.set_volume(other)
    assert logic.explorer is None or logic.explorer.volume is other
    logic.set_volume(None)
    assert (
        logic.explorer is None
        and [n for n in range(scene.GetNumberOfNodes()) if "CSE" in (scene.GetNthNode(n).GetID() or "")] == []
    )


def test_rows_can_be_shown_again_after_another_layout(logic, scene) -> None:
    logic.set_rows([A, B])
    assert not logic.is_hidden
    layout = scene.GetFirstNodeByClass("vtkMRMLLayoutNode")
    layout.SetViewArrangement(slicer.vtkMRMLLayoutNode.SlicerLayoutOneUpRedSliceView)
    assert logic.is_hidden
    logic.show_again()
    assert not logic.is_hidden


def test_what_was_chosen_before_is_not_touched_by_another_choice(logic) -> None:
    logic.set_rows([A, B])
    logic.change(style=replace(logic.choices.style, fill_opacity=0.9))
    logic.change(shows_map=True)
    assert logic.choices.style.fill_opacity == 0.9
    assert titles(logic) == ["A", "B"]


def test_removing_one_row_leaves_the_same_segmentation_in_another(logic, scene) -> None:
    logic.set_rows([A, OVERLAY])
    logic.select(SPLEEN_KEY)
    model_row, overlay = logic.explorer.rows
    gone = {node.GetID() for node in logic.explorer.layout.slice_nodes(model_row)}
    stay = {node.GetID() for node in logic.explorer.layout.slice_nodes(overlay)}
    logic.show_row(A, False)
    node = segmentation(scene, "A")
    displays = [node.GetNthDisplayNode(number) for number in range(node.GetNumberOfDisplayNodes())]
    own = [display for display in displays if display.GetAttribute(OWN)]
    assert [set(display.GetViewNodeIDs()) for display in own] == [stay]
    assert own[0].GetVisibility() and own[0].GetSegmentVisibility("Segment_1")
    assert not any(scene.GetNodeByID(one) for one in gone)


def test_what_other_modules_set_meanwhile_is_kept(logic, scene) -> None:
    display = segmentation(scene, "A").GetDisplayNode()
    logic.set_rows([A, B])
    display.SetOpacity(0.35)
    display.SetSegmentVisibility("Segment_2", False)
    logic.change(style=DisplayStyle(fill=False, neighbours=True), shows_map=True, order=ListOrder(text="liver"))
    logic.step(1)
    assert display.GetOpacity() == 0.35
    assert not display.GetSegmentVisibility("Segment_2") and display.GetSegmentVisibility("Segment_1")
    logic.exit()
    assert display.GetOpacity() == 0.35 and not display.GetSegmentVisibility("Segment_2")
    assert display.GetNumberOfViewNodeIDs() == 0


def test_after_closing_nothing_in_the_scene_reaches_the_module(logic, scene, news) -> None:
    logic.set_rows([A, B])
    logic.close()
    news.clear()
    segmentation(scene, "A").SetName("renamed")
    segmentation(scene, "B").GetSegmentation().GetSegment("Segment_1").SetName("other")
    add_segmentation_node(scene, label_map_of(second_model()), "D")
    select_structure(scene, SPLEEN_KEY)
    scene.GetFirstNodeByClass("vtkMRMLCrosshairNode").SetCursorPositionRAS((0.0, 0.0, 0.0))
    scene.Clear(False)
    assert news == []


def test_our_own_work_is_no_news(logic, news) -> None:
    logic.set_rows([A, B])
    news.clear()
    logic.show_row(CONSENSUS, True)
    logic.change(shows_map=True)
    logic.step(1)
    logic.refresh()
    assert news == []


def test_the_agreement_map_is_made_once_per_structure(logic, scene) -> None:
    def maps() -> list[str]:
        name = "vtkMRMLLabelMapVolumeNode"
        return [scene.GetNthNodeByClass(n, name).GetName() for n in range(scene.GetNumberOfNodesByClass(name))]

    logic.set_rows([A, B])
    logic.change(shows_map=True)
    first = scene.GetFirstNodeByClass("vtkMRMLLabelMapVolumeNode")
    logic.refresh()
    assert scene.GetFirstNodeByClass("vtkMRMLLabelMapVolumeNode") is first
    assert maps() == ["Agreement on spleen (row)"]
    logic.step(1)
    assert maps() == ["Agreement on liver (row)"]
    logic.step(1)  # the aorta, which one model alone knows
    assert maps() == []


def test_edits_do_not_bring_the_rows_back_over_another_layout(logic, scene) -> None:
    logic.set_rows([A, B])
    layout = scene.GetFirstNodeByClass("vtkMRMLLayoutNode")
    layout.SetViewArrangement(slicer.vtkMRMLLayoutNode.SlicerLayoutOneUpRedSliceView)
    segmentation(scene, "A").GetSegmentation().GetSegment("Segment_1").SetTerminology("")
    assert logic.explorer.is_stale
    logic.refresh()
    assert not logic.explorer.is_stale
    assert layout.GetViewArrangement() == slicer.vtkMRMLLayoutNode.SlicerLayoutOneUpRedSliceView
