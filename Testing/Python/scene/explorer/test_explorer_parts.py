"""Neighbours, disputed regions, surfaces and groups, on voxels that can be counted by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import vtk

from host import SceneHost
from scene.agreement_scene import SPLEEN_KEY, add_three_models, add_volume
from SegmentationConcordanceLib.agreement.boxes import Box
from SegmentationConcordanceLib.agreement.disputed_regions import disputed_regions
from SegmentationConcordanceLib.anatomy.groups import group_of, read_groups
from SegmentationConcordanceLib.exploring.under_cursor import under_cursor
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment
from SegmentationConcordanceLib.imaging.neighbours import neighbours
from SegmentationConcordanceLib.scene.explorer.scan_of_nodes import explore_scan
from SegmentationConcordanceLib.scene.explorer.surfaces import SurfaceCache, closed_surface
from SegmentationConcordanceLib.scene.model_grouping import models_of_volume

GEOMETRY = Geometry.from_parts((4, 6, 12), (2, 3, 4), (10, 20, 30), np.eye(3))


def row_of_segments() -> LabelMap:
    """Along i: 1 at 1-2, 2 at 3-4 and so touching it, 3 at 7, which is 6 mm from 2; 4 touches 1 at a corner only; in a
    second layer 5 lies inside of 1."""
    voxels = np.zeros(GEOMETRY.shape, np.uint8)
    voxels[1, 2, 1:3] = 1
    voxels[1, 2, 3:5] = 2
    voxels[1, 2, 7] = 3
    voxels[2, 3, 0] = 4
    second = np.zeros(GEOMETRY.shape, np.uint8)
    second[1, 2, 1] = 5
    segments = [Segment(n, f"s{n}", layer=int(n == 5)) for n in range(1, 6)]
    return LabelMap((voxels, second), GEOMETRY, tuple(segments))


def near(label: int, distance_mm: float = 0.0) -> set[int]:
    label_map = row_of_segments()
    segment = next(segment for segment in label_map.segments if segment.label == label)
    places = np.argwhere(label_map.mask(segment))
    lower, upper = places.min(axis=0), places.max(axis=0) + 1
    mask = label_map.mask(segment)[tuple(slice(a, b) for a, b in zip(lower, upper))]
    return {s.label for s in neighbours(label_map, mask, tuple(lower), distance_mm)} - {label}


def test_neighbours_share_a_face_or_voxels_in_any_layer() -> None:
    assert near(1) == {2, 5}
    assert near(2) == {1}
    assert near(4) == set()
    assert near(5) == {1}


def test_neighbours_within_a_distance_of_voxel_centres() -> None:
    assert near(2, 6.0) == {1, 3, 5}
    assert near(2, 5.9) == {1, 5}
    assert near(3, 6.0) == {2}


@pytest.mark.parametrize("distance_mm", [0.0, 4.0, 6.0, 30.0])
def test_neighbours_are_symmetric(distance_mm: float) -> None:
    pairs = {(a, b) for a in range(1, 6) for b in near(a, distance_mm)}
    assert pairs == {(b, a) for a, b in pairs}


def test_an_empty_mask_has_no_neighbours() -> None:
    assert neighbours(row_of_segments(), np.zeros((2, 2, 2), bool), (0, 0, 0)) == ()


def test_disputed_regions_are_the_connected_ones_by_size(scene_host: SceneHost) -> None:
    volume = add_volume(scene_host.scene)
    add_three_models(scene_host.scene, volume)
    scan = explore_scan(volume, models_of_volume(volume))
    # A and C have the spleen at i 1-3, B at 2-4: disputed are the columns 1 and 4, 2 x 2 voxels of 10 ml each
    regions = disputed_regions(scan.comparison, scan.index_of(SPLEEN_KEY))
    assert [(region.n_voxels, region.volume_ml) for region in regions] == [(4, pytest.approx(40.0))] * 2
    assert [region.voxel[2] for region in regions] == [1, 4]
    assert all(1 <= region.voxel[0] <= 2 and 1 <= region.voxel[1] <= 2 for region in regions)


def test_the_models_under_the_cursor_are_named(scene_host: SceneHost) -> None:
    volume = add_volume(scene_host.scene)
    add_three_models(scene_host.scene, volume)
    scan = explore_scan(volume, models_of_volume(volume))
    left, back, up = scan.comparison.geometry.lps_of((1, 1, 1))
    found = {under.model: under.names for under in under_cursor(scan, (-left, -back, up))}
    assert found == {"A": ("spleen",), "B": (), "C": ("spleen",)}
    assert under_cursor(scan, (-left, -back, up + 10_000)) == ()


def test_a_surface_is_closed_lies_where_the_mask_does_and_encloses_its_volume() -> None:
    geometry = Geometry.from_parts((40, 40, 40), (1, 1.5, 2), (10, -20, 30), np.eye(3))
    k, j, i = np.indices(geometry.shape)
    position = geometry.lps_of(np.stack([i, j, k], axis=-1))
    center = geometry.lps_of((20, 20, 20))
    mask = np.linalg.norm(position - center, axis=-1) <= 15
    box = Box((10, 8, 3), (32, 33, 38))
    surface = closed_surface(mask[box.slices], geometry, box.lower)
    edges = vtk.vtkFeatureEdges()
    edges.SetInputData(surface)
    edges.FeatureEdgesOff()
    edges.NonManifoldEdgesOff()
    edges.Update()
    assert edges.GetOutput().GetNumberOfCells() == 0
    middle = np.array(surface.GetCenter())
    assert middle == pytest.approx([-center[0], -center[1], center[2]], abs=0.3)
    properties = vtk.vtkMassProperties()
    properties.SetInputData(surface)
    assert properties.GetVolume() == pytest.approx(
        np.count_nonzero(mask) * 3.0, rel=0.1
    )  # smoothing takes the corners off


def test_an_empty_mask_has_an_empty_surface() -> None:
    assert closed_surface(np.zeros((3, 3, 3), bool), GEOMETRY).GetNumberOfCells() == 0


def test_a_surface_is_made_once_until_the_voxels_change() -> None:
    cache, made = SurfaceCache(), []
    for _ in range(3):
        cache.get(("model", "key"), lambda: made.append(1) or vtk.vtkPolyData())
    assert len(made) == cache.made == 1
    cache.clear()
    cache.get(("model", "key"), vtk.vtkPolyData)
    assert cache.made == 2


def test_groups_can_be_edited(tmp_path: Path) -> None:
    file = tmp_path / "groups.csv"
    file.write_text("# mine\ngroup,words\nAll of the chest,rib lung\n", encoding="utf-8")
    assert group_of("rib_left_4", read_groups(file)) == "All of the chest"
    assert group_of("heart", read_groups(file)) == "Other"
