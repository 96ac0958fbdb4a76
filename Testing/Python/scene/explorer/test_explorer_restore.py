"""The scene as it was: after leaving, in scenes saved meanwhile, after closing; and what changes meanwhile."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import slicer
import vtk

from host import SceneHost
from scene.agreement_scene import SPLEEN_KEY, add_three_models, add_volume, label_map_of, second_model
from scene.explorer_fixtures import Desk, scene_text, segmentation
from scene.explorer_rows import add_consensus_row, add_model_row, add_overlay_row
from SegmentationConcordanceLib.errors import ConcordanceError
from SegmentationConcordanceLib.exploring.view_kinds import AXIAL, THREE_D, VIEW_KINDS, ViewKind
from SegmentationConcordanceLib.scene.explorer.explorer import Explorer
from SegmentationConcordanceLib.scene.explorer.user_displays import HIDDEN, show_everywhere_again
from SegmentationConcordanceLib.scene.own_nodes import OWN
from SegmentationConcordanceLib.scene.segmentation_node import add_segmentation_node


def use_everything(explorer: Explorer, kinds: tuple[ViewKind, ...] = (AXIAL, THREE_D)) -> None:
    explorer.set_views(kinds)
    for model in list(explorer.scan.drawn)[:2]:
        add_model_row(explorer, model)
    add_consensus_row(explorer)
    add_overlay_row(explorer)
    explorer.set_map(True)
    explorer.set_crosshair(True)
    explorer.set_style(replace(explorer.style, neighbours=True, fill_opacity=0.9, color_by_model=True))
    explorer.step(1)
    explorer.step(1)
    explorer.step_region(1)
    explorer.set_rows(explorer.rows[1:])


@pytest.mark.parametrize(
    "kinds", [(AXIAL, THREE_D), pytest.param(VIEW_KINDS, marks=pytest.mark.slow)], ids=["two", "all"]
)
def test_leaving_gives_back_every_node_and_attribute(kinds: tuple[ViewKind, ...], desk: Desk) -> None:
    # A user's own settings: one segmentation in one view only, others half transparent or hidden.
    scene = desk.host.scene
    segmentation(scene, "CADS").GetDisplayNode().AddViewNodeID("vtkMRMLSliceNodeRed")
    segmentation(scene, "MOOSE").GetDisplayNode().SetVisibility(False)
    segmentation(scene, "MultiTalent").GetDisplayNode().SetOpacity2DFill(0.3)
    segmentation(scene, "MultiTalent").GetDisplayNode().SetSegmentVisibility("Segment_1", False)
    desk.screen.view("Red").composite_node.SetLinkedControl(True)
    desk.explorer.leave()
    before, nodes = scene_text(scene), desk.host.node_ids()
    explorer = Explorer(desk.volume)
    use_everything(explorer, kinds)
    desk.screen.mosaic(explorer)
    explorer.leave()
    assert desk.host.node_ids() == nodes
    assert scene_text(scene) == before
    assert desk.screen.shown() == ["Red", "1", "Green", "Yellow"]
    explorer.leave()
    assert scene_text(scene) == before


def test_the_users_displays_are_out_of_the_rows_before_these_have_views(desk: Desk) -> None:
    # A view makes something for each segment that it shows, so it must not be told too late.
    theirs = [segmentation(desk.host.scene, model).GetDisplayNode() for model in desk.explorer.scan.drawn]
    new: dict[str, list[bool]] = {}

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def look(_scene: slicer.vtkMRMLScene, _event: str, node: slicer.vtkMRMLNode) -> None:
        if node.IsA("vtkMRMLAbstractViewNode"):
            new[node.GetLayoutName()] = [display.IsDisplayableInView(node.GetID()) for display in theirs]

    observer = desk.host.scene.AddObserver(slicer.vtkMRMLScene.NodeAddedEvent, look)
    desk.explorer.set_views((AXIAL, THREE_D))
    add_model_row(desk.explorer, "CADS")
    desk.host.scene.RemoveObserver(observer)
    assert new == dict.fromkeys(("CSE1R", "CSE1V"), [False] * 6)


def test_the_users_displays_are_kept_out_of_the_rows_and_otherwise_untouched(desk: Desk) -> None:
    row = add_model_row(desk.explorer, "CADS")
    own = desk.explorer.layout.view_node(row, AXIAL).GetID()
    for number in range(desk.host.scene.GetNumberOfNodesByClass("vtkMRMLSegmentationDisplayNode")):
        display = desk.host.scene.GetNthNodeByClass(number, "vtkMRMLSegmentationDisplayNode")
        if not display.GetAttribute(OWN):
            assert not display.IsDisplayableInView(own)
            assert display.IsDisplayableInView("vtkMRMLSliceNodeRed")
            assert display.IsDisplayableInView("vtkMRMLViewNode1")
            assert display.GetVisibility()


def test_a_scene_saved_meanwhile_holds_nothing_of_ours(desk: Desk, tmp_path: Path) -> None:
    use_everything(desk.explorer)
    text = scene_text(desk.host.scene)
    assert "CSE" not in text
    assert OWN not in text
    assert "50417" not in text
    desk.host.save_bundle(tmp_path / "meanwhile.mrb")
    desk.explorer.leave()
    (tmp_path / "cache").mkdir()
    desk.host.load_bundle(tmp_path / "meanwhile.mrb", tmp_path / "cache")
    node = segmentation(desk.host.scene, "CADS")
    displays = [node.GetNthDisplayNode(number) for number in range(node.GetNumberOfDisplayNodes())]
    users = [display for display in displays if display is not None]
    assert len(users) == 1
    # without the extension it is seen in the standard views; with it, it is put right
    assert users[0].IsDisplayableInView("vtkMRMLSliceNodeRed")
    assert users[0].GetAttribute(HIDDEN)
    show_everywhere_again(desk.host.scene)
    assert users[0].GetNumberOfViewNodeIDs() == 0


def test_the_scene_can_be_closed_at_any_moment(desk: Desk) -> None:
    use_everything(desk.explorer)
    desk.host.scene.Clear(False)
    assert not desk.explorer.is_open
    assert [node_id for node_id in desk.host.node_ids() if "CSE" in node_id] == []
    assert desk.screen.shown() == ["Red", "1", "Green", "Yellow"]
    desk.explorer.leave()


def test_a_scene_can_be_loaded_over_the_rows(desk: Desk, tmp_path: Path) -> None:
    desk.host.save_bundle(tmp_path / "before.mrb")
    use_everything(desk.explorer)
    (tmp_path / "cache").mkdir()
    desk.host.load_bundle(tmp_path / "before.mrb", tmp_path / "cache")
    assert not desk.explorer.is_open
    assert [node_id for node_id in desk.host.node_ids() if "CSE" in node_id] == []
    volume = desk.host.scene.GetFirstNodeByClass("vtkMRMLScalarVolumeNode")
    explorer = Explorer(volume)
    add_model_row(explorer, "CADS")
    explorer.step(1)
    explorer.leave()


@pytest.fixture
def small(scene_host: SceneHost):
    """The explorer on three small models, without a screen; and how often it reported a change."""
    volume = add_volume(scene_host.scene)
    add_three_models(scene_host.scene, volume)
    news: list[int] = []
    explorer = Explorer(volume, changed=lambda: news.append(1))
    logic = slicer.vtkMRMLLayoutLogic()
    logic.SetMRMLApplicationLogic(scene_host.application_logic)
    logic.SetMRMLScene(scene_host.scene)
    for model in ("A", "B"):
        add_model_row(explorer, model)
    explorer.select(SPLEEN_KEY)
    news.clear()
    yield scene_host, explorer, news
    explorer.leave()
    logic.SetMRMLScene(None)


def test_our_own_work_is_no_news(small) -> None:
    _, explorer, news = small
    explorer.step(1)
    add_overlay_row(explorer)
    explorer.set_style(replace(explorer.style, fill=False))
    assert news == []
    assert not explorer.is_stale


def test_a_new_segmentation_is_kept_out_of_the_rows_and_can_be_taken_in(small) -> None:
    host, explorer, news = small
    node = add_segmentation_node(host.scene, label_map_of(second_model()), "D", explorer.volume)
    assert news and explorer.is_stale
    view = explorer.layout.slice_nodes()[0].GetID()
    assert not node.GetDisplayNode().IsDisplayableInView(view)
    explorer.refresh()
    assert not explorer.is_stale
    assert list(explorer.scan.drawn) == ["A", "B", "C", "D"]
    assert explorer.selected == SPLEEN_KEY
    add_model_row(explorer, "D")


def test_a_removed_segmentation_takes_its_row_along(small) -> None:
    host, explorer, news = small
    host.scene.RemoveNode(segmentation(host.scene, "B"))
    assert news and explorer.is_stale
    explorer.step(1)  # before anybody refreshed
    explorer.refresh()
    assert [row.title for row in explorer.rows] == ["A"]


def test_a_renamed_segmentation_keeps_its_row(small) -> None:
    host, explorer, news = small
    segmentation(host.scene, "B").SetName("Renamed <b> & $x$")
    assert news and explorer.is_stale
    explorer.refresh()
    assert [(row.number, row.title) for row in explorer.rows] == [(1, "A"), (2, "Renamed <b> & $x$")]
    assert explorer.selected == SPLEEN_KEY


def test_an_edited_segment_is_noticed_and_a_new_one_stays_hidden(small) -> None:
    host, explorer, news = small
    node = segmentation(host.scene, "A")
    segment_id = node.GetSegmentation().AddEmptySegment("", "new")
    assert news and explorer.is_stale
    own = next(d for n in range(2) for d in [node.GetNthDisplayNode(n)] if d.GetAttribute(OWN))
    assert not own.GetSegmentVisibility(segment_id)
    assert node.GetDisplayNode().GetSegmentVisibility(segment_id)
    explorer.refresh()
    assert not explorer.is_stale
    node.GetSegmentation().GetSegment("Segment_1").SetTerminology("")
    assert explorer.is_stale


def test_fewer_than_two_models_are_refused_and_leave_no_trace(scene_host: SceneHost) -> None:
    volume = add_volume(scene_host.scene)
    add_segmentation_node(scene_host.scene, label_map_of(second_model()), "alone", volume)
    before = scene_host.node_ids()
    with pytest.raises(ConcordanceError, match="fewer than two models"):
        Explorer(volume)
    assert scene_host.node_ids() == before


def test_a_row_for_an_unknown_model_is_refused(small) -> None:
    _, explorer, _ = small
    with pytest.raises(ConcordanceError, match="none of the models"):
        add_model_row(explorer, "Z")


def test_removing_all_rows_is_safe(small) -> None:
    _, explorer, _ = small
    explorer.set_rows(())
    explorer.step(1)
    add_model_row(explorer, "A")
    assert [row.number for row in explorer.rows] == [1]
