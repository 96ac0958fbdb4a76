"""Blinded: the segmentations that a user loaded have no model's name in the scene, and have it again afterwards."""

from __future__ import annotations

import pytest
import slicer

from host import SceneHost
from scene.agreement_scene import LIVER_KEY, add_three_models, add_volume
from SegmentationConcordanceLib.exploring.rows import RowKind
from SegmentationConcordanceLib.review.blinding_key import read_key
from SegmentationConcordanceLib.scene.explorer.explorer_logic import ExplorerLogic
from SegmentationConcordanceLib.scene.explorer.review_choices import WantedRow
from SegmentationConcordanceLib.scene.node_names import full_name, hide_name, set_name

NAMES = ["A & more", "B", "C"]


@pytest.fixture
def nodes(scene_host: SceneHost):
    """Three models, of which one has a name that Slicer cannot read again."""
    found = add_three_models(scene_host.scene, add_volume(scene_host.scene))
    set_name(found[0], NAMES[0])
    return found


@pytest.fixture
def logic(scene_host: SceneHost, nodes):
    layouts = slicer.vtkMRMLLayoutLogic()
    layouts.SetMRMLApplicationLogic(scene_host.application_logic)
    layouts.SetMRMLScene(scene_host.scene)
    made = ExplorerLogic(scene_host.scene)
    made.enter()
    made.set_rows([WantedRow(RowKind.MODEL, name) for name in NAMES])
    yield made
    made.close()
    layouts.SetMRMLScene(None)


def names_of(nodes) -> list[str]:
    return [node.GetName() for node in nodes]


def test_names_are_hidden_while_blinded_and_given_back(logic, nodes, tmp_path):
    logic.start_review(str(tmp_path / "review.csv"), "Ann", 4)
    aliases = read_key(tmp_path / "review.csv")["Ann", "CT"].aliases
    assert sorted(aliases) == NAMES
    assert names_of(nodes) == [aliases[name] for name in NAMES]
    assert [full_name(node) for node in nodes] == NAMES
    logic.select(LIVER_KEY)
    logic.review.press("5")
    logic.refresh()
    assert [row.title for row in logic.explorer.rows] == ["Model A", "Model B", "Model C"]
    logic.exit()  # to another module, such as Data
    assert names_of(nodes) == [aliases[name] for name in NAMES]
    logic.enter()
    logic.stop_review()
    assert names_of(nodes) == ["A + more", "B", "C"]
    assert [full_name(node) for node in nodes] == NAMES
    assert [row.title for row in logic.explorer.rows] == NAMES


def test_while_slicer_saves_the_names_are_the_true_ones(logic, nodes, scene_host, tmp_path):
    logic.start_review(str(tmp_path / "review.csv"), "Ann", 4)
    hidden = names_of(nodes)
    scene_host.scene.InvokeEvent(slicer.vtkMRMLScene.StartSaveEvent)
    assert names_of(nodes) == ["A + more", "B", "C"]
    scene_host.scene.InvokeEvent(slicer.vtkMRMLScene.EndSaveEvent)
    assert names_of(nodes) == hidden


def test_what_another_session_left_hidden_is_given_back(logic, nodes, scene_host, tmp_path):
    logic.start_review(str(tmp_path / "review.csv"), "Ann", 4)
    scene_host.scene.SetURL(str(tmp_path / "scene.mrml"))
    scene_host.scene.Commit()
    assert "SegmentationConcordance.HiddenName:A + more" in (tmp_path / "scene.mrml").read_text(encoding="utf-8")
    logic.close()
    hide_name(nodes[0], "Model B")
    again = ExplorerLogic(scene_host.scene)
    again.enter()
    assert names_of(nodes) == ["A + more", "B", "C"]
    again.close()


def test_closing_the_module_gives_the_names_back(logic, nodes, tmp_path):
    logic.start_review(str(tmp_path / "review.csv"), "Ann", 4)
    logic.close()
    assert names_of(nodes) == ["A + more", "B", "C"]


def test_another_seed_is_another_name(logic, nodes, tmp_path):
    seen = set()
    for seed in range(8):
        logic.start_review(str(tmp_path / f"{seed}.csv"), "Ann", seed)
        seen.add(tuple(names_of(nodes)))
        assert sorted(names_of(nodes)) == ["Model A", "Model B", "Model C"]
    assert len(seen) > 1
    logic.stop_review()
    assert names_of(nodes) == ["A + more", "B", "C"]
