"""The arrays that are counted: one per layer of each model."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..imaging.label_map import LabelMap, Segment
from .patterns import Plane


def planes_of(label_map: LabelMap, model: int, number_of: Callable[[Segment], int]) -> list[Plane]:
    """A model's layers as planes of one numbering: the label map's own arrays, nothing copied.

    :param model: the model's bit.
    :param number_of: the structure's number in the comparison, 1 or higher, or 0 for a segment that is not compared.
    :returns: one plane per layer that holds a segment to be compared; the first layer where none does.
    """
    planes = [
        Plane(voxels, _numbers_of_labels(label_map, layer, number_of), model)
        for layer, voxels in enumerate(label_map.layers)
    ]
    return [plane for plane in planes if plane.structure_of_label.any()] or planes[:1]


def _numbers_of_labels(label_map: LabelMap, layer: int, number_of: Callable[[Segment], int]) -> np.ndarray:
    """[label] is the structure's number; as long as the highest value in the layer demands."""
    numbers = {segment.label: number_of(segment) for segment in label_map.segments if segment.layer == layer}
    table = np.zeros(max([int(label_map.layers[layer].max(initial=0)), *numbers]) + 1, dtype=np.uint16)
    table[list(numbers)] = list(numbers.values())
    return table
