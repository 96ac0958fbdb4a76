"""Choices on the parameter node: they survive a saved scene, and text that is none does no harm."""

from __future__ import annotations

import pytest

from scene.agreement_scene import add_three_models, add_volume
from SegmentationConcordanceLib.agreement.options import AnalysisOptions
from SegmentationConcordanceLib.scene.consensus_parameters import (
    parameter_node,
    read_choices,
    read_combinations,
    read_options,
    read_rules,
    read_volume,
    write_choices,
    write_combinations,
    write_options,
    write_rules,
    write_volume,
)
from SegmentationConcordanceLib.scene.model_grouping import ModelRule, SegmentationChoice

OPTIONS = AnalysisOptions(
    method="reference",
    reference='model "A" & <b>|;',
    staple_margin_mm=2.5,
    min_models=3,
    leave_out_truncated=True,
    surfaces=True,
    structures=("liver", "rib_*"),
    groups=("Ribs", "Head and neck"),
    nsd_tolerances_mm={"liver": 3.0},
)


def test_defaults(scene_host):
    node = parameter_node(scene_host.scene)
    assert node is parameter_node(scene_host.scene)
    assert node.GetModuleName() == "ConsensusMetrics"
    assert read_options(node) == AnalysisOptions()
    assert (read_volume(node), read_rules(node), read_choices(node)) == (None, (), {})
    assert read_combinations(node) == ()


def test_everything_survives_a_saved_scene(scene_host, tmp_path):
    scene = scene_host.scene
    volume = add_volume(scene)
    a, b, _ = add_three_models(scene, volume)
    node = parameter_node(scene)
    rules = (ModelRule("Total & fast", ("total", "ts")),)
    write_volume(node, volume)
    write_options(node, OPTIONS)
    write_rules(node, rules)
    write_combinations(node, ("kidneys", "lungs"))
    write_choices(node, {a.GetID(): SegmentationChoice(False), b.GetID(): SegmentationChoice(None, 'x "y"')})
    assert node.GetParameter("ConsensusMetrics.staple_margin_mm") == "2.5"
    scene_host.save_bundle(tmp_path / "s.mrb")
    scene.Clear(True)
    (tmp_path / "cache").mkdir()
    scene_host.load_bundle(tmp_path / "s.mrb", tmp_path / "cache")
    node = parameter_node(scene)
    names = {scene.GetNodeByID(node_id).GetName(): choice for node_id, choice in read_choices(node).items()}
    assert read_volume(node).GetName() == "CT"
    assert read_options(node) == OPTIONS
    assert read_rules(node) == rules
    assert read_combinations(node) == ("lungs", "kidneys")
    assert names == {"A": SegmentationChoice(False), "B": SegmentationChoice(None, 'x "y"')}


def test_a_choice_goes_with_its_node(scene_host):
    a, b, _ = add_three_models(scene_host.scene, None)
    node = parameter_node(scene_host.scene)
    write_choices(node, {a.GetID(): SegmentationChoice(False), b.GetID(): SegmentationChoice(True)})
    scene_host.scene.RemoveNode(a)
    assert read_choices(node) == {b.GetID(): SegmentationChoice(True)}
    write_choices(node, {})
    assert read_choices(node) == {} and node.GetParameterNames() == ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("method", '"no such method"'),
        ("method", "not JSON"),
        ("at_least", '"2"'),
        ("at_least", "99"),
        ("surfaces", "1"),
        ("nsd_tolerances_mm", '{"liver": "far"}'),
        ("of a later version", "1"),
    ],
)
def test_options_that_cannot_be_understood_are_the_defaults(scene_host, name, text):
    node = parameter_node(scene_host.scene)
    node.SetParameter(f"ConsensusMetrics.{name}", text)
    assert read_options(node) == AnalysisOptions()


@pytest.mark.parametrize("text", ["{}", "[1]", '[{"model": ""}]', '[{"model": "m", "keywords": 3}]', "["])
def test_rules_that_cannot_be_understood_are_none(scene_host, text):
    node = parameter_node(scene_host.scene)
    node.SetParameter("ConsensusMetrics.ModelRules", text)
    assert read_rules(node) == ()


@pytest.mark.parametrize("text", ["{}", '"lungs"', '["no such combination"]', "["])
def test_combinations_that_nobody_knows_are_none(scene_host, text):
    node = parameter_node(scene_host.scene)
    node.SetParameter("ConsensusMetrics.Combinations", text)
    assert read_combinations(node) == ()
