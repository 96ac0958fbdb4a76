"""How deep each voxel of a dispute lies in it, in mm."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from .dispute_nodes import PAD, DisputeNodes, connected

_NEAR_VOXELS = 2.3
"""Up to so many voxels the depth is looked up by neighbours, for all voxels at once; beyond in a crop of their own."""
_MOST_VOXELS = 100_000
"""Of a larger region the depth is measured on every second voxel, third and so on."""

_SPARSE = 16
"""So many voxels of the crop per voxel in dispute: there hardly any is deep, and passes over the crop do not pay."""

Step = tuple[int, int, int]


def depths_mm(nodes: DisputeNodes, spacing_kji: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each node the distance in mm to the nearest voxel that is not held against its model; float64 (n_nodes,).

    :param nodes: may be none. :param spacing_kji: in mm.
    """
    depth = np.empty(len(nodes.voxel))
    rings = _near_rings(tuple(spacing_kji.tolist()))
    held, is_deep = nodes.held.ravel(), _are_surrounded(nodes, rings)
    left = np.flatnonzero(~is_deep)
    voxel, bit_of = nodes.voxel[left], nodes.bit_of[left]
    for distance, steps in rings:
        inside = bit_of.copy()
        for step in steps:
            inside &= held[voxel + nodes.offset(step)]
        is_out = inside == 0
        depth[left[is_out]] = distance
        stay = np.flatnonzero(inside)
        left, voxel, bit_of = left[stay], voxel[stay], bit_of[stay]
    is_deep[left] = True
    for bit, deep in nodes.of_model(np.flatnonzero(is_deep)):
        depth[deep] = _deep(nodes, bit, nodes.voxel[deep], spacing_kji, rings[-1][0])
    return depth


def middle_voxel(
    mask: NDArray[np.bool_], lower: tuple[int, int, int], spacing_kji: NDArray[np.float64]
) -> tuple[int, int, int]:
    """The innermost voxel (k, j, i) of the scan in the mask: of several that are as deep the one next to their mean.

    :param mask: bool (k, j, i), not empty. :param lower: where in the scan it begins.
    """
    step = max(1, round((mask.size / _MOST_VOXELS) ** (1 / 3)))
    thin = mask[::step, ::step, ::step]
    if not thin.any():
        step, thin = 1, mask
    depth = ndimage.distance_transform_edt(np.pad(thin, 1), spacing_kji * step)[1:-1, 1:-1, 1:-1]
    places = np.argwhere(depth >= depth.max() - 1e-6)
    nearest = places[np.argmin((((places - places.mean(axis=0)) * spacing_kji) ** 2).sum(axis=1))].tolist()
    k, j, i = (low + at * step for low, at in zip(lower, nearest))
    return k, j, i


@cache
def _near_rings(spacing_kji: tuple[float, float, float]) -> tuple[tuple[float, tuple[Step, ...]], ...]:
    """The steps to neighbours by their length in mm, the shortest first."""
    radius = _NEAR_VOXELS * min(spacing_kji)
    reach = [min(PAD, int(radius / spacing)) for spacing in spacing_kji]
    if not any(reach):
        reach = [1, 1, 1]
    grid = np.stack(np.meshgrid(*(np.arange(-n, n + 1) for n in reach), indexing="ij"), axis=-1).reshape(-1, 3)
    lengths = np.sqrt(((grid * np.array(spacing_kji)) ** 2).sum(axis=1))
    rings: dict[float, list[Step]] = {}
    for n in np.argsort(lengths, kind="stable").tolist():
        if 0 < lengths[n] <= radius + 1e-9:
            k, j, i = grid[n].tolist()
            rings.setdefault(float(lengths[n]), []).append((k, j, i))
    return tuple((length, tuple(steps)) for length, steps in rings.items())


def _are_surrounded(nodes: DisputeNodes, rings: tuple[tuple[float, tuple[Step, ...]], ...]) -> NDArray[np.bool_]:
    """Of each node whether the whole box that its near neighbours lie in is held against its model.

    That is most of a large dispute, found in a few passes without a look at the neighbours one by one.
    """
    if nodes.held.size > _SPARSE * len(nodes.voxel):
        return np.zeros(len(nodes.voxel), dtype=bool)
    inside = nodes.held.ravel()
    reach = np.max([step for _, steps in rings for step in steps], axis=0).tolist()
    for step, far in zip(((0, 0, 1), (0, 1, 0), (1, 0, 0)), reversed(reach)):
        offset, width = nodes.offset(step), 1
        while width < 2 * far + 1:  # rows run into each other, but no farther than the crop is padded
            more = min(width, 2 * far + 1 - width)
            inside = inside[: -more * offset] & inside[more * offset :]
            width += more
    begin = nodes.offset((-reach[0], -reach[1], -reach[2]))
    return inside[nodes.voxel + begin] & nodes.bit_of != 0


def _deep(
    nodes: DisputeNodes, bit: int, voxels: NDArray[np.int64], spacing_kji: NDArray[np.float64], near_mm: float
) -> NDArray[np.float64]:
    """The depth of voxels that are deeper than ``near_mm``, measured in the box around each connected part of them."""
    shape = nodes.held.shape
    part_of = connected(voxels, [nodes.offset(step) for step in ((0, 1, 0), (1, -1, 0), (1, 0, 0), (1, 1, 0))], reach=1)
    order = np.argsort(part_of, kind="stable")
    begins = np.flatnonzero(np.diff(part_of[order], prepend=-1))
    places = np.stack(np.unravel_index(voxels[order], shape), axis=1)
    margin = np.ceil(near_mm / spacing_kji).astype(int) + 1
    starts = np.maximum(np.minimum.reduceat(places, begins) - margin, 0)
    stops = np.minimum(np.maximum.reduceat(places, begins) + 1 + margin, shape)
    depth = np.empty(len(voxels))
    for begin, end, start, stop in zip(begins, [*begins[1:], len(voxels)], starts, stops):
        crop = nodes.held[tuple(slice(a, b) for a, b in zip(start, stop))] >> bit & 1 != 0
        step = max(1, int(np.ceil((crop.size / _MOST_VOXELS) ** (1 / 3))))
        thin = crop[::step, ::step, ::step]
        measured = ndimage.distance_transform_edt(thin, spacing_kji * step) if not thin.all() else _to_rim(thin)
        at = np.minimum((places[begin:end] - start) // step, np.array(thin.shape) - 1)
        depth[order[begin:end]] = np.maximum(measured[tuple(at.T)], near_mm)
    return depth


def _to_rim(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Of a box without an outside the distance to its own rim, in voxels: its middle is the place to look at."""
    return ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1, 1:-1]
