"""The arrays that are counted: one per model where its segments do not overlap, which is the rule."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..imaging.label_map import LabelMap, Segment, smallest_dtype
from .patterns import Plane


def planes_of(label_map: LabelMap, model: int, number_of: Callable[[Segment], int]) -> list[Plane]:
    """A model's layers as planes of one numbering.

    The layers of a model (its tasks, mostly) seldom overlap. They are folded into one array where they do not, as a
    voxel of a second plane costs far more to count than one of the first.

    :param model: the model's bit.
    :param number_of: the structure's number in the comparison, 1 or higher, or 0 for a segment that is not compared.
    :returns: one plane, the label map's own array where it has one layer; more where segments overlap.
    """
    tables = [_numbers_of_labels(label_map, layer, number_of) for layer in range(len(label_map.layers))]
    if len(tables) == 1:
        return [Plane(label_map.layers[0], tables[0], model)]
    highest = max(int(table.max()) for table in tables)
    dtype = smallest_dtype([highest])
    folded = [np.zeros(label_map.geometry.shape, dtype=dtype)]
    for layer, table in zip(label_map.layers, tables):
        _fold_in(folded, table.astype(dtype)[layer])
    same = np.arange(highest + 1, dtype=np.uint16)
    return [Plane(array, same, model) for array in folded]


def _numbers_of_labels(label_map: LabelMap, layer: int, number_of: Callable[[Segment], int]) -> np.ndarray:
    """[label] is the structure's number; as long as the highest value in the layer demands."""
    numbers = {segment.label: number_of(segment) for segment in label_map.segments if segment.layer == layer}
    table = np.zeros(max([int(label_map.layers[layer].max(initial=0)), *numbers]) + 1, dtype=np.uint16)
    table[list(numbers)] = list(numbers.values())
    return table


def _fold_in(folded: list[np.ndarray], numbers: np.ndarray) -> None:
    """Put each voxel's number into the first array that has room for it, adding an array where none has."""
    for array in folded:
        room = (array == 0) | (array == numbers)
        np.copyto(array, numbers, where=room & (numbers != 0))
        numbers = np.where(room, 0, numbers)
        if not numbers.any():
            return
    folded.append(numbers)
