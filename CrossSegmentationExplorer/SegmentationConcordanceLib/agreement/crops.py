"""The votes for one structure, voxel by voxel, in the box where there are any."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from .boxes import Box
from .comparison import Comparison
from .patterns import Plane


def pattern_crop(comparison: Comparison, index: int, box: Box) -> NDArray[np.unsignedinteger]:
    """Which models carry a structure, as bits: uint8 of up to 8 models, else uint16, axes (k, j, i), of the box.

    :param index: of a structure that two or more models know.
    """
    return np.stack(list(pattern_slices(comparison, index, box)))


def pattern_slices(comparison: Comparison, index: int, box: Box) -> Iterator[NDArray[np.unsignedinteger]]:
    """As :func:`pattern_crop`, slice after slice, (j, i). Each stays in the cache.

    :param index: of the structure; also of one that one model alone knows.
    :param box: voxels of the scan, (k, j, i).
    """
    dtype = np.dtype(np.uint8 if len(comparison.models) <= 8 else np.uint16)
    planes, number = _planes_with(comparison, index)
    crops = [
        (plane.voxels[box.slices], label, dtype.type(1 << plane.model))
        for plane in planes
        for label in np.flatnonzero(plane.structure_of_label == number).tolist()  # else it compares in int64
    ]
    _, *of_slice = np.subtract(box.upper, box.lower)
    for k in range(box.upper[0] - box.lower[0]):
        patterns = np.zeros(of_slice, dtype=dtype)
        for crop, label, bit in crops:
            patterns |= (crop[k] == label) * bit
        yield patterns


def patterns_at(comparison: Comparison, index: int, voxels: NDArray[np.integer]) -> NDArray[np.uint16]:
    """Which models carry a structure at some voxels, as bits.

    :param index: of a structure; also of one that one model alone knows.
    :param voxels: integers (..., 3), each (k, j, i); what lies outside the volume is carried by none.
    :returns: uint16, the shape of ``voxels`` without its last axis.
    """
    planes, number = _planes_with(comparison, index)
    inside = np.all((voxels >= 0) & (voxels < comparison.geometry.shape), axis=-1)
    k, j, i = np.moveaxis(np.where(inside[..., None], voxels, 0), -1, 0)
    patterns = np.zeros(inside.shape, dtype=np.uint16)
    for plane in planes:
        carried = (plane.structure_of_label[plane.voxels[k, j, i]] == number) & inside
        patterns |= carried.astype(np.uint16) << np.uint16(plane.model)
    return patterns


def _planes_with(comparison: Comparison, index: int) -> tuple[Sequence[Plane], int]:
    """Planes that hold a structure, and its number in them."""
    structure = comparison.structures[index]
    if structure.number:
        return comparison.planes, structure.number
    return comparison.planes_of_all, structure.number_of_all


def structures_at(comparison: Comparison, voxel: tuple[int, int, int]) -> list[list[int]]:
    """By model the indices of the structures that it has at a voxel (k, j, i), of those that two or more models know.

    Empty lists for a voxel outside the volume.

    :param voxel: indices (k, j, i) into the grid of the comparison.
    """
    carried: list[list[int]] = [[] for _ in comparison.models]
    if not all(0 <= at < size for at, size in zip(voxel, comparison.geometry.shape)):
        return carried
    index_of = {structure.number: index for index, structure in enumerate(comparison.structures) if structure.number}
    for plane in comparison.planes:
        number = int(plane.structure_of_label[plane.voxels[voxel]])
        if number in index_of:
            carried[plane.model].append(index_of[number])
    return carried


def agreement_crop(comparison: Comparison, index: int, box: Box) -> NDArray[np.uint8]:
    """How many models carry a structure: uint8, axes (k, j, i), of the box. The agreement map.

    :param index: of the structure.
    :param box: voxels of the scan, (k, j, i).
    :returns: of the box's shape; 0 where no model carries it.
    """
    members = comparison.pattern_members().sum(axis=1).astype(np.uint8)
    return members[pattern_crop(comparison, index, box)]


def in_blocks(voxels: NDArray[np.unsignedinteger], joined: np.ufunc) -> NDArray[np.unsignedinteger]:
    """The voxels of every block of two by two by two, joined to one value; what is beyond the last voxel is 0.

    :param voxels: unsigned, (k, j, i).
    :param joined: of two values makes one, e.g. :data:`numpy.bitwise_or`.
    :returns: the same dtype, half as long along each axis, rounded up.
    """
    for axis in range(3):
        along = np.moveaxis(voxels, axis, 0)
        pairs = along[::2].copy()
        joined(pairs[: len(along) // 2], along[1::2], out=pairs[: len(along) // 2])
        voxels = np.moveaxis(pairs, 0, axis)
    return voxels
