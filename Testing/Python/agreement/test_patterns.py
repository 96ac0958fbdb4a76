"""The histogram of agreement patterns against a count voxel by voxel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from SegmentationConcordanceLib.agreement import patterns
from SegmentationConcordanceLib.agreement.patterns import PatternLabels, Plane, count_patterns

IDENTITY = np.arange(256, dtype=np.uint16)


def counted_one_by_one(planes: list[Plane], n_structures: int, n_models: int) -> np.ndarray:
    counts = np.zeros((n_structures + 1, 1 << n_models), dtype=np.int64)
    for voxel in np.ndindex(planes[0].voxels.shape):
        carried = {}
        for plane in planes:
            structure = int(plane.structure_of_label[plane.voxels[voxel]])
            if structure:
                carried[structure] = carried.get(structure, 0) | 1 << plane.model
        for structure, pattern in carried.items():
            counts[structure, pattern] += 1
    return counts


def test_two_models_by_hand():
    a = np.array([[[1, 1, 1, 0, 2, 2, 0, 0, 0]]], dtype=np.uint8)
    b = np.array([[[1, 1, 0, 1, 1, 2, 2, 2, 0]]], dtype=np.uint8)
    counts = count_patterns([Plane(a, IDENTITY, 0), Plane(b, IDENTITY, 1)], 2, 2)
    assert counts[1].tolist() == [0, 1, 2, 2]  # only a: 1 voxel, only b: 2, both: 2
    assert counts[2].tolist() == [0, 1, 2, 1]
    assert not counts[0].any()


def test_labels_of_each_model_are_translated():
    a = np.array([[[7, 0, 9]]], dtype=np.uint8)
    b = np.array([[[300, 300, 5]]], dtype=np.uint16)
    of_a, of_b = np.zeros(10, dtype=np.uint16), np.zeros(301, dtype=np.uint16)
    of_a[7], of_a[9] = 1, 2
    of_b[300] = 1  # 5 is a structure that is not compared
    counts = count_patterns([Plane(a, of_a, 0), Plane(b, of_b, 1)], 2, 2)
    assert counts[1].tolist() == [0, 0, 1, 1]
    assert counts[2].tolist() == [0, 1, 0, 0]


def test_a_model_with_overlapping_segments_carries_both_structures():
    first = np.array([[[1, 1, 0]]], dtype=np.uint8)
    second = np.array([[[2, 0, 1]]], dtype=np.uint8)
    other = np.array([[[2, 1, 1]]], dtype=np.uint8)
    counts = count_patterns([Plane(first, IDENTITY, 0), Plane(second, IDENTITY, 0), Plane(other, IDENTITY, 1)], 2, 2)
    assert counts[1].tolist() == [0, 1, 0, 2]
    assert counts[2].tolist() == [0, 0, 0, 1]


@st.composite
def planes_of_models(draw):
    shape = draw(st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(1, 9)))
    n_models = draw(st.integers(1, 4))
    n_structures = draw(st.sampled_from([1, 3, 300]))
    owners = [*range(n_models), *draw(st.lists(st.integers(0, n_models - 1), max_size=2))]
    planes = []
    for model in sorted(owners):
        dtype = draw(st.sampled_from([np.uint8, np.uint16, np.uint32]))
        voxels = draw(hnp.arrays(dtype, shape, elements=st.integers(0, 5)))
        table = draw(st.lists(st.integers(0, n_structures), min_size=5, max_size=5))
        planes.append(Plane(voxels, np.array([0, *table], dtype=np.uint16), model, draw(st.booleans())))
    return planes, n_structures, n_models


@settings(max_examples=75, deadline=None)
@given(planes_of_models())
def test_equals_counting_voxel_by_voxel(case):
    planes, n_structures, n_models = case
    assert np.array_equal(count_patterns(*case), counted_one_by_one(planes, n_structures, n_models))


def test_chunks_that_do_not_divide_the_volume_add_up(monkeypatch):
    rng = np.random.default_rng(1)
    planes = [Plane(rng.integers(0, 4, (5, 7, 11), dtype=np.uint8), IDENTITY, model) for model in range(3)]
    whole = count_patterns(planes, 3, 3)
    monkeypatch.setattr(patterns, "_CHUNK_VOXELS", 24)
    assert np.array_equal(count_patterns(planes, 3, 3), whole)
    assert np.array_equal(whole, counted_one_by_one(planes, 3, 3))


def test_labels_are_written_where_the_pattern_says():
    a = np.array([[[1, 1, 1, 0, 2, 2, 0, 0, 0]]], dtype=np.uint8)
    b = np.array([[[1, 1, 0, 1, 1, 2, 2, 2, 0]]], dtype=np.uint8)
    table = np.zeros((3, 4), dtype=np.uint8)
    table[1, 3], table[2, 3] = 10, 20
    write = PatternLabels(table, np.zeros(a.shape, dtype=np.uint8), [])
    count_patterns([Plane(a, IDENTITY, 0), Plane(b, IDENTITY, 1)], 2, 2, write)
    assert write.out.tolist() == [[[10, 10, 0, 0, 0, 20, 0, 0, 0]]]
    assert write.collisions == []


def test_two_labels_for_one_voxel_are_reported_as_a_collision():
    a = np.array([[[1]]], dtype=np.uint8)
    b = np.array([[[2]]], dtype=np.uint8)
    table = np.array([[0, 0, 0, 0], [0, 5, 5, 5], [0, 6, 6, 6]], dtype=np.uint8)  # any vote will do
    write = PatternLabels(table, np.zeros(a.shape, dtype=np.uint8), [])
    count_patterns([Plane(a, IDENTITY, 0), Plane(b, IDENTITY, 1)], 2, 2, write)
    assert write.out.item() == 6
    assert [(places.tolist(), labels.tolist()) for places, labels in write.collisions] == [([0], [5])]


def test_no_voxels_give_no_counts():
    empty = np.zeros((0, 4, 4), dtype=np.uint8)
    assert not count_patterns([Plane(empty, IDENTITY, 0)], 2, 1).any()


@pytest.mark.parametrize("n_models", [0, 17])
def test_refuses_a_number_of_models_that_it_cannot_hold(n_models):
    with pytest.raises(ValueError, match="can be compared"):
        count_patterns([Plane(np.zeros((1, 1, 1), np.uint8), IDENTITY, 0)], 1, n_models)
