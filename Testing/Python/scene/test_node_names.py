"""No name that comes from a file or a model makes a saved scene unreadable, and none is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
import slicer

from host import SceneHost
from scene.agreement_scene import add_three_models, add_volume, first_model, label_map_of
from SegmentationConcordanceLib.scene.model_grouping import model_name
from SegmentationConcordanceLib.scene.node_names import full_name, renaming_note, scene_name
from SegmentationConcordanceLib.scene.segmentation_node import add_segmentation_node

HOSTILE = ("Heart & Lung", "a<b>c", 'say "x"', "tab\tand\nline", "R&D & <more>", "Rippe é 肋骨", "100% a;b/c")


def store(node: slicer.vtkMRMLStorableNode) -> None:
    """Give the node a file of its own name, as Slicer does when a scene is saved."""
    storage = node.CreateDefaultStorageNode()
    node.GetScene().AddNode(storage)
    storage.SetFileName(f"{node.GetName().replace('/', '-')}.seg.nrrd")
    node.SetAndObserveStorageNodeID(storage.GetID())


@pytest.mark.parametrize("name", HOSTILE)
def test_a_saved_scene_is_read_again_with_the_full_name(scene_host: SceneHost, tmp_path: Path, name: str) -> None:
    volume = add_volume(scene_host.scene)
    node = add_segmentation_node(scene_host.scene, label_map_of(first_model()), name, volume)
    store(node)
    assert "&" not in node.GetName()
    scene_host.save_bundle(tmp_path / "scene.mrb")
    (tmp_path / "cache").mkdir()
    scene_host.load_bundle(tmp_path / "scene.mrb", tmp_path / "cache")
    (loaded,) = slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
    assert " ".join(full_name(loaded).split()) == " ".join(name.split())  # XML makes a blank of a tab in an attribute
    assert model_name(loaded) == full_name(loaded)


def test_ordinary_names_stay_and_a_user_may_rename(scene_host: SceneHost) -> None:
    volume = add_volume(scene_host.scene)
    assert [node.GetName() for node in add_three_models(scene_host.scene, volume)] == ["A", "B", "C"]
    node = add_segmentation_node(scene_host.scene, label_map_of(first_model()), "R&D", volume)
    assert (node.GetName(), full_name(node)) == ("R+D", "R&D")
    assert renaming_note(node).startswith("R&D is called R+D in the scene")
    node.SetName("mine")
    assert full_name(node) == "mine" == model_name(node) and renaming_note(node) == ""
    assert scene_name("TotalSegmentator 2.6 (a_b)") == "TotalSegmentator 2.6 (a_b)"
