"""Two models of a scan whose agreement is known beforehand, made in memory: for the modules' self tests."""

from __future__ import annotations

import numpy as np

from ..anatomy.vocabulary import load_vocabulary
from ..imaging.geometry import Geometry
from ..imaging.label_map import LabelMap, Segment

COLUMNS = 10
COMMON_COLUMNS = (9, 5)
"""Each structure is 10 columns wide in both models; so many of them are the same."""


def two_models() -> dict[str, LabelMap]:
    """Models "A" and "B" of two structures: labels 1 and 2, the first two of the label map "moose".

    uint8 voxels (10, 20, 40) on an axis-aligned grid of 1 x 1 x 5 mm.
    """
    grid = Geometry.from_parts((10, 20, 40), (1.0, 1.0, 5.0), (0.0, 0.0, 0.0), np.eye(3))
    labels = load_vocabulary("moose").labels[: len(COMMON_COLUMNS)]
    segments = tuple(Segment(n, label.structure_name, label.structure) for n, label in enumerate(labels, 1))
    models = {}
    for model in ("A", "B"):
        voxels = np.zeros(grid.shape, np.uint8)
        for number, common in enumerate(COMMON_COLUMNS):
            first = 2 + 20 * number + (COLUMNS - common if model == "B" else 0)
            voxels[2:8, 5:15, first : first + COLUMNS] = number + 1
        models[model] = LabelMap((voxels,), grid, segments)
    return models
