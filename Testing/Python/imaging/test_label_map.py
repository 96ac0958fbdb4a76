"""Label maps: layers, segments and counts, against values counted by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment, label_boxes, label_counts, smallest_dtype

GRID = Geometry((2, 2, 3), np.eye(4))


def layer(*voxels: int, dtype=np.uint8) -> np.ndarray:
    return np.array(voxels, dtype).reshape(2, 2, 3)


ONE = layer(0, 1, 1, 0, 0, 2, 2, 2, 0, 0, 0, 7)
TWO = layer(1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0)


def test_mask_and_counts_by_layer_and_label():
    heart, lung, wall = Segment(1, "heart"), Segment(2, "lung"), Segment(1, "wall", layer=1)
    labels = LabelMap((ONE, TWO), GRID, (heart, lung, wall))
    assert labels.voxel_counts() == {heart: 2, lung: 3, wall: 4}
    assert np.array_equal(labels.mask(heart), ONE == 1)
    assert np.array_equal(labels.mask(wall), TWO == 1)
    assert labels.unnamed_labels() == [(0, 7)]


def test_segment_that_was_not_found_counts_zero():
    sternum = Segment(116, "sternum")
    assert LabelMap((ONE,), GRID, (sternum,)).voxel_counts() == {sternum: 0}


def test_sequences_become_tuples():
    labels = LabelMap([ONE], GRID, [Segment(1, "heart")])
    assert isinstance(labels.layers, tuple)
    assert isinstance(labels.segments, tuple)


@pytest.mark.parametrize(
    ("layers", "segments", "message"),
    [
        ((), (), "at least one layer"),
        ((ONE[:, :, :2],), (), "on a grid of"),
        ((ONE.astype(np.int16),), (), "int16"),
        ((ONE,), (Segment(1, "a"), Segment(1, "b")), "share one layer and label"),
        ((ONE,), (Segment(1, "a", layer=1),), "cannot be"),
        ((ONE,), (Segment(0, "background"),), "cannot be"),
    ],
)
def test_unsound_label_map_is_refused(layers, segments, message):
    with pytest.raises(ValueError, match=message):
        LabelMap(layers, GRID, segments)


def test_segment_in_a_layer_below_zero_is_refused():
    with pytest.raises(ValueError, match="cannot be"):
        LabelMap((ONE,), GRID, (Segment(1, "a", layer=-1),))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32, np.uint64])
def test_counts_leave_background_out_for_every_dtype(dtype):
    assert label_counts(ONE.astype(dtype)) == {1: 2, 2: 3, 7: 1}


def test_counts_of_high_labels():
    assert label_counts(layer(*[0] * 10, 65535, 300, dtype=np.uint16)) == {300: 1, 65535: 1}
    assert label_counts(layer(*[0] * 10, 2**32 - 1, 70000, dtype=np.uint32)) == {70000: 1, 2**32 - 1: 1}


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_counts_of_slices_that_are_no_whole_number_of_words(dtype):
    voxels = np.random.default_rng(3).choice([0, 0, 0, 4, 200], (5, 7, 9)).astype(dtype)
    for some in (voxels, voxels[::-1, 1:, ::2]):
        labels, counts = np.unique(some[some > 0], return_counts=True)
        assert label_counts(some) == dict(zip(labels.tolist(), counts.tolist()))


def test_counts_of_no_labels():
    assert label_counts(np.zeros((2, 2, 3), np.uint8)) == {}
    assert label_counts(np.zeros((0, 2, 3), np.uint8)) == {}


@pytest.mark.parametrize(
    ("highest", "dtype"),
    [(0, np.uint8), (255, np.uint8), (256, np.uint16), (65535, np.uint16), (65536, np.uint32)],
)
def test_smallest_dtype_holds_the_highest_label(highest, dtype):
    assert smallest_dtype([1, highest]) == dtype


def test_smallest_dtype_of_no_labels():
    assert smallest_dtype([]) == np.uint8


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32])
@pytest.mark.parametrize("share", [0.0, 0.02, 0.3], ids=["empty", "few", "many"])
def test_boxes_of_labels_are_those_of_scipy_on_the_whole_volume(dtype, share):
    noise = np.random.default_rng(0)
    voxels = (noise.integers(1, 6, (7, 9, 11)) * (noise.random((7, 9, 11)) < share)).astype(dtype)
    boxes = label_boxes(voxels, [1, 2, 3, 4, 5, 9])
    expected = {label: box for label, box in enumerate(ndimage.find_objects(voxels.astype(int)), start=1) if box}
    assert boxes == expected
    assert len(boxes) == (5 if share else 0)
