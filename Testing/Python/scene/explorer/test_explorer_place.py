"""Place and zoom stay, whatever size Slicer gives the views and when; and how often views are modified and laid out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
import slicer
import vtk

from host import SceneHost
from scene.explorer_fixtures import Desk, distance_to_slice, key_of
from scene.explorer_rows import add_model_row, add_overlay_row
from scene.explorer_sample import ReadCase, add_case
from scene.explorer_screen import Screen
from SegmentationConcordanceLib.exploring.view_kinds import AXIAL, CORONAL, SAGITTAL, THREE_D
from SegmentationConcordanceLib.scene.explorer.explorer import Explorer
from SegmentationConcordanceLib.scene.explorer.explorer_logic import ExplorerLogic
from SegmentationConcordanceLib.scene.explorer.framing import WorldBox, world_box

PLANES = (AXIAL, SAGITTAL, CORONAL)
_COUNTED = ("vtkMRMLSliceNode", "vtkMRMLSliceCompositeNode", "vtkMRMLSegmentationDisplayNode")


@contextmanager
def counted(scene: slicer.vtkMRMLScene) -> Iterator[Counter]:
    """How often each slice, composite and segmentation display node is modified meanwhile, by node id."""
    counts: Counter = Counter()

    def count(node: slicer.vtkMRMLNode, _event: str) -> None:
        counts[node.GetID()] += 1

    nodes = [scene.GetNthNodeByClass(n, kind) for kind in _COUNTED for n in range(scene.GetNumberOfNodesByClass(kind))]
    tags = [(node, node.AddObserver(vtk.vtkCommand.ModifiedEvent, count)) for node in nodes]
    yield counts
    for node, tag in tags:
        node.RemoveObserver(tag)


def box_of(explorer: Explorer) -> WorldBox:
    return world_box(explorer.scan.comparison.geometry, explorer.scan.box(explorer.selected))


def coverage(explorer: Explorer, node: slicer.vtkMRMLSliceNode) -> float:
    """Which part of a view the structure's box takes, along the side that it fills most; above 1 it is cut off."""
    to_ras = np.array([[node.GetXYToRAS().GetElement(row, column) for column in range(4)] for row in range(4)])
    place = np.linalg.inv(to_ras) @ (*explorer.place, 1.0)
    assert abs(place[2]) < 1e-3, "what is drawn is another slice"
    corners = np.column_stack([box_of(explorer).corners, np.ones(8)]) @ np.linalg.inv(to_ras).T
    columns, rows, _ = node.GetDimensions()
    xs, ys = corners[:, 0] / columns, corners[:, 1] / rows
    assert min(xs.min(), ys.min()) >= -1e-6 and max(xs.max(), ys.max()) <= 1 + 1e-6, "the box is cut off"
    return max(np.ptp(xs), np.ptp(ys))


def assert_framed(explorer: Explorer) -> None:
    for node in explorer.layout.slice_nodes():
        assert distance_to_slice(node, explorer.place) < 1e-3
        assert coverage(explorer, node) > 0.8


@pytest.fixture
def flat(require_egl: None, scene_host: SceneHost, explored_case: ReadCase) -> Iterator[Desk]:
    """Two rows of views that are three times as wide as high, as rows of a real window are, at a rib."""
    volume = add_case(scene_host.scene, explored_case)
    screen = Screen(scene_host, (381, 113))
    explorer = Explorer(volume)
    explorer.show_rows([])
    for model in ("CADS", "MOOSE"):
        add_model_row(explorer, model)
    explorer.select(key_of(explorer, "rib_right_5"))
    screen.turn()
    yield Desk(scene_host, screen, volume, explorer)
    explorer.leave()
    screen.close()


def test_the_place_is_shown_once_the_views_have_their_size(flat: Desk) -> None:
    assert {node.GetDimensions()[:2] for node in flat.explorer.layout.slice_nodes()} == {(381, 113)}
    assert_framed(flat.explorer)


def test_the_same_plane_has_the_same_zoom_in_every_row(flat: Desk) -> None:
    fields = {(n.GetOrientation(), round(n.GetFieldOfView()[0], 6)) for n in flat.explorer.layout.slice_nodes()}
    assert len(fields) == 3


@pytest.mark.parametrize(
    "change",
    [
        lambda explorer: add_model_row(explorer, "TotalSegmentator 2.6"),
        lambda explorer: explorer.set_rows(explorer.rows[:1]),
        lambda explorer: explorer.set_rows(explorer.rows[::-1]),
        lambda explorer: explorer.set_views((AXIAL, THREE_D)),
        lambda explorer: explorer.set_views(PLANES, as_columns=True),
    ],
    ids=["row added", "row removed", "rows moved", "3D instead of planes", "columns"],
)
def test_another_layout_keeps_place_and_zoom(flat: Desk, change) -> None:
    flat.explorer.step_region(1)
    change(flat.explorer)
    flat.screen.turn()
    assert_framed(flat.explorer)


def test_a_larger_window_keeps_place_and_zoom(flat: Desk) -> None:
    for name in ("CSE1R", "CSE1Y", "CSE1G", "CSE2R", "CSE2Y", "CSE2G"):
        flat.screen.view(name).resize((600, 300))
    assert_framed(flat.explorer)


def test_what_the_user_zoomed_and_scrolled_to_stays_with_another_size(flat: Desk) -> None:
    flat.screen.point_at("CSE1R")
    flat.screen.event("CSE1R", "MouseWheelForwardEvent")
    node = flat.screen.view("CSE1R").node
    node.SetFieldOfView(3 * 60.0 * 381 / 339, 60.0, 1.0)
    offset = node.GetSliceOffset()
    add_overlay_row(flat.explorer)
    flat.screen.turn()
    assert node.GetSliceOffset() == pytest.approx(offset)
    assert node.GetFieldOfView()[1] == pytest.approx(60.0)
    flat.screen.view("CSE1R").resize((200, 400))  # now the width is the shorter side
    assert node.GetFieldOfView()[:2] == pytest.approx((60.0, 120.0))


def test_a_slice_that_slicer_puts_to_zero_without_another_size_comes_back(flat: Desk) -> None:
    flat.explorer.set_rows(flat.explorer.rows[::-1])
    for node in flat.explorer.layout.slice_nodes():
        node.SetSliceOffset(0.0)
    flat.explorer.views_ready()
    assert_framed(flat.explorer)


def test_a_user_may_scroll_to_zero(flat: Desk) -> None:
    flat.explorer.views_ready()
    node = flat.explorer.layout.slice_nodes()[0]
    node.SetSliceOffset(0.0)
    flat.explorer.views_ready()
    assert node.GetSliceOffset() == 0.0


def test_a_step_modifies_every_view_once_and_no_composite_node(flat: Desk) -> None:
    for key in ("sternum", "aorta", "rib_right_5"):
        with counted(flat.host.scene) as counts:
            flat.explorer.select(key_of(flat.explorer, key))
        for node in flat.explorer.layout.slice_nodes():
            assert counts.pop(node.GetID()) == 1
        assert set(counts.values()) == {1}  # the displays of the two rows
        assert {node_id.rstrip("0123456789") for node_id in counts} == {"vtkMRMLSegmentationDisplayNode"}
        assert len(counts) == 2
    with counted(flat.host.scene) as counts:
        flat.explorer.step_region(1)
    assert counts == {node.GetID(): 1 for node in flat.explorer.layout.slice_nodes()}
    with counted(flat.host.scene) as counts:
        flat.explorer.views_ready()
        flat.explorer.select(flat.explorer.selected)
        flat.explorer.views_ready()
    assert set(counts) <= {node.GetID() for node in flat.explorer.layout.slice_nodes()}


def test_nothing_is_drawn_while_a_step_changes_the_views(flat: Desk) -> None:
    events: list[str] = []

    @contextmanager
    def paused() -> Iterator[None]:
        events.append("paused")
        yield
        events.append("drawn")

    flat.explorer._paused = paused
    node = flat.explorer.layout.slice_nodes()[0]
    node.AddObserver(vtk.vtkCommand.ModifiedEvent, lambda *_: events.append("modified"))
    flat.explorer.select(key_of(flat.explorer, "aorta"))
    assert events == ["paused", "modified", "drawn"]


@pytest.fixture
def opened(require_egl: None, scene_host: SceneHost, explored_case: ReadCase) -> Iterator[tuple[ExplorerLogic, Screen]]:
    """The module, entered, with two rows; the screen has been laid out once for the standard views."""
    two = {model: explored_case.label_maps[model] for model in ("CADS", "MOOSE")}
    add_case(scene_host.scene, replace(explored_case, label_maps=two))
    screen = Screen(scene_host, (381, 113))
    logic = ExplorerLogic(scene_host.scene)
    logic.enter()
    screen.turn()
    screen.layout_changes = 0
    logic.show_all_models()
    yield logic, screen
    logic.close()
    screen.close()


def test_opening_leaving_and_coming_back_lay_the_views_out_once_each(opened) -> None:
    logic, screen = opened
    assert screen.layout_changes == 1
    screen.turn()
    logic.refresh()
    assert_framed(logic.explorer)
    logic.step(2)
    selected, place = logic.explorer.selected, logic.explorer.place
    logic.exit()
    assert screen.layout_changes == 2
    screen.turn()
    logic.enter()
    assert screen.layout_changes == 3
    screen.turn()
    logic.refresh()
    assert screen.layout_changes == 3
    assert (logic.explorer.selected, logic.explorer.place) == (selected, place)
    assert_framed(logic.explorer)


def test_opening_moves_every_view_no_more_than_its_making_and_its_sizes_need(opened) -> None:
    logic, screen = opened
    with counted(logic.volume.GetScene()) as counts:
        screen.turn()
        logic.refresh()
    slices = {node.GetID() for node in logic.explorer.layout.slice_nodes()}
    assert {counts[one] for one in slices} == {4}  # Slicer puts it to zero and sizes it, we show it again and tell so
    assert set(counts) - slices == {"vtkMRMLSliceNodeRed", "vtkMRMLSliceNodeGreen", "vtkMRMLSliceNodeYellow"} & set(
        counts
    )


def test_the_views_own_corner_texts_do_not_lie_over_the_labels(desk: Desk) -> None:
    add_model_row(desk.explorer, "CADS")
    view = desk.screen.view("CSE1R")
    overlay, probe = vtk.vtkRenderer(), vtk.vtkCornerAnnotation()  # Slicer's views have this for the Data Probe's text
    overlay.SetLayer(1)
    view.window.SetNumberOfLayers(2)
    view.window.AddRenderer(overlay)
    overlay.AddViewProp(probe)
    desk.explorer.texts.clear()
    desk.explorer.select(key_of(desk.explorer, "heart"))
    assert not probe.GetVisibility()
    desk.explorer.leave()
    assert probe.GetVisibility()
