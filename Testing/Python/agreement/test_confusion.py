"""What one model calls a voxel and another one calls it: held against a count voxel by voxel."""

from __future__ import annotations

import numpy as np
import pytest

from SegmentationConcordanceLib.agreement.comparison import compare_models
from SegmentationConcordanceLib.agreement.confusion import count_confusion


@pytest.mark.parametrize("shape", [(3, 3, 5), (4, 6, 8)], ids=["voxels that fill no rows of eight", "rows of eight"])
def test_counts_are_those_of_a_look_at_every_voxel(make_model, structures, shape):
    noise = np.random.default_rng(0)
    named = dict(enumerate(structures.values(), start=1))
    layers = [noise.integers(0, 4, shape) * (noise.random(shape) < 0.5) for _ in range(4)]
    models = [
        make_model("A", layers[:1], named),
        make_model("B", layers[1:2], named),
        make_model("C", layers[2:], {(n // 4, n % 4): named[n % 4] for n in (1, 2, 3, 5, 6, 7)}),
    ]
    comparison = compare_models(models)
    number = {structure.identity: structure.number for structure in comparison.structures}
    of_label = [0, *(number[models[0].structure_of(segment)] for segment in models[0].label_map.segments)]
    called = [
        [{of_label[layer[voxel]] for layer in own} - {0} for voxel in np.ndindex(shape)]
        for own in (layers[:1], layers[1:2], layers[2:])
    ]
    confusion = count_confusion(comparison)
    for a, b in [(0, 0), (0, 1), (2, 0), (1, 2), (2, 2)]:
        expected = np.zeros((4, 4), dtype=int)
        for of_a, of_b in zip(called[a], called[b]):
            for one in of_a:
                for other in of_b:
                    expected[one, other] += one != other
        assert confusion.between(a, b).tolist() == expected.tolist()
        assert expected.any() == ((a, b) != (0, 0))
