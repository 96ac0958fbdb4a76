"""The explorer under random actions, and the faults that such runs once found.

20 seeds of 30 actions; .ci/run takes 300 of each as well, and the variables below any other numbers.
"""

from __future__ import annotations

import os

import pytest
import slicer

from host import SceneHost
from scene.agreement_scene import add_three_models, add_volume
from scene.explorer.random_actions import RandomUser
from SegmentationConcordanceLib.exploring.rows import RowKind
from SegmentationConcordanceLib.scene.explorer.explorer_logic import ExplorerLogic
from SegmentationConcordanceLib.scene.explorer.review_choices import WantedRow, parameter_node

SEEDS = int(os.environ.get("CONCORDANCE_RANDOM_SEEDS", "20"))
ACTIONS = int(os.environ.get("CONCORDANCE_RANDOM_ACTIONS", "30"))
A, B, C = (WantedRow(RowKind.MODEL, name) for name in "ABC")
CONSENSUS = WantedRow(RowKind.CONSENSUS)


@pytest.fixture
def scene(scene_host: SceneHost):
    """A scene with layouts, the volume "CT" and three models of it."""
    layouts = slicer.vtkMRMLLayoutLogic()
    layouts.SetMRMLApplicationLogic(scene_host.application_logic)
    layouts.SetMRMLScene(scene_host.scene)
    add_three_models(scene_host.scene, add_volume(scene_host.scene))
    yield scene_host.scene
    layouts.SetMRMLScene(None)


@pytest.fixture
def logic(scene):
    """The module, entered, with a row for every model and the consensus."""
    made = ExplorerLogic(scene)
    made.enter()
    made.set_rows([A, B, C, CONSENSUS])
    yield made
    made.close()


@pytest.mark.parametrize("seed", range(SEEDS))
def test_any_actions_in_any_order(logic, scene, seed) -> None:
    user = RandomUser(logic, scene, seed)
    for number in range(ACTIONS):
        try:
            user.act()
        except Exception as error:
            last = ", ".join(user.done[-5:])
            raise AssertionError(f"seed {seed}, action {number}, after {last}: {error!r}") from error
    assert user.shown > ACTIONS // 20, "hardly anything was ever shown"


def test_the_reviewed_volume_is_deleted(logic, scene) -> None:
    scene.RemoveNode(logic.volume)
    logic.step(1)
    logic.refresh()
    assert logic.summary() == "Choose the volume that was segmented."
    logic.step(1)
    logic.move_row(A, 1)
    assert logic.explorer is None


def test_the_parameter_node_is_deleted(logic, scene) -> None:
    scene.RemoveNode(parameter_node(scene))
    logic.show_row(A, False)
    logic.change(majority=True)
    logic.refresh()
    assert logic.summary()


def test_the_consensus_changes_after_two_models_are_left_out(logic, scene) -> None:
    for candidate in logic.candidates[:2]:
        logic.choose(candidate.node_id, use=False)
    logic.change(majority=True)
    logic.refresh()
    assert logic.explorer is None or len(logic.explorer.scan.drawn) == 1


def test_the_scene_closes_under_a_consensus_row(logic, scene) -> None:
    scene.Clear(0)
    logic.refresh()
    assert logic.explorer is None
    logic.show_row(CONSENSUS, True)
    logic.move_row(CONSENSUS, -1)
    assert logic.summary() == "Choose the volume that was segmented."
