"""Votes joined by blocks of two voxels along each axis."""

from __future__ import annotations

import numpy as np
import pytest

from SegmentationConcordanceLib.agreement.crops import in_blocks


@pytest.mark.parametrize("shape", [(4, 6, 8), (5, 6, 7), (1, 3, 2), (1, 1, 1)])
@pytest.mark.parametrize("joined", [np.bitwise_or, np.add], ids=["or", "sum"])
def test_each_block_joins_the_voxels_that_are_in_it_also_at_odd_ends(shape, joined):
    voxels = np.random.default_rng(0).integers(0, 16, shape).astype(np.uint8)
    before = voxels.copy()
    blocks = in_blocks(voxels, joined)
    assert blocks.shape == tuple((size + 1) // 2 for size in shape)
    for k, j, i in np.ndindex(blocks.shape):
        inside = voxels[2 * k : 2 * k + 2, 2 * j : 2 * j + 2, 2 * i : 2 * i + 2]
        assert blocks[k, j, i] == joined.reduce(inside, axis=None)
    assert (voxels == before).all()
