"""What the watch on a scene reports, and that it ends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import vtk

from scene.agreement_scene import add_three_models, add_volume
from SegmentationConcordanceLib.scene.node_attributes import RESULT
from SegmentationConcordanceLib.scene.scene_watch import SceneWatch


class Watched:
    def __init__(self, scene) -> None:
        self.changes, self.closings = 0, 0
        self.watch = SceneWatch(scene, self.change, self.close)

    def change(self) -> None:
        self.changes += 1

    def close(self) -> None:
        self.closings += 1

    def changed(self) -> bool:
        changes, self.changes = self.changes, 0
        return changes > 0


@pytest.fixture
def watched(scene_host) -> Iterator[Watched]:
    found = Watched(scene_host.scene)
    yield found
    found.watch.stop()


def test_nodes_that_come_go_and_are_renamed(scene_host, watched):
    volume = add_volume(scene_host.scene)
    assert watched.changed()
    node, *_ = add_three_models(scene_host.scene, volume)
    assert watched.changed()
    node.SetName("renamed")
    assert watched.changed()
    scene_host.scene.RemoveNode(node)
    assert watched.changed()
    node.SetName("gone")
    assert not watched.changed()
    scene_host.scene.RemoveNode(volume)
    assert watched.changed()


def test_nodes_that_were_there_before(scene_host):
    volume = add_volume(scene_host.scene)
    watched = Watched(scene_host.scene)
    volume.SetName("renamed")
    assert watched.changed()
    watched.watch.stop()


def test_other_nodes_and_results_do_not_count(scene_host, watched):
    node, *_ = add_three_models(scene_host.scene, None)
    node.SetAttribute(RESULT, "consensus")
    watched.changed()
    node.SetName("renamed")
    scene_host.scene.AddNewNodeByClass("vtkMRMLTableNode")
    assert not watched.changed()


def test_display_and_storage_of_a_removed_result_go_with_it(scene_host, watched):
    before = scene_host.node_ids()
    node, *others = add_three_models(scene_host.scene, None)
    node.SetAttribute(RESULT, "consensus")
    node.AddDefaultStorageNode()
    for other in others:
        scene_host.scene.RemoveNode(other.GetDisplayNode())
        scene_host.scene.RemoveNode(other)
    scene_host.scene.RemoveNode(node)
    assert scene_host.node_ids() == before


def test_closing_the_scene_is_reported_once(scene_host, watched):
    node, *_ = add_three_models(scene_host.scene, None)
    watched.changed()
    scene_host.scene.Clear(False)
    assert (watched.closings, watched.changes) == (1, 1)
    assert not node.HasObserver(vtk.vtkCommand.ModifiedEvent)


def test_loading_a_scene_is_reported_once(scene_host, watched, tmp_path):
    add_three_models(scene_host.scene, add_volume(scene_host.scene))
    scene_host.save_bundle(tmp_path / "s.mrb")
    (tmp_path / "cache").mkdir()
    scene_host.scene.Clear(True)
    watched.changed()
    scene_host.load_bundle(tmp_path / "s.mrb", tmp_path / "cache")
    assert watched.changes == 1
    watched.changed()
    scene_host.scene.GetFirstNodeByName("A").SetName("renamed")
    assert watched.changed()


def test_nothing_is_observed_after_the_end(scene_host):
    node, *_ = add_three_models(scene_host.scene, None)
    watched = Watched(scene_host.scene)
    tags = list(watched.watch._of_scene)
    assert all(scene_host.scene.GetCommand(tag) for tag in tags)
    watched.watch.stop()
    assert not any(scene_host.scene.GetCommand(tag) for tag in tags)
    assert not node.HasObserver(vtk.vtkCommand.ModifiedEvent)
    node.SetName("renamed")
    scene_host.scene.RemoveNode(node)
    assert not watched.changed()
