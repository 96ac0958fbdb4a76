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
    planes = []
    for layer, voxels in enumerate(label_map.layers):
        numbers = {segment.label: number_of(segment) for segment in label_map.segments if segment.layer == layer}
        planes.append(Plane(voxels, _numbers_of_labels(voxels, numbers), model, 0 in numbers.values()))
    return [plane for plane in planes if plane.structure_of_label.any()] or planes[:1]


def _numbers_of_labels(voxels: np.ndarray, numbers: dict[int, int]) -> np.ndarray:
    """[label] is the structure's number; as long as the values that the layer can hold demand."""
    highest = np.iinfo(voxels.dtype).max if voxels.dtype.itemsize <= 2 else int(voxels.max(initial=0))
    table = np.zeros(max([highest, *numbers]) + 1, dtype=np.uint16)
    table[list(numbers)] = list(numbers.values())
    return table
