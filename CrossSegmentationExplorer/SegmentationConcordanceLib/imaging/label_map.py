"""Labels on a grid, and what each label stands for: the form in which every segmentation passes through the library."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..anatomy.concepts import CodedStructure
from .geometry import Geometry


@dataclass(frozen=True, slots=True)
class Segment:
    """One structure of a label map.

    :param label: the voxel value, 1 or higher.
    :param name: what a person reads; untrusted where it comes from a file.
    :param structure: the coded concepts, or None for a segment that nobody has coded.
    :param color: display colour, (red, green, blue), each 0 to 255, or None.
    :param layer: index into :attr:`LabelMap.layers`.
    :param algorithm: SegmentAlgorithmName of DICOM: which model made it; may be empty.
    :param description: SegmentDescription of DICOM: one line for people; may be empty.
    :param is_edited: whether a person edited what the algorithm made: SegmentAlgorithmType SEMIAUTOMATIC of DICOM.
    """

    label: int
    name: str
    structure: CodedStructure | None = None
    color: tuple[int, int, int] | None = None
    layer: int = 0
    algorithm: str = ""
    description: str = ""
    is_edited: bool = False


@dataclass(frozen=True, eq=False)
class LabelMap:
    """Segments on one grid.

    :param layers: arrays of an unsigned integer dtype, all of ``geometry.shape``, axes (k, j, i); 0 is background.
        One layer is the rule. Segments that overlap lie in different layers.
    :param geometry: the grid of every layer.
    :param segments: each has its own (layer, label) pair. A segment whose label occurs nowhere is allowed: it is a
        structure that the model looked for and did not find.
    """

    layers: tuple[NDArray[np.unsignedinteger], ...]
    geometry: Geometry
    segments: tuple[Segment, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", tuple(self.layers))
        object.__setattr__(self, "segments", tuple(self.segments))
        if not self.layers:
            raise ValueError("a label map needs at least one layer")
        for layer in self.layers:
            if layer.shape != self.geometry.shape or layer.dtype.kind != "u":
                raise ValueError(f"layer of {layer.dtype} {layer.shape} on a grid of {self.geometry.shape}")
        places = [(segment.layer, segment.label) for segment in self.segments]
        if len(set(places)) != len(places):
            raise ValueError("two segments share one layer and label")
        if any(not 0 <= layer < len(self.layers) or label < 1 for layer, label in places):
            raise ValueError("a segment points to a layer or label that cannot be")

    def mask(self, segment: Segment) -> NDArray[np.bool_]:
        """The voxels of one segment: bool, axes (k, j, i)."""
        return self.layers[segment.layer] == segment.label

    def voxel_counts(self) -> dict[Segment, int]:
        """The number of voxels of every segment, 0 for one that was not found; one pass over each layer."""
        counts = [label_counts(layer) for layer in self.layers]
        return {segment: int(counts[segment.layer].get(segment.label, 0)) for segment in self.segments}

    def unnamed_labels(self) -> list[tuple[int, int]]:
        """(layer, label) pairs that occur in the voxels and belong to no segment."""
        known = {(segment.layer, segment.label) for segment in self.segments}
        present = ((index, label) for index, layer in enumerate(self.layers) for label in label_counts(layer))
        return [place for place in present if place not in known]


def label_counts(voxels: NDArray[np.unsignedinteger]) -> dict[int, int]:
    """Voxels per label, background left out, ascending by label; empty where there is none.

    :param voxels: unsigned integers, any shape with slices first. Counted slice by slice, as ``np.bincount`` would
        otherwise copy the whole volume to int64, and without the words of background, which most of a scan is.
    """
    if voxels.dtype.itemsize > 2:
        labels, counts = np.unique(voxels, return_counts=True)
    else:
        counts = np.zeros(2 ** (8 * voxels.dtype.itemsize), dtype=np.int64)
        for one_slice in voxels:
            for part in _without_background(np.ravel(one_slice)):
                found = np.bincount(part)
                counts[: found.size] += found
        labels = np.flatnonzero(counts)
        counts = counts[labels]
    return {int(label): int(count) for label, count in zip(labels, counts) if label != 0}


def _without_background(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The values (n,) of all words of eight bytes that are not 0, and those that fill no whole word."""
    whole = values.size - values.size % (8 // values.dtype.itemsize)
    words = values[:whole].view(np.uint64)
    return words[words != 0].view(values.dtype), values[whole:]


def label_boxes(voxels: NDArray[np.unsignedinteger], labels: Iterable[int]) -> dict[int, tuple[slice, ...]]:
    """The box of each label, as slices of ``voxels``; labels without a voxel are left out.

    The memory that it takes grows with the number of labels, not with the highest: labels up to 2**32 - 1 are allowed.

    :param labels: those that occur in the voxels, without 0.
    """
    values = sorted(set(labels))
    if not values:
        return {}
    if voxels.dtype.itemsize > 2:
        found = dict(zip(values, ndimage.find_objects(label_ranks(voxels, values))))
    else:
        around = _box_of_all(voxels)
        boxes = ndimage.find_objects(voxels[around]) if voxels[around].size else []
        found = {value: _moved(boxes[value - 1], around) for value in values if value <= len(boxes)}
    return {value: box for value, box in found.items() if box is not None}


def _box_of_all(voxels: np.ndarray) -> tuple[slice, ...]:
    """The box around everything that is not 0: a file of one structure is empty elsewhere."""
    in_columns = np.stack([np.bitwise_or.reduce(one_slice, axis=0) for one_slice in voxels])
    k = np.flatnonzero(in_columns.any(axis=1))
    i = np.flatnonzero(in_columns.any(axis=0))
    if not k.size:
        return (slice(0), slice(0), slice(0))
    columns = slice(int(i[0]), int(i[-1]) + 1)
    j = np.flatnonzero(np.logical_or.reduce([voxels[at][:, columns].any(axis=1) for at in k.tolist()]))
    return (slice(int(k[0]), int(k[-1]) + 1), slice(int(j[0]), int(j[-1]) + 1), columns)


def _moved(box: tuple[slice, ...] | None, around: tuple[slice, ...]) -> tuple[slice, ...] | None:
    if box is None:
        return None
    return tuple(slice(own.start + begin.start, own.stop + begin.start) for own, begin in zip(box, around))


def label_ranks(voxels: NDArray[np.unsignedinteger], labels: Sequence[int]) -> NDArray[np.unsignedinteger]:
    """For every voxel the place of its label among ``labels``, 1 for the first; 0 for any other value.

    :param labels: ascending, without 0.
    """
    values = np.array([0, *labels])
    ranks = np.zeros(voxels.shape, smallest_dtype([len(labels)]))
    for rank, one_slice in zip(ranks, voxels):
        found = np.searchsorted(values, one_slice, side="right") - 1
        rank[...] = np.where(values[found] == one_slice, found, 0)
    return ranks


def smallest_dtype(labels: Iterable[int]) -> np.dtype:
    """The smallest unsigned dtype that holds every label: uint8 for no labels at all."""
    highest = max(labels, default=0)
    return np.dtype(np.uint8 if highest < 2**8 else np.uint16 if highest < 2**16 else np.uint32)
