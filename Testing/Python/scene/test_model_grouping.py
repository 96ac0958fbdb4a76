"""Segmentations grouped into models: by what DICOM says, by rules of whole words, by what a user decides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scene.agreement_scene import add_three_models, add_volume, first_model, label_map_of
from SegmentationConcordanceLib.scene.model_grouping import (
    ModelRule,
    SegmentationChoice,
    find_candidates,
    model_name,
    nodes_of_models,
    rule_cells,
    rules_of_cells,
)
from SegmentationConcordanceLib.scene.node_attributes import RESULT
from SegmentationConcordanceLib.scene.segmentation_node import add_segmentation_node


def add_named(scene, name, algorithms=(), volume=None):
    label_map = label_map_of(first_model())
    segments = [replace(one, algorithm=name) for one, name in zip(label_map.segments, (*algorithms, "", "", ""))]
    return add_segmentation_node(scene, replace(label_map, segments=tuple(segments)), name, volume)


@pytest.mark.parametrize(
    ("keyword", "text", "expected"),
    [
        ("ear", "heart", False),
        ("ear", "left EAR", True),
        ("total", "total_fast.nii", True),
        ("moose", "MOOSE organs", True),
        ("moose", "moose3", False),
        ("model (b)", "my model (b) run", True),
        ("", "anything", False),
        ("  ", "any thing", False),
    ],
)
def test_a_keyword_is_a_whole_word(keyword, text, expected):
    assert ModelRule("m", (keyword,)).applies_to(text) is expected


def test_a_rule_without_keywords_applies_to_nothing():
    assert not ModelRule("m", ()).applies_to("m")


def test_rules_in_the_rows_of_a_table():
    rules = (ModelRule("Total & fast", ("total", "fast run")), ModelRule("MOOSE", ("moose",)))
    cells = rule_cells(rules)
    assert cells == [("total, fast run", "Total & fast"), ("moose", "MOOSE"), ("", "")]
    assert rules_of_cells(cells) == rules
    assert rules_of_cells([("", "half"), (" , ", "none"), ("a, ,b ", " M "), ("c", "")]) == (
        ModelRule("M", ("a", "b")),
    )


def test_name_of_the_model(scene_host):
    rules = (ModelRule("Fast", ("fast",)), ModelRule("Total", ("totalsegmentator",)))
    assert model_name(add_named(scene_host.scene, "series 7")) == "series 7"
    assert model_name(add_named(scene_host.scene, "series 7", ["MOOSE", "MOOSE", "MOOSE"])) == "MOOSE"
    assert model_name(add_named(scene_host.scene, "series 7", ["lungs", "heart"])) == "lungs + heart"
    assert model_name(add_named(scene_host.scene, "series_fast", ["TotalSegmentator"]), rules) == "Fast"
    assert model_name(add_named(scene_host.scene, "series 7", ["TotalSegmentator"]), rules) == "Total"


def test_several_nodes_of_one_model_are_one_and_equal_names_are_told_apart_by_id(scene_host):
    volume = add_volume(scene_host.scene)
    a, b, c = (
        add_named(scene_host.scene, "seg", ["MOOSE"], volume),
        add_named(scene_host.scene, "seg", ["MOOSE"], volume),
        add_named(scene_host.scene, "seg", ["CADS"], volume),
    )
    candidates = find_candidates(scene_host.scene, volume)
    assert [candidate.node_id for candidate in candidates] == [a.GetID(), b.GetID(), c.GetID()]
    assert nodes_of_models(scene_host.scene, candidates) == {"MOOSE": [a, b], "CADS": [c]}


def test_choices_of_a_user_go_before_everything(scene_host):
    volume = add_volume(scene_host.scene)
    a, b, c = add_three_models(scene_host.scene, volume)
    choices = {a.GetID(): SegmentationChoice(False), b.GetID(): SegmentationChoice(None, "mine")}
    candidates = find_candidates(scene_host.scene, volume, (ModelRule("rule", ("A", "B", "C")),), choices)
    assert nodes_of_models(scene_host.scene, candidates) == {"mine": [b], "rule": [c]}


def test_what_only_lies_in_the_same_place_is_offered_and_not_used(scene_host):
    volume, other = add_volume(scene_host.scene), add_volume(scene_host.scene, "other")
    node = add_named(scene_host.scene, "seg", volume=other)
    (candidate,) = find_candidates(scene_host.scene, volume)
    assert not candidate.use and nodes_of_models(scene_host.scene, [candidate]) == {}
    (candidate,) = find_candidates(scene_host.scene, volume, (), {node.GetID(): SegmentationChoice(True)})
    assert candidate.use


def test_results_are_no_models(scene_host):
    volume = add_volume(scene_host.scene)
    node = add_named(scene_host.scene, "consensus", volume=volume)
    node.SetAttribute(RESULT, "consensus")
    assert find_candidates(scene_host.scene, volume) == ()
