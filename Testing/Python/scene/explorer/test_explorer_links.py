"""What the rows follow of each other, shown by mouse events in real views; views outside the rows never follow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scene.explorer_fixtures import Desk, slice_offsets
from scene.explorer_rows import add_model_row
from SegmentationConcordanceLib.exploring.view_kinds import AXIAL, CORONAL, THREE_D
from SegmentationConcordanceLib.scene.explorer.links import Links


@pytest.fixture
def rows(desk: Desk) -> Desk:
    """Two rows, and the standard slice views linked among themselves as a user may have them."""
    desk.explorer.set_views((AXIAL, CORONAL, THREE_D))
    for model in ("CADS", "MOOSE"):
        add_model_row(desk.explorer, model)
    for name in ("Red", "Yellow", "Green"):
        desk.screen.view(name).composite_node.SetLinkedControl(True)
    desk.screen.mosaic(desk.explorer)
    return desk


def state_outside(desk: Desk) -> list[tuple]:
    nodes = [desk.screen.view(name).node for name in ("Red", "Yellow", "Green")]
    return [(node.GetSliceOffset(), node.GetFieldOfView(), node.GetXYZOrigin()) for node in nodes]


def fields_of_view(desk: Desk) -> list[float]:
    return [node.GetFieldOfView()[0] for node in desk.explorer.layout.slice_nodes()]


def test_the_wheel_scrolls_the_same_plane_of_all_rows_and_nothing_else(rows: Desk) -> None:
    outside, before = state_outside(rows), slice_offsets(rows.explorer, "Axial")
    coronal = slice_offsets(rows.explorer, "Coronal")
    rows.screen.point_at("CSE1R")
    rows.screen.event("CSE1R", "MouseWheelForwardEvent")
    after = slice_offsets(rows.explorer, "Axial")
    assert after[0] == after[1] == pytest.approx(before[0] + 4.5)
    assert slice_offsets(rows.explorer, "Coronal") == coronal
    assert state_outside(rows) == outside


def test_a_standard_view_does_not_move_the_rows(rows: Desk) -> None:
    before = slice_offsets(rows.explorer, "Axial")
    red = rows.screen.view("Red")
    red.composite_node.SetBackgroundVolumeID(rows.volume.GetID())
    offset = red.node.GetSliceOffset()
    rows.screen.point_at("Red")
    rows.screen.event("Red", "MouseWheelForwardEvent")
    assert red.node.GetSliceOffset() != offset
    assert slice_offsets(rows.explorer, "Axial") == before


def test_scrolling_can_be_unlinked_alone(rows: Desk) -> None:
    rows.explorer.set_links(Links(scroll=False))
    before = slice_offsets(rows.explorer, "Axial")
    fields = fields_of_view(rows)
    rows.screen.point_at("CSE1R")
    rows.screen.event("CSE1R", "MouseWheelForwardEvent")
    after = slice_offsets(rows.explorer, "Axial")
    assert after[0] != before[0] and after[1] == before[1]
    rows.screen.event("CSE1R", "MouseWheelForwardEvent", ctrl=1)
    assert len(set(fields_of_view(rows))) == 1
    assert fields_of_view(rows) != fields


def test_zoom_by_wheel_follows_and_can_be_unlinked_alone(rows: Desk) -> None:
    rows.screen.point_at("CSE2R")
    before = fields_of_view(rows)
    rows.screen.event("CSE2R", "MouseWheelForwardEvent", ctrl=1)
    zoomed = fields_of_view(rows)
    assert len(set(zoomed)) == 1 and zoomed[0] < before[0]
    rows.explorer.set_links(Links(zoom=False))
    rows.screen.event("CSE2R", "MouseWheelForwardEvent", ctrl=1)
    assert sorted(set(fields_of_view(rows))) == sorted({fields_of_view(rows)[2], zoomed[0]})
    assert fields_of_view(rows)[0] == zoomed[0] > fields_of_view(rows)[2]


@pytest.mark.parametrize("linked", [True, False])
def test_a_pan_is_followed_while_it_goes_on(rows: Desk, linked: bool) -> None:
    rows.explorer.set_links(Links(pan=linked))
    moved, other = rows.screen.view("CSE1R").node, rows.screen.view("CSE2R").node
    before = other.GetXYZOrigin()
    drag(rows, "CSE1R", "Middle", release=False)
    assert moved.GetXYZOrigin() != before
    assert other.GetXYZOrigin() == (moved.GetXYZOrigin() if linked else before)
    rows.screen.event("CSE1R", "MiddleButtonReleaseEvent", (110, 95))
    assert other.GetXYZOrigin() == (moved.GetXYZOrigin() if linked else before)


def drag(desk: Desk, name: str, button: str, *, release: bool = True) -> None:
    desk.screen.point_at(name)
    desk.screen.event(name, f"{button}ButtonPressEvent", (80, 80))
    for at in ((90, 85), (100, 90), (110, 95)):
        desk.screen.event(name, "MouseMoveEvent", at)
    if release:
        desk.screen.event(name, f"{button}ButtonReleaseEvent", (110, 95))


def test_turning_one_3d_view_turns_the_others_but_not_the_users(rows: Desk) -> None:
    own = {camera.GetLayoutName(): camera for camera in rows.explorer.layout.camera_nodes()}
    users = rows.screen.view("1").camera_node
    before, users_before = own["CSE1V"].GetPosition(), users.GetPosition()
    drag(rows, "CSE1V", "Left")
    assert np.linalg.norm(np.subtract(own["CSE1V"].GetPosition(), before)) > 1
    assert own["CSE2V"].GetPosition() == pytest.approx(own["CSE1V"].GetPosition())
    assert own["CSE2V"].GetViewUp() == pytest.approx(own["CSE1V"].GetViewUp())
    assert users.GetPosition() == users_before


def test_rotation_can_be_unlinked_alone(rows: Desk) -> None:
    rows.explorer.set_links(replace(rows.explorer.links, rotation=False))
    other = rows.screen.view("CSE2V").camera_node
    before = other.GetPosition()
    drag(rows, "CSE1V", "Left")
    assert other.GetPosition() == before


def test_window_and_level_are_the_images_and_so_of_all_rows(rows: Desk) -> None:
    backgrounds = {composite.GetBackgroundVolumeID() for composite in rows.explorer.layout.composite_nodes()}
    assert backgrounds == {rows.volume.GetID()}
    before = [rows.screen.view(name).image().mean() for name in ("CSE1R", "CSE2R")]
    rows.volume.GetDisplayNode().SetWindowLevelMinMax(-1000, -900)
    after = [rows.screen.view(name).image().mean() for name in ("CSE1R", "CSE2R")]
    assert all(abs(a - b) > 20 for a, b in zip(before, after))


def test_the_crosshair_marks_the_place_in_all_rows(rows: Desk) -> None:
    rows.explorer.set_crosshair(True)
    rows.explorer.step(1)
    crosshair = rows.host.scene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
    assert crosshair.GetCrosshairRAS() == pytest.approx(rows.explorer.place)
