"""Frames of packed bits as masks, and painting them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from SegmentationConcordanceLib.errors import DicomSegError
from SegmentationConcordanceLib.imaging.seg_pixels import Canvas, are_frames_padded, packed_masks

# 99 bits: frames begin within a byte. 24, 160, 64 and 192 bits: words of one, four and eight bytes.
SHAPES = [(9, 11), (4, 6), (10, 16), (8, 8), (12, 16)]


def frames_of(shape, count=5):
    random = np.random.default_rng(1)
    frames = random.random((count, *shape)) < 0.1
    frames[2] = False
    frames[3] = True
    return frames


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("before", [0, 3])
def test_every_voxel_comes_back(shape, before):
    frames = frames_of(shape)
    packed = io.BytesIO(b"\xff" * before + np.packbits(frames, axis=None, bitorder="little").tobytes())
    for frame, (blocks, mask) in zip(frames, packed_masks(packed, before, len(frames), shape, Path("x"))):
        whole = np.zeros(shape, dtype=bool).reshape(-1, mask.shape[1])
        whole[blocks] = mask
        assert np.array_equal(whole.reshape(shape), frame)


@pytest.mark.parametrize("shape", SHAPES)
def test_empty_blocks_are_left_out(shape):
    masks = list(packed_masks(io.BytesIO(bytes(1000)), 0, 2, shape, Path("x")))
    assert [mask.shape[0] for _, mask in masks] == [0, 0]


@pytest.mark.parametrize("shape", SHAPES)
def test_too_few_bytes_are_told(shape):
    bits = np.packbits(frames_of(shape), axis=None, bitorder="little").tobytes()
    list(packed_masks(io.BytesIO(bits), 0, 5, shape, Path("x")))
    with pytest.raises(DicomSegError, match="x: is truncated: pixel data of 4 of 5 frames"):
        list(packed_masks(io.BytesIO(bits[:-1]), 0, 5, shape, Path("x")))


def test_painting_in_blocks_of_any_width():
    canvas = Canvas((2, 4, 4), 300)
    canvas.paint(300, 1, np.array([0, 3]), np.array([[1, 0, 0, 1], [0, 0, 0, 1]], dtype=bool))
    canvas.paint(7, 1, np.array([1]), np.array([[0, 0, 1, 0, 0, 0, 0, 0]], dtype=bool))
    canvas.paint(8, 0, np.zeros(0, dtype=np.int64), np.zeros((0, 8), dtype=bool))
    assert [layer.dtype for layer in canvas.layers] == [np.uint16]
    expected = np.zeros((2, 4, 4), dtype=np.uint16)
    expected[1] = [[300, 0, 0, 300], [0, 0, 0, 0], [0, 0, 7, 0], [0, 0, 0, 300]]
    assert np.array_equal(canvas.layers[0], expected)
    assert canvas.layer_of == {300: 0, 7: 0}


def test_a_segment_that_overlaps_moves_as_a_whole():
    canvas = Canvas((2, 1, 4), 3)
    row = np.array([0])
    canvas.paint(1, 0, row, np.array([[1, 1, 0, 0]], dtype=bool))
    canvas.paint(1, 1, row, np.array([[1, 0, 0, 0]], dtype=bool))
    canvas.paint(2, 0, row, np.array([[0, 0, 1, 0]], dtype=bool))
    canvas.paint(2, 1, row, np.array([[1, 1, 0, 0]], dtype=bool))
    canvas.paint(3, 1, row, np.array([[0, 1, 1, 0]], dtype=bool))
    assert np.array_equal(canvas.layers[0], [[[1, 1, 0, 0]], [[1, 3, 3, 0]]])
    assert np.array_equal(canvas.layers[1], [[[0, 0, 2, 0]], [[2, 2, 0, 0]]])
    assert canvas.layer_of == {1: 0, 2: 1, 3: 0}


def test_less_than_a_frame_behind_the_last_one_is_let_be_where_frames_are_whole_bytes():
    assert not are_frames_padded(3 * 8 + 7, 3, (8, 8), Path("x.dcm"))
    for length, shape in ((3 * 8 + 8, (8, 8)), (3 * 9 + 20, (8, 9)), (3 * 11 + 20, (9, 9))):
        with pytest.raises(DicomSegError, match=f"holds {length} bytes"):
            are_frames_padded(length, 3, shape, Path("x.dcm"))
