"""The models' names at their outlines, in real views."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import vtk

from scene.explorer_fixtures import Desk, key_of
from scene.explorer_rows import add_overlay_row
from SegmentationConcordanceLib.exploring.label_placement import Rectangle
from SegmentationConcordanceLib.exploring.view_kinds import AXIAL, CORONAL, THREE_D


def places(desk: Desk, kind=AXIAL) -> dict[str, Rectangle]:
    node = desk.explorer.layout.view_node(desk.explorer.rows[0], kind)
    return desk.explorer.texts.outlines.places(node.GetID())


def titles(desk: Desk, view: str) -> list[str]:
    props = desk.screen.view(view).renderer.GetViewProps()
    return [prop.GetInput() for prop in props if isinstance(prop, vtk.vtkTextActor)]


def overlay(desk: Desk, *kinds) -> None:
    """A row of all models, at the heart, which four models know; its views have got their size."""
    desk.explorer.set_views(kinds)
    add_overlay_row(desk.explorer)
    desk.screen.turn()
    desk.explorer.views_ready()
    desk.explorer.select(key_of(desk.explorer, "heart"))


def test_every_model_that_found_it_is_named_beside_the_structure(desk: Desk) -> None:
    overlay(desk, AXIAL, CORONAL)
    for view, kind in (("CSE1R", AXIAL), ("CSE1G", CORONAL)):
        found = places(desk, kind)
        assert set(found) <= {"TotalSegmentator 2.6", "Auto3DSeg", "MultiTalent", "CADS"}
        assert len(found) >= 3
        width, height = desk.screen.view(view).size
        for place in found.values():
            assert place.x >= 0 and place.y >= 0 and place.x + place.width <= width and place.y + place.height <= height
        for one, other in combinations(found.values(), 2):
            assert not one.overlaps(other)


def test_only_models_without_an_outline_are_listed_in_the_corner(desk: Desk) -> None:
    overlay(desk, CORONAL, THREE_D)
    listed = [text for text in titles(desk, "CSE1G") if text not in places(desk, CORONAL)]
    assert listed == ["All models", "TotalSegmentator 1.5 (not in model)", "MOOSE (not in model)"]
    desk.explorer.set_shows_listed(True)  # of everything at once no outline is named
    assert places(desk, CORONAL) == {}
    assert "CADS" in titles(desk, "CSE1G")


def test_they_follow_the_slice_and_the_step_and_nothing_is_drawn_for_them(desk: Desk) -> None:
    overlay(desk, AXIAL)
    view, before = desk.screen.view("CSE1R"), places(desk)
    renders, written = [], []
    view.window.AddObserver("StartEvent", lambda *_: renders.append(1))
    write = desk.explorer.texts.outlines._write
    desk.explorer.texts.outlines._write = lambda view_id: (written.append(view_id), write(view_id))
    view.node.SetSliceOffset(view.node.GetSliceOffset() + 1000)
    assert places(desk) == {} and before != {}
    written.clear()
    desk.explorer.step(1)
    assert (len(written), renders) == (1, [])
    assert places(desk) != {}


def test_a_line_leads_from_each_name_to_a_pixel_of_its_colour(desk: Desk) -> None:
    overlay(desk, CORONAL)
    view = desk.screen.view("CSE1G")
    view.image()
    mappers = [prop.GetMapper() for prop in view.renderer.GetViewProps() if prop.IsA("vtkActor2D")]
    inputs = [mapper.GetInput() for mapper in mappers if mapper is not None and mapper.IsA("vtkPolyDataMapper2D")]
    (data,) = [found for found in inputs if found is not None and found.GetCellData().GetScalars() is not None]
    assert data.GetNumberOfLines() == len(places(desk, CORONAL))
    section = desk.explorer.scan
    node = view.node
    for number, name in enumerate(places(desk, CORONAL)):
        x, y, _ = data.GetPoint(2 * number)
        ras = node.GetXYToRAS().MultiplyPoint((x, y, 0.0, 1.0))[:3]
        geometry = section.comparison.geometry
        ijk = np.rint(geometry.ijk_of((-ras[0], -ras[1], ras[2]))).astype(int)
        drawn = section.drawn[name]
        heart = drawn.segments[desk.explorer.selected]
        layers = drawn.segmentation.label_map.layers
        assert any(layers[one.layer][tuple(ijk[::-1])] == one.label for one in heart), name


def test_leaving_takes_them_away(desk: Desk) -> None:
    overlay(desk, AXIAL)
    renderer = desk.screen.view("CSE1R").renderer
    desk.explorer.leave()
    assert [prop.GetInput() for prop in renderer.GetViewProps() if isinstance(prop, vtk.vtkTextActor)] == []
    assert desk.host.errors == []
