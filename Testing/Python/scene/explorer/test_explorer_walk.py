"""Stepping through structures and disagreements: what is shown, where the slices and cameras go, what is missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scene.explorer_fixtures import Desk, distance_to_slice, key_of, segmentation
from scene.explorer_rows import add_consensus_row, add_model_row, add_overlay_row
from SegmentationConcordanceLib.exploring.rows import Row
from SegmentationConcordanceLib.exploring.structure_list import PRESENT
from SegmentationConcordanceLib.exploring.view_kinds import AXIAL, CORONAL, SAGITTAL, THREE_D
from SegmentationConcordanceLib.scene.own_nodes import OWN


def shown_segments(desk: Desk, row: Row) -> dict[str, list[str]]:
    """Names of the visible segments that the displays of a row's first view show, by segmentation."""
    view = desk.explorer.layout.view_node(row, AXIAL).GetID()
    shown: dict[str, list[str]] = {}
    for number in range(desk.host.scene.GetNumberOfNodesByClass("vtkMRMLSegmentationNode")):
        node = desk.host.scene.GetNthNodeByClass(number, "vtkMRMLSegmentationNode")
        for n in range(node.GetNumberOfDisplayNodes()):
            display = node.GetNthDisplayNode(n)
            if display.GetVisibility() and display.IsDisplayableInView(view):
                ids = [i for i in node.GetSegmentation().GetSegmentIDs() if display.GetSegmentVisibility(i)]
                names = [node.GetSegmentation().GetSegment(segment_id).GetName() for segment_id in ids]
                shown.setdefault(node.GetName(), []).extend(names)
    return shown


def test_a_row_shows_the_structure_of_its_model_and_nothing_else(desk: Desk) -> None:
    desk.explorer.set_views((AXIAL,))
    rows = [add_model_row(desk.explorer, model) for model in ("TotalSegmentator 2.6", "CADS")]
    desk.explorer.select(key_of(desk.explorer, "sternum"))
    assert shown_segments(desk, rows[0]) == {"TotalSegmentator 2.6": ["sternum"]}
    desk.explorer.select(key_of(desk.explorer, "aorta"))
    assert shown_segments(desk, rows[1]) == {"CADS": ["aorta"]}
    desk.explorer.select("")
    assert shown_segments(desk, rows[0]) == {"TotalSegmentator 2.6": []}


def test_the_overlay_shows_all_models_as_outlines_each_in_its_colour(desk: Desk) -> None:
    desk.explorer.set_views((AXIAL,))
    row = add_overlay_row(desk.explorer)
    desk.explorer.select(key_of(desk.explorer, "vertebrae_T3"))
    assert shown_segments(desk, row) == {model: ["vertebrae_T3"] for model in desk.explorer.legend}
    assert len(set(desk.explorer.legend.values())) == 6
    for model, color in desk.explorer.legend.items():
        node = segmentation(desk.host.scene, model)
        display = next(d for n in range(2) for d in [node.GetNthDisplayNode(n)] if d.GetAttribute(OWN))
        segment_id = node.GetSegmentation().GetSegmentIdBySegmentName("vertebrae_T3")
        assert not display.GetSegmentVisibility2DFill(segment_id)
        assert display.GetSegmentOverrideColor(segment_id) == pytest.approx(color)


def test_what_a_model_lacks_is_said_in_its_row(desk: Desk) -> None:
    desk.explorer.set_views((AXIAL,))
    models = ("TotalSegmentator 1.5", "TotalSegmentator 2.6", "MOOSE")
    rows = [add_model_row(desk.explorer, model) for model in models]
    consensus, overlay = add_consensus_row(desk.explorer), add_overlay_row(desk.explorer)
    desk.explorer.select(key_of(desk.explorer, "sternum"))
    assert [desk.explorer.status(row) for row in rows] == ["not in model", "", "MOOSE found none"]
    assert desk.explorer.status(consensus) == ""  # that of the models that found it
    assert desk.explorer.status(overlay) == ""


def test_all_slices_go_to_the_greatest_disagreement(desk: Desk) -> None:
    explorer = desk.explorer
    explorer.set_views((AXIAL, SAGITTAL, CORONAL))
    add_model_row(explorer, "CADS")
    add_model_row(explorer, "MOOSE")
    explorer.select(key_of(explorer, "rib_right_5"))
    assert explorer.region == 0
    sizes = [region.n_voxels for region in explorer.regions]
    assert len(sizes) > 1 and sizes == sorted(sizes, reverse=True)
    for place in range(len(sizes)):
        assert all(distance_to_slice(node, explorer.place) < 1e-3 for node in explorer.layout.slice_nodes())
        explorer.step_region(1)
        assert explorer.region == (place + 1) % len(sizes)
    explorer.step_region(-1)
    assert explorer.region == len(sizes) - 1


def test_stepping_to_a_disagreement_keeps_the_zoom(desk: Desk) -> None:
    desk.explorer.set_views((AXIAL,))
    add_model_row(desk.explorer, "CADS")
    desk.explorer.select(key_of(desk.explorer, "rib_right_5"))
    node = desk.explorer.layout.slice_nodes()[0]
    node.SetFieldOfView(33.0, 33.0, 1.0)
    desk.explorer.step_region(1)
    assert node.GetFieldOfView()[:2] == (33.0, 33.0)


@pytest.mark.parametrize("name", ["sternum", "lung_upper_lobe_left", "vertebrae_T3"])
def test_the_whole_structure_fits_into_every_view(desk: Desk, name: str) -> None:
    desk.explorer.set_views((AXIAL, SAGITTAL, CORONAL))
    explorer = desk.explorer
    add_model_row(explorer, "CADS")
    explorer.select(key_of(explorer, name))
    for drawn in explorer.scan.drawn.values():
        for segment in drawn.segments.get(explorer.selected, ()):
            places = np.argwhere(drawn.segmentation.label_map.mask(segment))
            ras = explorer.scan.comparison.geometry.lps_of(places[:, ::-1]) * (-1, -1, 1)
            for view in ("CSE1R", "CSE1Y", "CSE1G"):
                pixels = np.array([desk.screen.view(view).pixel_of(tuple(one)) for one in ras[::7]])
                assert pixels.min() >= 0 and pixels.max() < 160


def test_3d_cameras_frame_the_structure_in_every_row(desk: Desk) -> None:
    desk.explorer.set_views((THREE_D,))
    explorer = desk.explorer
    for model in ("CADS", "MOOSE"):
        add_model_row(explorer, model)
    explorer.select(key_of(explorer, "sternum"))
    cameras = explorer.layout.camera_nodes()
    assert len(cameras) == 2
    bounds = explorer.scan.box(explorer.selected)
    corners = (bounds.lower, np.subtract(bounds.upper, 1))
    low, high = (explorer.scan.comparison.geometry.lps_of(corner[::-1]) for corner in corners)
    center = (low + high) / 2 * (-1, -1, 1)
    for camera in cameras:
        assert camera.GetFocalPoint() == pytest.approx(center, abs=1e-6)
        away = np.linalg.norm(np.subtract(camera.GetPosition(), camera.GetFocalPoint()))
        assert away * np.sin(np.radians(camera.GetViewAngle() / 2)) >= np.linalg.norm(high - low) / 2


def test_surfaces_are_made_only_for_what_a_3d_view_shows_and_once(desk: Desk) -> None:
    explorer = desk.explorer
    explorer.set_views((AXIAL,))
    add_model_row(explorer, "CADS")
    explorer.select(key_of(explorer, "sternum"))
    assert explorer._stage.surfaces.made == 0
    explorer.set_views((AXIAL, THREE_D))
    assert explorer._stage.surfaces.made == 1
    explorer.select(key_of(explorer, "aorta"))
    explorer.select(key_of(explorer, "sternum"))
    assert explorer._stage.surfaces.made == 2
    assert not segmentation(desk.host.scene, "CADS").GetSegmentation().ContainsRepresentation("Closed surface")


def test_neighbours_are_outlines_in_the_slices_whatever_the_views(desk: Desk) -> None:
    explorer = desk.explorer
    explorer.set_views((AXIAL, SAGITTAL))
    row = add_model_row(explorer, "TotalSegmentator 2.6")
    explorer.set_style(replace(explorer.style, neighbours=True))
    explorer.select(key_of(explorer, "vertebrae_T3"))
    names = shown_segments(desk, row)["TotalSegmentator 2.6"]
    assert {"vertebrae_T3", "vertebrae_T2", "vertebrae_T4"} <= set(names)
    node = segmentation(desk.host.scene, "TotalSegmentator 2.6")
    display = node.GetNthDisplayNode(1)
    for name in names:
        segment_id = node.GetSegmentation().GetSegmentIdBySegmentName(name)
        assert display.GetSegmentVisibility2DOutline(segment_id)
        assert display.GetSegmentVisibility2DFill(segment_id) == (name == "vertebrae_T3")
    explorer.set_style(replace(explorer.style, neighbours=False))
    assert shown_segments(desk, row)["TotalSegmentator 2.6"] == ["vertebrae_T3"]


def test_the_agreement_map_lies_over_the_rows_and_no_other_view(desk: Desk) -> None:
    desk.explorer.set_views((AXIAL,))
    explorer = desk.explorer
    add_model_row(explorer, "CADS")
    explorer.set_map(True)
    explorer.select(key_of(explorer, "heart"))
    maps = {composite.GetLabelVolumeID() for composite in explorer.layout.composite_nodes()}
    (map_id,) = maps
    image = desk.host.scene.GetNodeByID(map_id).GetImageData()
    assert image.GetScalarRange() == (0.0, 4.0)
    assert desk.screen.view("Red").composite_node.GetLabelVolumeID() is None
    explorer.set_map(False)
    assert {composite.GetLabelVolumeID() for composite in explorer.layout.composite_nodes()} == {None}
    assert desk.host.scene.GetNodeByID(map_id) is None


def test_adding_a_row_keeps_zoom_place_and_structure(desk: Desk) -> None:
    explorer = desk.explorer
    explorer.set_views((AXIAL,))
    first = add_model_row(explorer, "CADS")
    explorer.select(key_of(explorer, "aorta"))
    node = explorer.layout.view_node(first, AXIAL)
    node.SetFieldOfView(77.0, 77.0, 1.0)
    node.SetSliceOffset(node.GetSliceOffset() + 9.0)
    offset = node.GetSliceOffset()
    second = add_model_row(explorer, "MOOSE")
    for row in (first, second):
        view = explorer.layout.view_node(row, AXIAL)
        assert (view.GetSliceOffset(), view.GetFieldOfView()[0]) == (offset, 77.0)
    assert shown_segments(desk, second) == {"MOOSE": ["aorta"]}


def test_views_shown_later_go_where_the_others_are(desk: Desk) -> None:
    explorer = desk.explorer
    explorer.set_views((AXIAL,))
    row = add_model_row(explorer, "CADS")
    explorer.select(key_of(explorer, "aorta"))
    explorer.set_views((AXIAL, SAGITTAL))
    assert distance_to_slice(explorer.layout.view_node(row, SAGITTAL), explorer.place) < 1e-3


def test_a_whole_group_is_shown_in_every_row_each_structure_in_its_colour(desk: Desk) -> None:
    desk.explorer.set_views((AXIAL,))
    explorer = desk.explorer
    rows = [add_model_row(explorer, model) for model in ("TotalSegmentator 2.6", "CADS")]
    explorer.walk = replace(explorer.walk, group="Ribs")
    explorer.select(explorer.walk.listed[0].key)
    explorer.set_shows_listed(True)
    listed = explorer.walk.listed
    assert len(listed) > 4
    for row in rows:
        shown = [name for names in shown_segments(desk, row).values() for name in names]
        assert sorted(shown) == sorted(one.name for one in listed if one.presence[row.model] == PRESENT)
    node = segmentation(desk.host.scene, "TotalSegmentator 2.6")
    display = next(d for n in range(2) for d in [node.GetNthDisplayNode(n)] if d.GetAttribute(OWN))
    ids = [node.GetSegmentation().GetSegmentIdBySegmentName(one.name) for one in listed]
    assert len({tuple(display.GetSegmentOverrideColor(one)) for one in ids}) == len({one.color for one in listed}) > 1
    # All of it is in sight: the view is wider than the box around all ribs.
    box = explorer.scan.box_of_all([one.key for one in listed])
    mm = (np.subtract(box.upper, box.lower) * explorer.scan.comparison.geometry.spacing_mm[::-1])[2]
    view = explorer.layout.view_node(rows[0], AXIAL)
    assert view.GetFieldOfView()[0] > mm
    explorer.set_shows_listed(False)
    assert shown_segments(desk, rows[0]) == {"TotalSegmentator 2.6": [listed[0].name]}


def test_next_finding_goes_to_its_structure_and_place_and_marks_the_rows_of_its_models(desk: Desk) -> None:
    desk.explorer.set_views((AXIAL,))
    explorer = desk.explorer
    rows = {model: add_model_row(explorer, model) for model in explorer.scan.drawn}
    missing = next(
        number for number, finding in enumerate(explorer.scan.result.findings) if finding.names == ("sternum",)
    )
    explorer.step_finding(missing + 1)
    finding = explorer.findings.current
    assert (finding.kind, finding.models) == ("missing", ("MOOSE",))
    assert explorer.selected == finding.structures[0]
    assert explorer.place == pytest.approx(finding.place_ras)
    node = explorer.layout.view_node(rows["CADS"], AXIAL)
    assert distance_to_slice(node, finding.place_ras) == pytest.approx(0, abs=1e-6)
    assert explorer.findings.mark("MOOSE", explorer.selected) == "Missing"
    assert explorer.findings.mark("CADS", explorer.selected) == ""
    explorer.step_region(1)
    assert explorer.place != pytest.approx(finding.place_ras) or len(explorer.regions) == 1
