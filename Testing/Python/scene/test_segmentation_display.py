"""What a slice view and a 3D view show of a segmentation node, drawn by Slicer's displayable managers."""

from __future__ import annotations

import numpy as np

from host import OffscreenViews, SceneHost
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment
from SegmentationConcordanceLib.scene.segmentation_node import add_segmentation_node
from SegmentationConcordanceLib.scene.volume_node import add_volume_node

SHAPE = (20, 40, 40)
RED, BLUE = (200, 40, 20), (20, 40, 220)


def label_map_on(geometry: Geometry) -> LabelMap:
    """A box at high i and low j in slices 5 to 14, another at low i and high j in slices 10 to 19."""
    voxels = np.zeros(SHAPE, np.uint8)
    voxels[5:15, 5:15, 25:35] = 1
    voxels[10:20, 25:35, 5:15] = 2
    return LabelMap((voxels,), geometry, (Segment(1, "red", None, RED), Segment(2, "blue", None, BLUE)))


def ras_of(geometry: Geometry, i: int, j: int, k: int) -> tuple[float, float, float]:
    x, y, z = geometry.lps_of([i, j, k])
    return -x, -y, z


def is_mid_grey(pixel: np.ndarray) -> bool:
    """The middle of the window, give or take how the display rounds."""
    return np.abs(pixel.astype(int) - 127.5).max() <= 1


def test_a_slice_view_shows_each_segment_where_it_lies(scene_host: SceneHost, offscreen_views: OffscreenViews) -> None:
    cos, sin = np.cos(np.radians(20)), np.sin(np.radians(20))
    geometry = Geometry.from_parts(SHAPE, (2, 2, 3), (10, -20, 30), [[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
    volume = add_volume_node(scene_host.scene, np.full(SHAPE, 100, np.int16), geometry, "CT")
    volume.GetDisplayNode().AutoWindowLevelOff()
    volume.GetDisplayNode().SetWindowLevelMinMax(0, 200)
    node = add_segmentation_node(scene_host.scene, label_map_on(geometry), "a", volume)
    node.GetDisplayNode().SetOpacity2DFill(1.0)
    view = offscreen_views.add_slice_view("Red")
    view.composite_node.SetBackgroundVolumeID(volume.GetID())
    view.logic.FitSliceToBackground()
    view.logic.SetSliceOffset(30 + 3 * 7)
    image = view.image()
    assert tuple(image[view.pixel_of(ras_of(geometry, 30, 10, 7))]) == RED
    assert is_mid_grey(image[view.pixel_of(ras_of(geometry, 10, 30, 7))])
    assert is_mid_grey(image[view.pixel_of(ras_of(geometry, 20, 20, 7))])
    view.logic.SetSliceOffset(30 + 3 * 17)
    image = view.image()
    assert is_mid_grey(image[view.pixel_of(ras_of(geometry, 30, 10, 17))])
    assert tuple(image[view.pixel_of(ras_of(geometry, 10, 30, 17))]) == BLUE


def test_half_opacity_lets_the_image_through(scene_host: SceneHost, offscreen_views: OffscreenViews) -> None:
    geometry = Geometry.from_parts(SHAPE, (2, 2, 3), (0, 0, 0), np.eye(3))
    volume = add_volume_node(scene_host.scene, np.full(SHAPE, 200, np.int16), geometry, "CT")
    volume.GetDisplayNode().AutoWindowLevelOff()
    volume.GetDisplayNode().SetWindowLevelMinMax(0, 200)
    node = add_segmentation_node(scene_host.scene, label_map_on(geometry), "a", volume)
    node.GetDisplayNode().SetOpacity2DFill(0.5)
    view = offscreen_views.add_slice_view("Red")
    view.composite_node.SetBackgroundVolumeID(volume.GetID())
    view.logic.FitSliceToBackground()
    view.logic.SetSliceOffset(21)
    pixel = view.image()[view.pixel_of(ras_of(geometry, 30, 10, 7))].astype(int)
    assert np.abs(pixel - (np.array(RED) + 255) / 2).max() <= 1


def test_a_3d_view_shows_closed_surfaces_side_by_side(scene_host: SceneHost, offscreen_views: OffscreenViews) -> None:
    geometry = Geometry.from_parts(SHAPE, (2, 2, 3), (0, 0, 0), np.eye(3))
    node = add_segmentation_node(scene_host.scene, label_map_on(geometry), "a")
    view = offscreen_views.add_3d_view("1")
    view.node.SetBoxVisible(False)
    view.node.SetAxisLabelsVisible(False)
    assert node.CreateClosedSurfaceRepresentation()
    view.reset_camera()
    image = view.image().astype(int)
    red = np.argwhere((image[..., 0] > 2 * image[..., 2]) & (image[..., 0] > 100))
    blue = np.argwhere((image[..., 2] > 4 * image[..., 0]) & (image[..., 2] > 100))
    assert len(red) > 500
    assert len(blue) > 500
    # seen from the front: the patient's left (high i) is on the right, the head (high k) above
    assert red[:, 1].min() > blue[:, 1].max()
    assert red[:, 0].max() > blue[:, 0].max()


def test_a_view_is_made_once_and_drawn_the_same_again(scene_host: SceneHost, offscreen_views: OffscreenViews) -> None:
    geometry = Geometry.from_parts(SHAPE, (2, 2, 3), (0, 0, 0), np.eye(3))
    add_segmentation_node(scene_host.scene, label_map_on(geometry), "a")
    view = offscreen_views.add_slice_view("Red")
    view.logic.SetSliceOffset(21)
    image = view.image()
    assert np.array_equal(image, view.image())
    assert offscreen_views.add(view.node) is view
