"""The segments of a label map as a DICOM SEG has them: numbered from 1 on over all layers, without empty ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import ConcordanceError
from .geometry import Geometry
from .label_map import LabelMap, Segment, label_counts, smallest_dtype

_MOST_SEGMENTS = 2**15 - 1


@dataclass(frozen=True, eq=False)
class NumberedLayer:
    """A layer whose labels become numbers slice by slice: a large scan is not held once more.

    :param voxels: of any unsigned dtype, axes (k, j, i); not changed.
    :param labels: those that have a segment, ascending; all others but 0 do not occur.
    :param numbers: of the segments, in the order of ``labels``.
    :param dtype: of the numbers.
    """

    voxels: NDArray[np.unsignedinteger]
    labels: tuple[int, ...]
    numbers: tuple[int, ...]
    dtype: np.dtype

    def __iter__(self) -> Iterator[np.ndarray]:
        """Slice after slice, (j, i), in numbers."""
        return map(self._in_numbers, self.voxels)

    def whole(self) -> NDArray[np.unsignedinteger]:
        """All slices, (k, j, i); the voxels themselves where their labels are the numbers."""
        if self._is_numbered:
            return self.voxels
        layer = np.empty(self.voxels.shape, self.dtype)
        for to, one_slice in zip(layer, self):
            to[...] = one_slice
        return layer

    @property
    def _is_numbered(self) -> bool:
        return self.voxels.dtype == self.dtype and self.labels == self.numbers

    def _in_numbers(self, one_slice: np.ndarray) -> np.ndarray:
        if self._is_numbered:
            return one_slice
        if self.voxels.dtype.itemsize <= 2:
            table = np.zeros(max(self.labels) + 1, self.dtype)
            table[list(self.labels)] = self.numbers
            return table[one_slice]
        table = np.array([0, *self.numbers], self.dtype)
        return table[np.searchsorted(self.labels, one_slice, side="right")]


@dataclass(frozen=True, eq=False)
class NumberedSegments:
    """What :func:`numbered_segments` gives.

    :param segments: labelled 1, 2, ... over all layers.
    """

    layers: tuple[NumberedLayer, ...]
    segments: tuple[Segment, ...]

    def label_map(self, geometry: Geometry) -> LabelMap:
        """All of it at once, on its grid."""
        return LabelMap(tuple(layer.whole() for layer in self.layers), geometry, self.segments)


def numbered_segments(label_map: LabelMap, path: Path) -> NumberedSegments:
    """Number the segments that have voxels in the order of their layers and of ``label_map.segments``.

    Layers without any are left out.

    :param label_map: not changed.
    :param path: of the file that is to be written, for errors.
    :raises ConcordanceError: voxels belong to no segment, no segment has voxels, or more have than a SEG can hold.
    """
    counts = [label_counts(layer) for layer in label_map.layers]
    known = {(segment.layer, segment.label) for segment in label_map.segments}
    unnamed = [label for layer, found in enumerate(counts) for label in found if (layer, label) not in known]
    if unnamed:
        labels = ", ".join(map(str, unnamed[:10]))
        raise ConcordanceError(path, f"voxels of label {labels} belong to no segment", "Name them in the label map.")
    found = [segment for segment in label_map.segments if segment.label in counts[segment.layer]]
    found.sort(key=lambda segment: segment.layer)
    if not found:
        fact = f"nothing was segmented: none of {len(label_map.segments)} segments has a voxel"
        raise ConcordanceError(path, fact, "A DICOM SEG cannot be empty.")
    if len(found) > _MOST_SEGMENTS:
        raise ConcordanceError(path, f"{len(found)} segments, more than {_MOST_SEGMENTS}", "Write several files.")
    dtype = smallest_dtype([len(found)])
    layers: list[NumberedLayer] = []
    segments: list[Segment] = []
    for new_layer, old_layer in enumerate(sorted({segment.layer for segment in found})):
        here = [segment for segment in found if segment.layer == old_layer]
        number_of = {segment.label: len(segments) + place for place, segment in enumerate(here, start=1)}
        labels_here = tuple(sorted(number_of))
        numbers = tuple(number_of[label] for label in labels_here)
        layers.append(NumberedLayer(label_map.layers[old_layer], labels_here, numbers, dtype))
        segments += [replace(one, label=number_of[one.label], layer=new_layer) for one in here]
    return NumberedSegments(tuple(layers), tuple(segments))
