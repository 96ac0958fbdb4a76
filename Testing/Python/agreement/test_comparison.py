"""Counts of several models against each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from SegmentationConcordanceLib.agreement.comparison import compare_models
from SegmentationConcordanceLib.agreement.models import ModelSegmentation
from SegmentationConcordanceLib.anatomy.concepts import CodedConcept, CodedStructure
from SegmentationConcordanceLib.errors import ConcordanceError, GeometryMismatchError
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment

ANATOMY = CodedConcept("123037004", "SCT", "Anatomical Structure")


def counts_of(comparison, name):
    (row,) = [n for n, structure in enumerate(comparison.structures) if structure.name == name]
    return comparison.counts[row].tolist()


def test_models_are_matched_by_code_whatever_their_labels(make_model, structures):
    a = make_model("A", [[[[1, 1, 2, 0]]]], {1: structures["spleen"], 2: structures["liver"]})
    b = make_model("B", [[[[9, 3, 3, 3]]]], {9: structures["spleen"], 3: structures["liver"]})
    comparison = compare_models([a, b])
    assert counts_of(comparison, "spleen") == [0, 1, 0, 1]
    assert counts_of(comparison, "liver") == [0, 0, 2, 1]


def test_names_and_code_meanings_do_not_match_structures(make_model, structures):
    other_meaning = CodedStructure(
        structures["spleen"].category, CodedConcept("78961009", "SCT", "Structure of spleen")
    )
    same_meaning = CodedStructure(structures["spleen"].category, CodedConcept("10200004", "SCT", "Spleen"))
    a = make_model("A", [[[[1]]]], {1: structures["spleen"]})
    b = make_model("B", [[[[1]]]], {1: other_meaning})
    c = make_model("C", [[[[1]]]], {1: same_meaning})
    comparison = compare_models([a, b, c])
    assert [structure.voters for structure in comparison.structures] == [0b011, 0b100]


def test_uncoded_segments_of_one_name_stay_apart(make_model):
    a = make_model("A", [[[[1, 1]]]], {1: "lesion"})
    b = make_model("B", [[[[1, 1]]]], {1: "lesion"})
    comparison = compare_models([a, b])
    assert [(s.name, s.key, s.n_voters) for s in comparison.structures] == [
        ("uncoded: lesion", "uncoded:lesion", 1),
        ("uncoded: lesion", "uncoded:lesion", 1),
    ]
    assert comparison.counts.tolist() == [[0, 2, 0, 0], [0, 0, 2, 0]]


def test_a_structure_in_the_vocabulary_has_a_vote_though_nothing_was_found(make_model, structures):
    a = make_model("A", [[[[1]]]], {1: structures["spleen"]})
    b = make_model("B", [[[[0]]]], {}, vocabulary=[structures["spleen"]])
    c = make_model("C", [[[[0]]]], {}, vocabulary=[structures["liver"]])
    (spleen,) = compare_models([a, b, c]).structures
    assert spleen.voters == 0b011


def test_structures_of_one_model_alone_are_counted(make_model, structures):
    a = make_model("A", [[[[1, 2, 2, 2]]]], {1: structures["spleen"], 2: structures["liver"]})
    b = make_model("B", [[[[1, 0, 0, 0]]]], {1: structures["spleen"]})
    assert counts_of(compare_models([a, b]), "liver") == [0, 3, 0, 0]


@pytest.mark.parametrize("n_labels", [3, 8, 9, 40, 300])
def test_however_many_structures_one_model_alone_has_each_is_counted(n_labels):
    random = np.random.default_rng(n_labels)
    layers = random.integers(0, n_labels + 1, (2, 3, 8, 16)).astype(np.uint16)
    grid = Geometry.from_parts((3, 8, 16), (1, 1, 1), (0, 0, 0), np.eye(3))
    coded = {n: CodedStructure(ANATOMY, CodedConcept(str(n), "L", f"s{n}")) for n in range(1, n_labels + 1)}
    # In the second layer each label is the structure of the same label in the first, but the last is one of its own.
    segments = [Segment(n, f"s{n}", structure) for n, structure in coded.items()]
    segments += [replace(segment, layer=1) for segment in segments[:-1]]
    segments.append(Segment(n_labels, "own", CodedStructure(ANATOMY, CodedConcept("own", "L", "own")), layer=1))
    a = ModelSegmentation("A", LabelMap(tuple(layers), grid, tuple(segments)))
    b = ModelSegmentation("B", LabelMap((np.zeros(grid.shape, np.uint8),), grid, ()))
    comparison = compare_models([a, b])
    expected = {f"s{n}": int(((layers[0] == n) | (layers[1] == n)).sum()) for n in range(1, n_labels)}
    expected |= {f"s{n_labels}": int((layers[0] == n_labels).sum()), "own": int((layers[1] == n_labels).sum())}
    assert {s.name: int(comparison.counts[row, 1]) for row, s in enumerate(comparison.structures)} == expected
    assert comparison.counts.sum() == comparison.counts[:, 1].sum()


def test_layers_of_one_model_are_joined(make_model, structures):
    layers = [[[[1, 1, 0, 0]]], [[[0, 1, 1, 0]]], [[[0, 0, 0, 1]]]]
    meaning = {(0, 1): structures["spleen"], (1, 1): structures["liver"], (2, 1): structures["liver"]}
    a = make_model("A", layers, meaning)
    b = make_model("B", [[[[1, 2, 2, 2]]]], {1: structures["spleen"], 2: structures["liver"]})
    comparison = compare_models([a, b])
    assert counts_of(comparison, "spleen") == [0, 1, 0, 1]
    assert counts_of(comparison, "liver") == [0, 0, 0, 3]


def test_a_segment_at_the_first_or_last_slice_is_cut(make_model, structures):
    inside = make_model("A", [[[[0]], [[1]], [[0]]]], {1: structures["spleen"]})
    first = make_model("B", [[[[1]], [[1]], [[0]]]], {1: structures["spleen"]})
    last = make_model("C", [[[[0]], [[1]], [[1]]]], {1: structures["spleen"]})
    assert compare_models([inside, first, last]).cut.tolist() == [[False, True, True]]


def test_inputs_stay_as_they_were(make_model, structures):
    layers = [np.array([[[1, 1, 0]]], np.uint8), np.array([[[0, 1, 1]]], np.uint8)]
    before = [layer.copy() for layer in layers]
    a = make_model("A", layers, {(0, 1): structures["spleen"], (1, 1): structures["liver"]})
    compare_models([a, make_model("B", [[[[1, 1, 1]]]], {1: structures["liver"]})])
    assert all(np.array_equal(now, then) for now, then in zip(a.label_map.layers, before))


@pytest.mark.parametrize("n", [0, 17])
def test_refuses_too_few_and_too_many_models(make_model, structures, n):
    models = [make_model(f"M{i}", [[[[1]]]], {1: structures["spleen"]}) for i in range(n)]
    with pytest.raises(ConcordanceError, match=rf"{n} models to compare\. Give 1 to 16"):
        compare_models(models)


def test_refuses_two_models_of_one_name(make_model, structures):
    models = [make_model("M", [[[[1]]]], {1: structures["spleen"]}) for _ in range(2)]
    with pytest.raises(ConcordanceError, match="M: two models have this name"):
        compare_models(models)


def test_refuses_models_on_different_grids(make_model, structures):
    a = make_model("A", [[[[1]]]], {1: structures["spleen"]})
    b = make_model("B", [[[[1]]]], {1: structures["spleen"]})
    moved = Geometry.from_parts((1, 1, 1), (10, 10, 20), (0, 0, 5), np.eye(3))
    b = type(b)("B", LabelMap(b.label_map.layers, moved, b.label_map.segments))
    with pytest.raises(GeometryMismatchError, match=r"origin off by \(\+0, \+0, \+5\) mm"):
        compare_models([a, b])
