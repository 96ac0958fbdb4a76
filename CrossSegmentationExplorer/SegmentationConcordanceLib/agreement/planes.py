"""The arrays that are counted: one per layer of each model."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..imaging.label_map import LabelMap, Segment, label_ranks
from .patterns import Plane

_WIDEST_TABLE = 2  # bytes of a label


def planes_of(label_map: LabelMap, model: int, number_of: Callable[[Segment], int]) -> list[Plane]:
    """A model's layers as planes of one numbering: the label map's own arrays, nothing copied.

    Layers of four bytes are the exception: a table up to their highest label could take 8 GB, so their labels are
    counted through.

    :param model: the model's bit.
    :param number_of: the structure's number in the comparison, 1 or higher, or 0 for a segment that is not compared.
    :returns: one plane per layer that holds a segment to be compared; the first layer where none does.
    """
    planes = []
    for layer, voxels in enumerate(label_map.layers):
        numbers = {segment.label: number_of(segment) for segment in label_map.segments if segment.layer == layer}
        if voxels.dtype.itemsize > _WIDEST_TABLE:
            voxels = label_ranks(voxels, sorted(numbers))
            numbers = {rank: numbers[label] for rank, label in enumerate(sorted(numbers), start=1)}
        planes.append(Plane(voxels, _numbers_of_labels(voxels, numbers), model, 0 in numbers.values()))
    return [plane for plane in planes if plane.structure_of_label.any()] or planes[:1]


def _numbers_of_labels(voxels: np.ndarray, numbers: dict[int, int]) -> np.ndarray:
    """[label] is the structure's number; as long as the values that the layer can hold demand."""
    highest = int(np.iinfo(voxels.dtype).max)
    table = np.zeros(highest + 1, dtype=np.uint16)
    for label, number in numbers.items():
        if label <= highest:  # a label map may know labels that the voxels cannot hold
            table[label] = number
    return table
