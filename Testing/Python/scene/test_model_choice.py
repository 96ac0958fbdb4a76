"""Choosing volume and models: one answer for all modules, which survives a saved scene."""

from __future__ import annotations

import pytest

from scene.agreement_scene import add_three_models, add_volume
from SegmentationConcordanceLib.scene.model_choice import ModelChoice, too_few
from SegmentationConcordanceLib.scene.model_grouping import ModelRule, SegmentationChoice
from SegmentationConcordanceLib.scene.model_parameters import parameter_node, read_choices, read_rules, write_choices
from SegmentationConcordanceLib.scene.volume_choice import MODULES, VolumeChoice


def test_everything_survives_a_saved_scene(scene_host, tmp_path):
    scene = scene_host.scene
    choice = ModelChoice(scene, "CrossSegmentationExplorer")
    choice.set_volume(add_volume(scene))
    a, b, _ = add_three_models(scene, choice.volume)
    rules = (ModelRule("Total & fast", ("total", "ts")),)
    choice.set_rules(rules)
    choice.choose(a.GetID(), use=False)
    choice.choose(b.GetID(), model='x "y"')
    scene_host.save_bundle(tmp_path / "s.mrb")
    scene.Clear(True)
    assert choice.volume is None and choice.rules == () and choice.candidates == ()
    (tmp_path / "cache").mkdir()
    scene_host.load_bundle(tmp_path / "s.mrb", tmp_path / "cache")
    assert choice.volume.GetName() == "CT" and choice.rules == rules
    assert [(one.name, one.use, one.model) for one in choice.candidates] == [
        ("A", False, "A"),
        ("B", True, 'x "y"'),
        ("C", True, "C"),
    ]


def test_modules_choose_volumes_of_their_own_and_see_the_same_models(scene_host):
    scene = scene_host.scene
    first, other = add_volume(scene), add_volume(scene, "other")
    one, two = ModelChoice(scene, "ConsensusMetrics"), ModelChoice(scene, "CrossSegmentationExplorer")
    one.set_volume(first)
    two.set_volume(other)
    assert (one.volume, two.volume) == (first, other)
    two.set_volume(first)
    a, b, c = add_three_models(scene, first)
    two.choose(a.GetID(), use=False)
    one.set_rules((ModelRule("Ours", ("b", "c")),))
    assert one.nodes_of_models() == two.nodes_of_models() == {"Ours": [b, c]}


@pytest.mark.parametrize("module", MODULES)
def test_the_volume_of_another_module_is_taken_and_else_the_only_one(scene_host, module):
    scene, choice = scene_host.scene, VolumeChoice(scene_host.scene, module)
    assert choice.volume_obstacle() == "Choose the volume that was segmented."
    only = add_volume(scene)
    choice.preselect_volume()
    assert choice.volume is only and choice.volume_obstacle() == ""
    choice.set_volume(None)
    other = add_volume(scene, "other")
    choice.preselect_volume()
    assert choice.volume is None  # which of the two is meant?
    VolumeChoice(scene, next(name for name in MODULES if name != module)).set_volume(other)
    choice.preselect_volume()
    assert choice.volume is other
    choice.set_volume(only)
    choice.preselect_volume()
    assert choice.volume is only  # what was chosen stays


@pytest.mark.parametrize(("models", "words"), [(0, "there are 0:"), (1, "there are 1:"), (2, "")])
def test_two_models_are_needed(models, words):
    assert words in too_few(models) and bool(too_few(models)) == bool(words)


def test_a_choice_goes_with_its_node(scene_host):
    a, b, _ = add_three_models(scene_host.scene, None)
    node = parameter_node(scene_host.scene)
    write_choices(node, {a.GetID(): SegmentationChoice(False), b.GetID(): SegmentationChoice(True)})
    scene_host.scene.RemoveNode(a)
    assert read_choices(node) == {b.GetID(): SegmentationChoice(True)}
    write_choices(node, {})
    assert read_choices(node) == {} and node.GetParameterNames() == ()


@pytest.mark.parametrize("text", ["{}", "[1]", '[{"model": ""}]', '[{"model": "m", "keywords": 3}]', "["])
def test_rules_that_cannot_be_understood_are_none(scene_host, text):
    node = parameter_node(scene_host.scene)
    node.SetParameter("ConsensusMetrics.ModelRules", text)
    assert read_rules(node) == ()
