"""Choices on the parameter node: they survive a saved scene, and text that is none does no harm."""

from __future__ import annotations

import pytest

from SegmentationConcordanceLib.agreement.options import AnalysisOptions
from SegmentationConcordanceLib.scene.consensus.consensus_parameters import (
    parameter_node,
    read_combinations,
    read_options,
    write_combinations,
    write_options,
)

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
    assert read_combinations(node) == ()


def test_everything_survives_a_saved_scene(scene_host, tmp_path):
    scene = scene_host.scene
    node = parameter_node(scene)
    write_options(node, OPTIONS)
    write_combinations(node, ("kidneys", "lungs"))
    assert node.GetParameter("ConsensusMetrics.staple_margin_mm") == "2.5"
    scene_host.save_bundle(tmp_path / "s.mrb")
    scene.Clear(True)
    (tmp_path / "cache").mkdir()
    scene_host.load_bundle(tmp_path / "s.mrb", tmp_path / "cache")
    node = parameter_node(scene)
    assert read_options(node) == OPTIONS
    assert read_combinations(node) == ("lungs", "kidneys")


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


@pytest.mark.parametrize("text", ["{}", '"lungs"', '["no such combination"]', "["])
def test_combinations_that_nobody_knows_are_none(scene_host, text):
    node = parameter_node(scene_host.scene)
    node.SetParameter("ConsensusMetrics.Combinations", text)
    assert read_combinations(node) == ()
