"""The box of each structure, against scipy's find_objects."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage

from SegmentationConcordanceLib.agreement.boxes import Box, structure_boxes
from SegmentationConcordanceLib.agreement.patterns import Plane


def comparison_of(planes, numbers):
    """What structure_boxes looks at: planes, and structures with these numbers."""
    return SimpleNamespace(planes=planes, structures=[SimpleNamespace(number=number) for number in numbers])


def by_find_objects(planes, numbers):
    """The same by translating every voxel and asking scipy for the union of all planes, one structure at a time."""
    boxes = {}
    for index, number in enumerate(numbers):
        marked = np.logical_or.reduce([plane.structure_of_label[plane.voxels] == number for plane in planes])
        found = ndimage.find_objects(marked.astype(np.uint8))
        if number and found:
            boxes[index] = Box(tuple(s.start for s in found[0]), tuple(s.stop for s in found[0]))
    return boxes


@st.composite
def planes_with_few_labels(draw):
    shape = draw(st.tuples(st.integers(1, 4), st.integers(1, 5), st.integers(1, 17)))
    planes = []
    for model in range(draw(st.integers(1, 3))):
        dtype = draw(st.sampled_from([np.uint8, np.uint16, np.uint32, np.uint64]))
        voxels = draw(hnp.arrays(dtype, shape, elements=st.integers(0, 3), fill=st.just(0)))
        table = draw(st.lists(st.integers(0, 4), min_size=3, max_size=3))
        planes.append(Plane(voxels, np.array([0, *table], dtype=np.uint16), model))
    return planes


@settings(max_examples=100, deadline=None)
@given(planes_with_few_labels())
def test_equals_find_objects(planes):
    numbers = [3, 0, 1, 4, 2]
    assert structure_boxes(comparison_of(planes, numbers)) == by_find_objects(planes, numbers)


@pytest.mark.parametrize("width", [24, 25])
def test_large_blocks_and_single_voxels(width):
    voxels = np.zeros((6, 20, width), dtype=np.uint8)
    voxels[1:5, 2:18, 1:23] = 1
    voxels[2:4, 5:9, 7:17] = 2
    voxels[5, 19, width - 1] = 3
    voxels[0, 0, 0] = 3
    plane = Plane(voxels, np.arange(4, dtype=np.uint16), 0)
    assert structure_boxes(comparison_of([plane], [1, 2, 3])) == {
        0: Box((1, 2, 1), (5, 18, 23)),
        1: Box((2, 5, 7), (4, 9, 17)),
        2: Box((0, 0, 0), (6, 20, width)),
    }


def test_arrays_that_are_no_block_of_memory():
    voxels = np.zeros((4, 6, 8), dtype=np.uint8)
    voxels[1, 2, 3] = 1
    plane = Plane(voxels.transpose(2, 0, 1)[::-1], np.arange(2, dtype=np.uint16), 0)
    assert structure_boxes(comparison_of([plane], [1])) == {0: Box((4, 1, 2), (5, 2, 3))}
