"""Label maps into segmentation nodes and back, held against Slicer's own export, storage and arithmetic."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import nibabel
import numpy as np
import pytest
import slicer

from host import SceneHost
from SegmentationConcordanceLib.anatomy.concepts import CodedConcept, CodedStructure
from SegmentationConcordanceLib.errors import ConcordanceError, GeometryMismatchError, VoxelTypeError
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment
from SegmentationConcordanceLib.imaging.volume_files import read_label_volume
from SegmentationConcordanceLib.scene.segmentation_node import add_segmentation_node, label_map_from_node
from SegmentationConcordanceLib.scene.volume_node import add_volume_node

ANATOMY = CodedConcept("123037004", "SCT", "Anatomical Structure")
ABNORMALITY = CodedConcept("49755003", "SCT", "Morphologically Altered Structure")
KIDNEY = CodedConcept("64033007", "SCT", "Kidney")
LEFT = CodedConcept("7771000", "SCT", "Left")
KIDNEY_LEFT = CodedStructure(ANATOMY, KIDNEY, LEFT)
CYST_OF_KIDNEY = CodedStructure(ABNORMALITY, CodedConcept("367643001", "SCT", "Cyst"), None, KIDNEY, LEFT)

SHAPE = (6, 7, 8)
HALF, ROOT = 0.5, np.sqrt(3) / 2
STRAIGHT = Geometry.from_parts(SHAPE, (0.7, 0.8, 2.5), (-101.3, 55.1, -1000.7), np.eye(3))
OBLIQUE = Geometry.from_parts(SHAPE, (2, 3, 4), (10, -20, 30), [[ROOT, -HALF, 0], [HALF, ROOT, 0], [0, 0, 1]])
LEFT_HANDED = Geometry.from_parts(SHAPE, (1, 1, 3), (5, 6, 7), np.diag([1, 1, -1]))
PERMUTED = Geometry.from_parts(SHAPE, (1, 2, 3), (5, 6, 7), [[0, 0, -1], [1, 0, 0], [0, 1, 0]])


def small_label_map(geometry: Geometry = STRAIGHT) -> LabelMap:
    """Three segments in one layer, one of them empty, and a fourth that overlaps the first in a second layer."""
    first = np.zeros(SHAPE, np.uint8)
    first[1:4, 1:5, 2:7] = 3
    first[4, 5:7, 0:2] = 7
    second = np.zeros(SHAPE, np.uint8)
    second[2:4, 2:4, 3:5] = 3
    first.flags.writeable = second.flags.writeable = False
    segments = (
        Segment(7, "nobody's: <b> & |ä~", None, (1, 254, 127)),
        Segment(3, "kidney_left", KIDNEY_LEFT, (185, 102, 83), 0, "TotalSegmentator 2.6", "by the model"),
        Segment(5, "searched and not found", None, (0, 0, 0)),
        Segment(3, "cyst", CYST_OF_KIDNEY, (255, 255, 255), 1),
    )
    return LabelMap((first, second), geometry, segments)


def assert_same(found: LabelMap, expected: LabelMap) -> None:
    assert found.segments == expected.segments
    assert [segment.structure and segment.structure.describe() for segment in found.segments] == [
        segment.structure and segment.structure.describe() for segment in expected.segments
    ]
    assert found.geometry.shape == expected.geometry.shape
    assert np.allclose(found.geometry.ijk_to_lps, expected.geometry.ijk_to_lps, rtol=0, atol=1e-12)
    assert [layer.dtype for layer in found.layers] == [layer.dtype for layer in expected.layers]
    assert all(np.array_equal(a, b) for a, b in zip(found.layers, expected.layers, strict=True))


@pytest.mark.parametrize("geometry", [STRAIGHT, OBLIQUE, LEFT_HANDED, PERMUTED])
def test_round_trip_is_exact(scene_host: SceneHost, geometry: Geometry) -> None:
    label_map = small_label_map(geometry)
    node = add_segmentation_node(scene_host.scene, label_map, "TotalSegmentator 2.6")
    assert node.GetName() == "TotalSegmentator 2.6"
    assert node.GetSegmentation().GetNumberOfLayers() == 2
    assert_same(label_map_from_node(node), label_map)


def test_one_layer_of_more_than_255_labels_and_a_layer_of_wide_numbers(scene_host: SceneHost) -> None:
    wide = np.arange(SHAPE[0] * SHAPE[1] * SHAPE[2], dtype=np.uint16).reshape(SHAPE)
    segments = tuple(Segment(n, f"s{n}", color=(n % 256, 0, 0)) for n in range(1, 301))
    label_map = LabelMap((wide,), STRAIGHT, segments)
    assert_same(label_map_from_node(add_segmentation_node(scene_host.scene, label_map, "a")), label_map)
    of_eight_bytes = LabelMap((wide.astype(np.uint64),), STRAIGHT, segments)
    assert_same(label_map_from_node(add_segmentation_node(scene_host.scene, of_eight_bytes, "b")), label_map)


def test_strided_input_is_copied_right(scene_host: SceneHost) -> None:
    voxels = np.zeros(SHAPE[::-1], np.uint8)
    voxels[1, 2, 3] = 1
    label_map = LabelMap((voxels.T[:, ::-1],), STRAIGHT, (Segment(1, "dot", color=(1, 2, 3)),))
    assert_same(label_map_from_node(add_segmentation_node(scene_host.scene, label_map, "a")), label_map)


def test_segment_ids_are_stable_and_unique(scene_host: SceneHost) -> None:
    node = add_segmentation_node(scene_host.scene, small_label_map(), "a")
    assert node.GetSegmentation().GetSegmentIDs() == ("Segment_7", "Segment_3", "Segment_5", "Segment_1_3")


def test_a_segment_without_colour_gets_one_from_slicer(scene_host: SceneHost) -> None:
    label_map = small_label_map()
    plain = tuple(replace(segment, color=None) for segment in label_map.segments)
    node = add_segmentation_node(scene_host.scene, replace(label_map, segments=plain), "a")
    found = [segment.color for segment in label_map_from_node(node).segments]
    assert len(set(found)) == 4


def test_scene_gains_the_node_and_its_display_node_and_reading_leaves_it_as_it_is(scene_host: SceneHost) -> None:
    before = scene_host.node_ids()
    node = add_segmentation_node(scene_host.scene, small_label_map(), "a")
    added = scene_host.node_ids() - before
    assert added == {node.GetID(), node.GetDisplayNodeID()}
    segmentation = node.GetSegmentation()
    image = segmentation.GetLayerDataObject(0, "Binary labelmap")
    times = node.GetMTime(), segmentation.GetMTime(), image.GetMTime(), node.GetDisplayNode().GetMTime()
    label_map_from_node(node)
    assert (node.GetMTime(), segmentation.GetMTime(), image.GetMTime(), node.GetDisplayNode().GetMTime()) == times
    assert scene_host.node_ids() == before | added


def test_input_arrays_are_copied_and_output_is_a_view_that_cannot_be_written(scene_host: SceneHost) -> None:
    voxels = np.ones(SHAPE, np.uint8)
    node = add_segmentation_node(scene_host.scene, LabelMap((voxels,), STRAIGHT, (Segment(1, "all"),)), "a")
    voxels[:] = 0
    layer = label_map_from_node(node).layers[0]
    assert layer.all()
    assert np.shares_memory(layer, slicer.util.arrayFromSegmentInternalBinaryLabelmap(node, "Segment_1"))
    with pytest.raises(ValueError, match="read-only"):
        layer[0, 0, 0] = 2


def test_views_outlive_their_node(scene_host: SceneHost) -> None:
    label_map = small_label_map()
    found = label_map_from_node(add_segmentation_node(scene_host.scene, label_map, "a"))
    scene_host.scene.Clear(True)
    assert np.array_equal(found.layers[0], label_map.layers[0])


@pytest.mark.parametrize("geometry", [STRAIGHT, OBLIQUE, LEFT_HANDED])
def test_slicers_export_to_the_reference_volume_agrees_voxel_for_voxel(
    scene_host: SceneHost, geometry: Geometry
) -> None:
    label_map = small_label_map(geometry)
    volume = add_volume_node(scene_host.scene, np.zeros(SHAPE, np.int16), geometry, "CT")
    node = add_segmentation_node(scene_host.scene, label_map, "a", volume)
    reference = node.GetNodeReference(slicer.vtkMRMLSegmentationNode.GetReferenceImageGeometryReferenceRole())
    assert reference is volume
    for segment_id, segment in zip(node.GetSegmentation().GetSegmentIDs(), label_map.segments):
        exported = slicer.util.arrayFromSegmentBinaryLabelmap(node, segment_id, volume)
        assert np.array_equal(exported, label_map.mask(segment)), segment.name


def test_a_voxel_of_an_oblique_grid_lies_where_hand_calculation_says(scene_host: SceneHost) -> None:
    voxels = np.zeros(SHAPE, np.uint8)
    voxels[3, 2, 1] = 1
    node = add_segmentation_node(scene_host.scene, LabelMap((voxels,), OBLIQUE, (Segment(1, "dot"),)), "a")
    # LPS: 10 + 2 cos30 - 6 sin30, -20 + 2 sin30 + 6 cos30, 30 + 12
    assert node.GetSegmentCenterRAS("Segment_1") == pytest.approx((-8.732050807568877, 13.803847577293368, 42))


@pytest.mark.parametrize("geometry", [STRAIGHT, OBLIQUE, LEFT_HANDED])
def test_saved_as_nrrd_and_loaded_again(scene_host: SceneHost, tmp_path: Path, geometry: Geometry) -> None:
    label_map = small_label_map(geometry)
    node = add_segmentation_node(scene_host.scene, label_map, "a")
    storage = slicer.vtkMRMLSegmentationStorageNode()
    storage.SetFileName(str(tmp_path / "a.seg.nrrd"))
    assert storage.WriteData(node)
    loaded = scene_host.scene.AddNewNodeByClass("vtkMRMLSegmentationNode", "loaded")
    loaded.CreateDefaultDisplayNodes()
    assert storage.ReadData(loaded)
    assert_same_structures(label_map_from_node(loaded), label_map)


def test_saved_in_a_scene_bundle_and_loaded_again(scene_host: SceneHost, tmp_path: Path) -> None:
    label_map = small_label_map()
    volume = add_volume_node(scene_host.scene, np.zeros(SHAPE, np.int16), STRAIGHT, "CT")
    node = add_segmentation_node(scene_host.scene, label_map, "a model", volume)
    for saved in (volume, node):
        saved.AddDefaultStorageNode()
    scene_host.save_bundle(tmp_path / "scene.mrb")
    scene_host.load_bundle(tmp_path / "scene.mrb", tmp_path)
    loaded = scene_host.scene.GetFirstNodeByClass("vtkMRMLSegmentationNode")
    assert loaded.GetName() == "a model"
    assert_same_structures(label_map_from_node(loaded), label_map)


def assert_same_structures(found: LabelMap, expected: LabelMap) -> None:
    """Saving crops layers, rounds positions and may move segments of later layers to other labels; nothing else."""
    assert found.geometry.matches(expected.geometry)
    for one, other in zip(found.segments, expected.segments, strict=True):
        assert replace(one, label=other.label, layer=other.layer) == other
        assert one.label == other.label or other.layer > 0
        assert np.array_equal(found.mask(one), expected.mask(other)), other.name


def test_segments_of_slicers_own_import_of_signed_voxels(scene_host: SceneHost) -> None:
    voxels = small_label_map().layers[0].astype(np.int16)
    source = add_volume_node(scene_host.scene, voxels, OBLIQUE, "labels")
    label_volume = scene_host.scene.AddNewNodeByClass("vtkMRMLLabelMapVolumeNode")
    scene_host.volumes.CreateLabelVolumeFromVolume(scene_host.scene, label_volume, source)
    node = scene_host.scene.AddNewNodeByClass("vtkMRMLSegmentationNode")
    node.CreateDefaultDisplayNodes()
    node.SetReferenceImageGeometryParameterFromVolumeNode(source)
    assert scene_host.segmentations.ImportLabelmapToSegmentationNode(label_volume, node)
    found = label_map_from_node(node)
    assert found.geometry.matches(OBLIQUE)
    assert [segment.structure for segment in found.segments] == [None, None]
    masks = {segment.label: found.mask(segment) for segment in found.segments}
    assert set(masks) == {3, 7}
    assert all(np.array_equal(mask, voxels == label) for label, mask in masks.items())


def test_sheared_grid_code_that_cannot_be_stored_and_high_label_are_refused_and_nothing_added(
    scene_host: SceneHost,
) -> None:
    affine = np.eye(4)
    affine[0, 2] = 0.5
    sheared = small_label_map(Geometry(SHAPE, affine))
    bad_code = CodedStructure(ANATOMY, CodedConcept("1~2", "99X", "Odd"))
    badly_coded = replace(small_label_map(), segments=(Segment(3, "odd", bad_code),))
    high = LabelMap((np.full(SHAPE, 2**31, np.uint32),), STRAIGHT, (Segment(2**31, "high"),))
    before = scene_host.node_ids()
    with pytest.raises(GeometryMismatchError, match="segmentation 'a': its axes meet at"):
        add_segmentation_node(scene_host.scene, sheared, "a")
    with pytest.raises(ConcordanceError, match="1~2"):
        add_segmentation_node(scene_host.scene, badly_coded, "a")
    with pytest.raises(VoxelTypeError, match="2147483648"):
        add_segmentation_node(scene_host.scene, high, "a")
    assert scene_host.node_ids() == before


def test_a_label_map_without_segments_comes_back_as_an_empty_grid(scene_host: SceneHost) -> None:
    label_map = replace(small_label_map(OBLIQUE), segments=())
    found = label_map_from_node(add_segmentation_node(scene_host.scene, label_map, "a"))
    assert found.segments == ()
    assert found.geometry.matches(OBLIQUE)
    assert not found.layers[0].any()


def test_real_pair_of_models(scene_host: SceneHost, real_cases: Path) -> None:
    folder = real_cases / "abdomen_nifti"
    ct = nibabel.load(folder / "ct.nii.gz")
    volume = scene_host.volumes.AddArchetypeVolume(str(folder / "ct.nii.gz"), "CT", 0)
    for name in ("totalsegmentator_v2_total.nii.gz", "totalsegmentator_v2_total_fast.nii.gz"):
        expected = np.asanyarray(nibabel.load(folder / name).dataobj).T
        voxels, geometry = read_label_volume(folder / name)
        labels = [int(label) for label in np.unique(expected) if label]
        label_map = LabelMap((voxels,), geometry, tuple(Segment(n, str(n), color=(n, n, n)) for n in labels))
        node = add_segmentation_node(scene_host.scene, label_map, name, volume)
        found = label_map_from_node(node)
        assert_same(found, label_map)
        assert found.voxel_counts() == {s: int((expected == s.label).sum()) for s in label_map.segments}
        spleen = slicer.util.arrayFromSegmentBinaryLabelmap(node, "Segment_1", volume)
        assert np.array_equal(spleen, expected == 1)
        assert np.allclose(np.diag([-1, -1, 1, 1]) @ found.geometry.ijk_to_lps, ct.affine, atol=1e-4)
