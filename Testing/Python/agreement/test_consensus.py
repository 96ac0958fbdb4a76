"""The strict intersection and its label map."""

from __future__ import annotations

import numpy as np

from SegmentationConcordanceLib.agreement.comparison import compare_models
from SegmentationConcordanceLib.agreement.consensus import Consensus
from SegmentationConcordanceLib.agreement.consensus_map import consensus_label_map
from SegmentationConcordanceLib.agreement.votes import strict_intersection


def test_intersection_is_what_every_model_carries_that_knows_the_structure(make_model, structures):
    spleen, liver = structures["spleen"], structures["liver"]
    a = make_model("A", [[[[1, 1, 1, 2, 2]]]], {1: spleen, 2: liver})
    b = make_model("B", [[[[0, 1, 1, 2, 0]]]], {1: spleen, 2: liver})
    c = make_model("C", [[[[0, 0, 1, 1, 0]]]], {1: spleen})
    comparison = compare_models([a, b, c])
    consensus = strict_intersection(comparison)
    assert consensus.method == "intersection"
    assert consensus.counts(comparison).tolist() == [1, 1]  # spleen: voxel 2; liver: voxel 3, C has no say
    assert consensus.common_counts(comparison).tolist() == [[1, 1, 1], [1, 1, 0]]


def test_a_model_that_found_nothing_empties_the_intersection(make_model, structures):
    a = make_model("A", [[[[1, 1]]]], {1: structures["spleen"]})
    b = make_model("B", [[[[0, 0]]]], {}, vocabulary=[structures["spleen"]])
    comparison = compare_models([a, b])
    assert strict_intersection(comparison).counts(comparison).tolist() == [0]


def test_one_model_alone_makes_no_consensus(make_model, structures):
    a = make_model("A", [[[[1, 2]]]], {1: structures["spleen"], 2: structures["liver"]})
    b = make_model("B", [[[[1, 0]]]], {1: structures["spleen"]})
    comparison = compare_models([a, b])
    assert strict_intersection(comparison).counts(comparison).tolist() == [1, 0]


def test_label_map_equals_the_intersection_voxel_by_voxel(make_model, structures):
    rng = np.random.default_rng(3)
    arrays = [rng.choice([0, 1, 1, 2], size=(4, 5, 6)) for _ in range(3)]
    meaning = {1: structures["spleen"], 2: structures["liver"]}
    comparison = compare_models([make_model(f"M{n}", [array], meaning) for n, array in enumerate(arrays)])
    label_map = consensus_label_map(comparison, strict_intersection(comparison))
    by_name = {segment.name: label_map.mask(segment) for segment in label_map.segments}
    assert np.array_equal(by_name["spleen"], np.all([array == 1 for array in arrays], axis=0))
    assert np.array_equal(by_name["liver"], np.all([array == 2 for array in arrays], axis=0))


def test_segments_keep_codes_and_say_who_made_them(make_model, structures):
    a = make_model("TS 2.6", [[[[4]]]], {4: structures["spleen"]})
    b = make_model("MOOSE", [[[[1]]]], {1: structures["spleen"]})
    comparison = compare_models([a, b])
    (segment,) = consensus_label_map(comparison, strict_intersection(comparison)).segments
    assert segment.structure == structures["spleen"]
    assert segment.color == (40, 0, 0)
    assert segment.description == "intersection of TS 2.6, MOOSE"
    assert segment.algorithm == "Consensus (intersection)"


def test_structures_with_an_empty_consensus_have_no_segment(make_model, structures):
    spleen, liver = structures["spleen"], structures["liver"]
    a = make_model("A", [[[[1, 0, 2]]]], {1: spleen, 2: liver})
    b = make_model("B", [[[[0, 1, 2]]]], {1: spleen, 2: liver})
    comparison = compare_models([a, b])
    label_map = consensus_label_map(comparison, strict_intersection(comparison))
    assert [(segment.label, segment.name) for segment in label_map.segments] == [(1, "liver")]
    assert label_map.layers[0].tolist() == [[[0, 0, 1]]]


def test_an_overlapping_consensus_gets_a_second_layer(make_model, structures):
    spleen, liver = structures["spleen"], structures["liver"]
    layers, meaning = [[[[1, 1, 0]]], [[[0, 1, 1]]]], {(0, 1): spleen, (1, 1): liver}
    comparison = compare_models([make_model(name, layers, meaning) for name in "AB"])
    label_map = consensus_label_map(comparison, strict_intersection(comparison))
    by_name = {segment.name: label_map.mask(segment).tolist() for segment in label_map.segments}
    assert by_name == {"spleen": [[[True, True, False]]], "liver": [[[False, True, True]]]}


def test_any_rule_over_patterns_can_be_a_consensus(make_model, structures):
    a = make_model("A", [[[[1, 1, 0, 0]]]], {1: structures["spleen"]})
    b = make_model("B", [[[[1, 0, 1, 0]]]], {1: structures["spleen"]})
    comparison = compare_models([a, b])
    union = Consensus("union", np.array([[False, True, True, True]]))
    assert union.counts(comparison).tolist() == [3]
    assert union.common_counts(comparison).tolist() == [[2, 2]]
    assert consensus_label_map(comparison, union).layers[0].tolist() == [[[1, 1, 1, 0]]]
