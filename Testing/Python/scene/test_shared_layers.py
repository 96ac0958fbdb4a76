"""Nodes that were not made by us: cropped layers, layers of one segment each, empty segments, transforms, damage."""

from __future__ import annotations

import numpy as np
import pytest
import slicer
import vtk
from vtk.util.numpy_support import numpy_to_vtk

from host import SceneHost
from SegmentationConcordanceLib.errors import ConcordanceError, GeometryMismatchError, VoxelTypeError
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment
from SegmentationConcordanceLib.scene.grids import flip_lps_ras, vtk_matrix
from SegmentationConcordanceLib.scene.segmentation_node import add_segmentation_node, label_map_from_node
from SegmentationConcordanceLib.scene.shared_layers import free_labels
from SegmentationConcordanceLib.scene.volume_node import add_volume_node

SHAPE = (6, 7, 8)
GRID = Geometry.from_parts(SHAPE, (1, 2, 3), (10, 20, 30), [[0, -1, 0], [1, 0, 0], [0, 0, 1]])
IJK_TO_RAS = flip_lps_ras(GRID.ijk_to_lps)


def empty_node(host: SceneHost, with_reference: bool = True) -> slicer.vtkMRMLSegmentationNode:
    node = host.scene.AddNewNodeByClass("vtkMRMLSegmentationNode", "by hand")
    node.CreateDefaultDisplayNodes()
    if with_reference:
        volume = add_volume_node(host.scene, np.zeros(SHAPE, np.int16), GRID, "CT")
        node.SetReferenceImageGeometryParameterFromVolumeNode(volume)
    return node


def add_cropped(
    node: slicer.vtkMRMLSegmentationNode,
    segments: dict[str, int],
    voxels: np.ndarray,
    start: tuple[int, int, int] = (0, 0, 0),
    ijk_to_ras: np.ndarray = IJK_TO_RAS,
) -> None:
    """Add a shared layer whose first voxel has the index ``start`` (i, j, k)."""
    image = slicer.vtkOrientedImageData()
    i, j, k = start
    image.SetExtent(i, i + voxels.shape[2] - 1, j, j + voxels.shape[1] - 1, k, k + voxels.shape[0] - 1)
    image.GetPointData().SetScalars(numpy_to_vtk(voxels.ravel(), deep=True))
    image.SetImageToWorldMatrix(vtk_matrix(ijk_to_ras))
    for segment_id, label in segments.items():
        segment = slicer.vtkSegment()
        segment.SetName(segment_id)
        segment.SetLabelValue(label)
        segment.AddRepresentation("Binary labelmap", image)
        assert node.GetSegmentation().AddSegment(segment, segment_id)


def masks(label_map: LabelMap) -> dict[str, np.ndarray]:
    return {segment.name: label_map.mask(segment) for segment in label_map.segments}


def box(k: slice, j: slice, i: slice) -> np.ndarray:
    mask = np.zeros(SHAPE, bool)
    mask[k, j, i] = True
    return mask


def test_cropped_layers_of_one_segment_each_share_one_array_where_they_do_not_overlap(scene_host: SceneHost) -> None:
    node = empty_node(scene_host)
    add_cropped(node, {"a": 1}, np.ones((2, 2, 3), np.uint8), (1, 2, 3))
    add_cropped(node, {"b": 1}, np.ones((1, 1, 2), np.uint8), (5, 0, 0))
    add_cropped(node, {"c": 1}, np.ones((3, 3, 2), np.uint8), (1, 1, 2))
    found = label_map_from_node(node)
    assert found.geometry.matches(GRID)
    assert [(segment.layer, segment.label) for segment in found.segments] == [(0, 1), (0, 2), (1, 1)]
    assert len(found.layers) == 2
    expected = {
        "a": box(slice(3, 5), slice(2, 4), slice(1, 4)),
        "b": box(slice(0, 1), slice(0, 1), slice(5, 7)),
        "c": box(slice(2, 5), slice(1, 4), slice(1, 3)),
    }
    assert all(np.array_equal(mask, expected[name]) for name, mask in masks(found).items())


def test_a_full_layer_is_a_view_and_a_cropped_one_beside_it_is_pasted(scene_host: SceneHost) -> None:
    node = empty_node(scene_host)
    full = np.zeros(SHAPE, np.int16)
    full[0, 0, 0], full[5, 6, 7] = 1, 200
    add_cropped(node, {"first": 1, "last": 200}, full)
    add_cropped(node, {"dot": 300}, np.array([[[300, 9]]], np.int32), (3, 3, 3))
    found = label_map_from_node(node)
    assert np.shares_memory(found.layers[0], slicer.util.arrayFromSegmentInternalBinaryLabelmap(node, "first"))
    assert np.array_equal(found.layers[0], full)
    assert found.layers[1].dtype == np.uint16
    # 9 is no segment's label: it is not pasted
    assert np.array_equal(found.layers[1], box(slice(3, 4), slice(3, 4), slice(3, 4)) * np.uint16(300))


def test_voxels_outside_the_reference_grow_the_grid_and_empty_padding_does_not(scene_host: SceneHost) -> None:
    padded = np.zeros((8, 9, 10), np.uint8)
    padded[1:7, 1:8, 1:9] = 1
    node = empty_node(scene_host)
    add_cropped(node, {"padded": 1}, padded, (-1, -1, -1))
    found = label_map_from_node(node)
    assert found.geometry.matches(GRID)
    assert found.layers[0].all()
    add_cropped(node, {"outside": 2}, np.full((1, 1, 1), 2, np.uint8), (8, 3, -2))
    grown = label_map_from_node(node)
    assert grown.geometry.shape == (8, 7, 9)
    # two slices of 3 mm below the reference's first
    assert grown.geometry.origin_lps == pytest.approx((10, 20, 24))
    assert np.argwhere(masks(grown)["outside"]).tolist() == [[0, 3, 8]]
    assert masks(grown)["padded"].sum() == 6 * 7 * 8


def test_without_a_reference_the_grid_is_the_union_of_the_layers(scene_host: SceneHost) -> None:
    node = empty_node(scene_host, with_reference=False)
    moved = IJK_TO_RAS.copy()
    moved[:3, 3] += 4 * IJK_TO_RAS[:3, 0]
    add_cropped(node, {"a": 1}, np.ones((1, 1, 2), np.uint8), (2, 1, 1))
    add_cropped(node, {"b": 1}, np.ones((2, 1, 1), np.uint8), (0, 3, 1), moved)
    found = label_map_from_node(node)
    assert found.geometry.shape == (2, 3, 3)
    assert found.geometry.origin_lps == pytest.approx(GRID.lps_of([2, 1, 1]))
    assert np.argwhere(masks(found)["a"]).tolist() == [[0, 0, 0], [0, 0, 1]]
    assert np.argwhere(masks(found)["b"]).tolist() == [[0, 2, 2], [1, 2, 2]]


def test_a_reference_on_another_lattice_is_left_aside(scene_host: SceneHost) -> None:
    half = Geometry(SHAPE, GRID.ijk_to_lps @ np.diag([0.5, 0.5, 0.5, 1]))
    volume = add_volume_node(scene_host.scene, np.zeros(SHAPE, np.int16), GRID, "CT")
    label_map = LabelMap((np.ones(SHAPE, np.uint8),), half, (Segment(1, "all"),))
    found = label_map_from_node(add_segmentation_node(scene_host.scene, label_map, "fine", volume))
    assert found.geometry.matches(half)
    assert found.layers[0].all()


def test_empty_segments_are_kept_with_labels_of_their_own(scene_host: SceneHost) -> None:
    node = empty_node(scene_host)
    add_cropped(node, {"full": 4}, np.full(SHAPE, 4, np.uint8))
    for name in ("empty 1", "empty 2"):
        node.GetSegmentation().AddEmptySegment(name, name)
    found = label_map_from_node(node)
    assert [segment.name for segment in found.segments] == ["full", "empty 1", "empty 2"]
    assert list(found.voxel_counts().values()) == [6 * 7 * 8, 0, 0]


def test_only_empty_segments_give_the_reference_grid(scene_host: SceneHost) -> None:
    node = empty_node(scene_host)
    node.GetSegmentation().AddEmptySegment("empty", "empty")
    found = label_map_from_node(node)
    assert found.geometry.matches(GRID)
    assert list(found.voxel_counts().values()) == [0]


def test_nothing_at_all_is_refused(scene_host: SceneHost) -> None:
    with pytest.raises(ConcordanceError, match="'by hand': it has neither voxels nor a reference geometry"):
        label_map_from_node(empty_node(scene_host, with_reference=False))


def test_layers_on_different_lattices_are_refused_by_name(scene_host: SceneHost) -> None:
    node = empty_node(scene_host)
    add_cropped(node, {"coarse": 1}, np.ones(SHAPE, np.uint8))
    add_cropped(node, {"fine": 1}, np.ones(SHAPE, np.uint8), ijk_to_ras=IJK_TO_RAS @ np.diag([0.5, 0.5, 0.5, 1]))
    with pytest.raises(GeometryMismatchError, match="fine is not on that of coarse"):
        label_map_from_node(node)


def test_closed_surfaces_alone_are_refused(scene_host: SceneHost) -> None:
    sphere = vtk.vtkSphereSource()
    sphere.Update()
    node = empty_node(scene_host)
    node.SetSourceRepresentationToClosedSurface()
    node.AddSegmentFromClosedSurfaceRepresentation(sphere.GetOutput(), "ball", [1, 0, 0])
    with pytest.raises(ConcordanceError, match="no binary label map, only closed surfaces"):
        label_map_from_node(node)
    assert not node.GetSegmentation().ContainsRepresentation("Binary labelmap")


def test_fractions_and_shared_labels_are_refused(scene_host: SceneHost) -> None:
    node = empty_node(scene_host)
    add_cropped(node, {"soft": 1}, np.full(SHAPE, 0.5, np.float32))
    with pytest.raises(VoxelTypeError, match="float32"):
        label_map_from_node(node)
    node = empty_node(scene_host)
    add_cropped(node, {"a": 1, "b": 1}, np.ones(SHAPE, np.uint8))
    with pytest.raises(ConcordanceError, match="share one label value"):
        label_map_from_node(node)


def transformed(host: SceneHost, matrix: np.ndarray) -> slicer.vtkMRMLSegmentationNode:
    transform = host.scene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "moved")
    transform.SetMatrixTransformToParent(vtk_matrix(matrix))
    label_map = LabelMap((np.ones(SHAPE, np.uint8),), GRID, (Segment(1, "all"),))
    node = add_segmentation_node(host.scene, label_map, "a")
    node.SetAndObserveTransformNodeID(transform.GetID())
    return node


def test_a_rigid_parent_transform_moves_the_grid(scene_host: SceneHost) -> None:
    quarter_turn = np.array([[0.0, -1, 0, 5], [1, 0, 0, 6], [0, 0, 1, 7], [0, 0, 0, 1]])
    node = transformed(scene_host, quarter_turn)
    found = label_map_from_node(node).geometry
    # RAS of voxel 0 is (-10, -20, 30); turned and moved (20 + 5, -10 + 6, 30 + 7); in LPS
    assert found.origin_lps == pytest.approx((-25, 4, 37))
    assert found.spacing_mm == pytest.approx((1, 2, 3))
    node.HardenTransform()
    assert label_map_from_node(node).geometry.matches(found)


def test_a_shearing_or_bending_parent_transform_is_refused(scene_host: SceneHost) -> None:
    shear = np.eye(4)
    shear[0, 2] = 0.2
    with pytest.raises(GeometryMismatchError, match="Harden"):
        label_map_from_node(transformed(scene_host, shear))
    node = transformed(scene_host, np.eye(4))
    bend = scene_host.scene.AddNewNodeByClass("vtkMRMLTransformNode", "bend")
    points = [vtk.vtkPoints(), vtk.vtkPoints()]
    for n, corner in enumerate(np.ndindex(2, 2, 2)):
        points[0].InsertNextPoint(*(100.0 * c for c in corner))
        points[1].InsertNextPoint(*(100.0 * c + n for c in corner))
    spline = vtk.vtkThinPlateSplineTransform()
    spline.SetSourceLandmarks(points[0])
    spline.SetTargetLandmarks(points[1])
    bend.SetAndObserveTransformToParent(spline)
    node.SetAndObserveTransformNodeID(bend.GetID())
    with pytest.raises(GeometryMismatchError, match="'bend' is not linear"):
        label_map_from_node(node)


def test_taken_labels_are_renumbered_above_all_others() -> None:
    assert free_labels({"a": 1, "b": 7, "c": 3}, {1, 9}) == {"a": 10, "b": 7, "c": 3}
    assert free_labels({"a": 1, "b": 1}, set()) == {"a": 1, "b": 2}
