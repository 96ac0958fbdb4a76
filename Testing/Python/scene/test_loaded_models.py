"""Nodes as models on the grid of a volume: views where voxels coincide, resampled and said otherwise."""

from __future__ import annotations

import nibabel.affines
import numpy as np
import pytest

from scene.agreement_scene import (
    GEOMETRY,
    SHAPE,
    add_three_models,
    add_volume,
    first_model,
    label_map_of,
    put_under_transform,
    third_model,
)
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
from SegmentationConcordanceLib.errors import ConcordanceError
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.scene.loaded_models import load_models
from SegmentationConcordanceLib.scene.node_attributes import set_label_map
from SegmentationConcordanceLib.scene.segmentation_node import add_segmentation_node
from SegmentationConcordanceLib.scene.shared_layers import shared_layers


def add(scene, voxels, geometry=GEOMETRY, name="seg"):
    return add_segmentation_node(scene, label_map_of(voxels, geometry), name)


def test_equal_grids_are_views_and_nothing_is_left_in_the_scene(scene_host):
    volume = add_volume(scene_host.scene)
    nodes = add_three_models(scene_host.scene, volume)
    before, times = scene_host.node_ids(), [node.GetMTime() for node in (*nodes, volume)]
    loaded = load_models(volume, {node.GetName(): [node] for node in nodes})
    assert [model.model for model in loaded.models] == ["A", "B", "C"]
    for model, node in zip(loaded.models, nodes):
        (layer,) = shared_layers(node)
        assert np.shares_memory(model.label_map.layers[0], layer.voxels)
    assert set(loaded.notes.values()) == {()}
    assert scene_host.node_ids() == before
    assert [node.GetMTime() for node in (*nodes, volume)] == times


def test_a_crop_and_flipped_axes_come_to_the_grid_exactly(scene_host):
    volume = add_volume(scene_host.scene)
    crop = Geometry.from_parts((2, 6, 8), (10, 10, 100), GEOMETRY.lps_of((0, 0, 1)), np.eye(3))
    flipped = Geometry.from_parts(SHAPE, (10, 10, 100), GEOMETRY.lps_of((7, 5, 0)), np.diag([-1, -1, 1]))
    nodes = {
        "crop": [add(scene_host.scene, third_model()[1:3].copy(), crop)],
        "flipped": [add(scene_host.scene, first_model()[:, ::-1, ::-1].copy(), flipped)],
    }
    loaded = load_models(volume, nodes)
    assert set(loaded.notes.values()) == {()}
    assert np.array_equal(loaded.models[0].label_map.layers[0], third_model())
    assert np.array_equal(loaded.models[1].label_map.layers[0], first_model())


def test_another_spacing_is_resampled_and_said(scene_host):
    volume = add_volume(scene_host.scene)
    fine = Geometry.from_parts((10, 6, 16), (5, 10, 50), (-22.5, 30.0, -425.0), np.eye(3))
    voxels = first_model().repeat(2, axis=0).repeat(2, axis=2)
    loaded = load_models(volume, {"fine": [add(scene_host.scene, voxels, fine, "the node")]})
    assert loaded.notes == {"fine": ("the node: resampled by nearest neighbour from a grid of 5 x 10 x 50 mm.",)}
    assert np.array_equal(loaded.models[0].label_map.layers[0], first_model())


def test_labelled_voxels_outside_of_the_volume_are_counted_and_said(scene_host):
    volume = add_volume(scene_host.scene)
    longer = Geometry.from_parts((6, 6, 8), (10, 10, 100), GEOMETRY.origin_lps, np.eye(3))
    voxels = np.concatenate([first_model(), np.zeros((1, 6, 8), np.uint8)])
    voxels[5, 2, 1:4] = 1
    loaded = load_models(volume, {"m": [add(scene_host.scene, voxels, longer, "seg")]})
    assert loaded.notes == {"m": ("seg: 3 of 25 labelled voxels lie outside of the scan.",)}
    assert np.array_equal(loaded.models[0].label_map.layers[0], first_model())


def test_what_lies_elsewhere_is_left_out_with_the_reason(scene_host):
    volume = add_volume(scene_host.scene)
    far = Geometry.from_parts(SHAPE, (10, 10, 100), GEOMETRY.origin_lps + 10_000, np.eye(3))
    here, there = add(scene_host.scene, first_model()), add(scene_host.scene, first_model(), far, "there")
    loaded = load_models(volume, {"whole": [here], "half": [here, there]})
    assert [model.model for model in loaded.models] == ["whole"]
    assert loaded.notes["half"] == (
        "half is left out. there: all of it lies outside of the scan. Choose the scan that it was made on.",
    )


def test_rotated_under_a_transform_equals_an_independent_nearest_neighbour(scene_host):
    volume, node = add_volume(scene_host.scene), add(scene_host.scene, first_model())
    angle = np.radians(20)
    matrix = np.eye(4)
    matrix[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    put_under_transform(node, matrix)
    loaded = load_models(volume, {"m": [node]})
    flip = np.diag([-1.0, -1.0, 1.0, 1.0])
    grid_to_source = np.linalg.inv(flip @ matrix @ flip @ GEOMETRY.ijk_to_lps) @ GEOMETRY.ijk_to_lps
    expected = np.zeros(SHAPE, np.uint8)
    for k, j, i in np.ndindex(SHAPE):
        source = np.floor(nibabel.affines.apply_affine(grid_to_source, (i, j, k)) + 0.5).astype(int)[::-1]
        if (source >= 0).all() and (source < SHAPE).all():
            expected[k, j, i] = first_model()[tuple(source)]
    assert np.array_equal(loaded.models[0].label_map.layers[0], expected)
    assert "resampled" in loaded.notes["m"][0]


def test_volume_and_segmentation_under_one_transform_stay_views(scene_host):
    volume, node = add_volume(scene_host.scene), add(scene_host.scene, first_model())
    matrix = np.eye(4)
    matrix[:3, 3] = (7, -3, 12.5)
    transform = put_under_transform(node, matrix)
    volume.SetAndObserveTransformNodeID(transform.GetID())
    loaded = load_models(volume, {"m": [node]})
    assert loaded.notes == {"m": ()}
    assert np.shares_memory(loaded.models[0].label_map.layers[0], shared_layers(node)[0].voxels)
    assert np.allclose(loaded.models[0].label_map.geometry.origin_lps, np.add(GEOMETRY.origin_lps, (-7, 3, 12.5)))


def test_a_volume_that_is_no_grid_is_refused(scene_host):
    volume = add_volume(scene_host.scene)
    transform = scene_host.scene.AddNewNodeByClass("vtkMRMLGridTransformNode", "bend")
    volume.SetAndObserveTransformNodeID(transform.GetID())
    with pytest.raises(ConcordanceError, match=r"'bend' is not linear"):
        load_models(volume, {})
    with pytest.raises(ConcordanceError, match="no voxels"):
        load_models(scene_host.scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode"), {})


def test_vocabulary_of_the_label_map_that_a_node_names(scene_host):
    volume = add_volume(scene_host.scene)
    a, b = add(scene_host.scene, first_model()), add(scene_host.scene, first_model())
    set_label_map(a, "moose", ["clin_ct_organs"])
    set_label_map(b, "no such", [])
    loaded = load_models(volume, {"a": [a], "b": [b]})
    assert loaded.models[0].vocabulary == load_vocabulary("moose").for_task("clin_ct_organs").identities
    assert loaded.models[1].vocabulary == frozenset()
    assert loaded.notes["a"] == () and "no such" in loaded.notes["b"][0]


def test_a_label_map_of_the_users_own_goes_before_the_shipped_one_and_is_said(scene_host, tmp_path, monkeypatch):
    own = tmp_path / "moose.csv"
    own.write_text(
        "label,name,structure,category,type\n1,Milz,spleen,SCT:123037004 Anatomical Structure,SCT:78961009 Spleen\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("CONCORDANCE_LABEL_MAPS", str(tmp_path))
    node = add(scene_host.scene, first_model())
    set_label_map(node, "moose", [])
    loaded = load_models(add_volume(scene_host.scene), {"a": [node]})
    assert [identity.key for identity in loaded.models[0].vocabulary] == ["SCT:78961009"]
    assert f"{own} takes the place of the program's own label map moose" in loaded.notes["a"][0]


def test_two_runs_that_pass_for_one_model_are_said(scene_host):
    volume = add_volume(scene_host.scene)
    nodes = [add(scene_host.scene, first_model()), add(scene_host.scene, third_model())]
    loaded = load_models(volume, {"m": nodes})
    assert len(loaded.models[0].label_map.layers) == 2
    assert loaded.notes["m"] == (
        "m: spleen, liver several times; joined. Give each run a model name of its own to compare them.",
    )
