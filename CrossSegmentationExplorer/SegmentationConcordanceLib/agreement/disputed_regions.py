"""Where the models disagree on a structure, the place of the gravest disagreement first.

A voxel is held against the models that are in the minority there: one that alone marks it or leaves it out; where as
many say yes as no, against all. What is held against one model and is connected by faces is a region; a blob that hangs
on the rim of a structure is one of its own. Its depth is the distance in mm of its innermost voxel to the nearest one
that is not held against the model. Rims are wide but shallow: the order is that of depth times the root of the volume.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from .comparison import Comparison
from .patterns import MAX_MODELS

_NEAR_VOXELS = 2.3
"""Up to so many voxels the depth is looked up by neighbours, for all voxels at once; beyond in a crop of their own."""
_PAD = 3
_RIMS = (1.5, 2.25, 3.4, 5.0)
"""So many times the median depth may be the thickness of the rim."""
_HANGS = 0.3
"""Up to this share of a component what is deeper than the rim hangs on it; else it is the component itself."""
_MOST_OF = 0.6
"""What hangs on a rim is less than this share of both."""
_MOST_REGIONS = 1_000
_MOST_VOXELS = 100_000
"""Of a larger region the depth is measured on every second voxel, third and so on."""


@dataclass(frozen=True, slots=True)
class DisputedRegion:
    """A connected region of voxels that are held against one model, or against several in the same way.

    :param voxel: (k, j, i) of the scan: the innermost voxel; of several that are as deep one where fewest models are in
        the minority.
    :param depth_mm: distance of that voxel's centre to the nearest one outside the region's dispute; the end of the
        scan is no outside.
    :param minority: the models that it is held against, as bits.
    """

    n_voxels: int
    volume_ml: float
    voxel: tuple[int, int, int]
    depth_mm: float = 0.0
    minority: int = 0

    @property
    def severity(self) -> float:
        """What regions are ordered by: depth in mm times the root of the volume in ml."""
        return self.depth_mm * self.volume_ml**0.5


def disputed_regions(comparison: Comparison, index: int) -> tuple[DisputedRegion, ...]:
    """The regions of one structure, the gravest first; empty where all models agree or one alone knows it.

    There are at most 1,000: further ones, of single voxels mostly, are left out.

    :param index: of a structure of the comparison.
    """
    structure, geometry = comparison.structures[index], comparison.geometry
    places, patterns = comparison.disputed.of(structure.number)
    return regions_of_voxels(places, patterns, structure.voters, geometry.shape, geometry.spacing_mm[::-1])


def regions_of_voxels(
    places: NDArray[np.int64],
    patterns: NDArray[np.unsignedinteger],
    voters: int,
    shape: tuple[int, int, int],
    spacing_kji: NDArray[np.float64],
) -> tuple[DisputedRegion, ...]:
    """As :func:`disputed_regions`, of the votes at some voxels; all others are agreed on.

    :param places: flat indices of the scan, int64 ascending.
    :param patterns: unsigned, of each place the models that carry the structure, as bits.
    :param voters: the models that know it, as bits.
    :param shape: of the scan. :param spacing_kji: in mm.
    """
    nodes = _Nodes.of(places, _minorities(voters)[patterns], shape)
    if not nodes.voxel.size:
        return ()
    depth = _depths(nodes, spacing_kji)
    region = _split(nodes, depth, nodes.components(), spacing_kji)
    return _told(nodes, depth, region, float(np.prod(spacing_kji) / 1000))


def deepest_mm(comparison: Comparison, index: int, held_against: NDArray[np.bool_]) -> dict[int, float]:
    """How deep the dispute is that is held against each model: mm by bit, none for a model without one.

    :param index: of a structure of the comparison.
    :param held_against: bool (n_models, 2 ** n_models): whether a voxel of a pattern is held against a model.
    """
    places, patterns = comparison.disputed.of(comparison.structures[index].number)
    bits = 1 << np.arange(len(comparison.models))
    table = (held_against * bits[:, None]).sum(axis=0).astype(patterns.dtype)
    nodes = _Nodes.of(places, table[patterns], comparison.geometry.shape)
    deepest: dict[int, float] = {}
    if nodes.voxel.size:
        depth = _depths(nodes, comparison.geometry.spacing_mm[::-1])
        for bit in np.unique(nodes.model).tolist():
            deepest[bit] = float(depth[nodes.model == bit].max())
    return deepest


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


@dataclass(frozen=True, eq=False)
class _Nodes:
    """Each voxel once per model that it is held against.

    :param held: unsigned, padded crop: the models that a voxel is held against, as bits; all of them beyond the scan.
    :param lower: the voxel (k, j, i) of the scan at the crop's begin.
    :param model: of each node the bit. :param voxel: its flat index in ``held``, ascending within a model.
    """

    held: np.ndarray
    lower: np.ndarray
    model: np.ndarray
    voxel: np.ndarray

    @classmethod
    def of(cls, places: np.ndarray, minority: np.ndarray, shape: tuple[int, int, int]) -> _Nodes:
        """Of voxels by their flat index in the scan, and whom each is held against, as bits."""
        there = np.flatnonzero(minority)
        minority = minority[there]
        k, rest = np.divmod(places[there], shape[1] * shape[2])
        j, i = np.divmod(rest, shape[2])
        if not there.size:
            return cls(np.zeros((0, 0, 0), minority.dtype), np.zeros(3, int), k, k)
        low = np.array([axis.min() for axis in (k, j, i)])
        high = np.array([axis.max() + 1 for axis in (k, j, i)])
        held = np.zeros(high - low + 2 * _PAD, dtype=minority.dtype)
        _, rows, columns = held.shape
        voxel = ((k - (low[0] - _PAD)) * rows + (j - (low[1] - _PAD))) * columns + (i - (low[2] - _PAD))
        everybody = int(np.bitwise_or.reduce(minority))
        held.ravel()[voxel] = minority
        _mark_beyond(held, everybody, low, high, shape)
        bits = [bit for bit in range(everybody.bit_length()) if everybody >> bit & 1]
        of_bit = [voxel[minority & (1 << bit) != 0] for bit in bits]
        model = np.repeat(np.array(bits, dtype=np.int64), [len(some) for some in of_bit])
        return cls(held, low - _PAD, model, np.concatenate(of_bit))

    @cached_property
    def keys(self) -> np.ndarray:
        """Of each node a number of its own, ascending."""
        return self.model * self.held.size + self.voxel

    def offset(self, step: tuple[int, int, int]) -> int:
        """What a step (k, j, i) adds to a flat index."""
        _, rows, columns = self.held.shape
        return (step[0] * rows + step[1]) * columns + step[2]

    def at(self, bit: int, voxels: np.ndarray) -> np.ndarray:
        """The nodes of a model at these flat indices, those that are."""
        wanted = bit * self.held.size + np.sort(voxels)
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return at[self.keys[at] == wanted]

    def components(self) -> NDArray[np.int32]:
        """Of each node the number of its component, connected by faces within one model, from 0."""
        node_at = np.zeros(self.held.size, dtype=np.int32)  # touched where there are nodes: cheaper than a search
        steps = [self.offset(step) for step in ((1, 0, 0), (0, 1, 0), (0, 0, 1))]
        starts, ends = [], []
        for bit in np.unique(self.model).tolist():
            first, last = np.searchsorted(self.model, [bit, bit + 1])
            voxel = self.voxel[first:last]
            node_at[voxel] = np.arange(first + 1, last + 1)
            for offset in steps:
                neighbour = node_at[voxel + offset]
                connected = np.flatnonzero(neighbour)
                starts.append(connected + first)
                ends.append(neighbour[connected] - 1)
            node_at[voxel] = 0
        size = len(self.voxel)
        rows, columns = np.concatenate(starts), np.concatenate(ends)
        graph = coo_matrix((np.ones(len(rows), dtype=bool), (rows, columns)), shape=(size, size))
        return connected_components(graph, directed=False)[1]


def _mark_beyond(
    held: np.ndarray, everybody: int, lower: np.ndarray, upper: np.ndarray, shape: tuple[int, int, int]
) -> None:
    """The end of the scan is no end of a dispute: what lies beyond counts as held against all."""
    for axis, (low, high, size) in enumerate(zip(lower.tolist(), upper.tolist(), shape)):
        beyond = [slice(None)] * 3
        for part in (slice(0, max(0, _PAD - low)), slice(_PAD + size - low, None) if high + _PAD > size else slice(0)):
            beyond[axis] = part
            held[tuple(beyond)] = everybody


@cache
def _minorities(voters: int) -> np.ndarray:
    """[pattern] is the models that are in the minority there, as bits; all voters in a tie, none without a dispute."""
    patterns = np.arange(1 << voters.bit_length())
    yes = patterns & voters
    n_yes = sum(yes >> bit & 1 for bit in range(voters.bit_length()))
    n = voters.bit_count()
    held = np.where(2 * n_yes < n, yes, np.where(2 * n_yes > n, voters & ~yes, voters))
    held = np.where((n_yes == 0) | (n_yes == n), 0, held)
    return held.astype(np.uint8 if voters < 1 << 8 else np.uint16)


def _depths(nodes: _Nodes, spacing_kji: np.ndarray) -> np.ndarray:
    """Of each node the distance in mm to the nearest voxel that is not held against its model."""
    depth = np.full(len(nodes.voxel), np.inf)
    held = nodes.held.ravel()
    left = np.arange(len(nodes.voxel))
    steps, distances = _near_steps(tuple(spacing_kji.tolist()))
    voxel, bit_of = nodes.voxel, (1 << nodes.model).astype(held.dtype)
    for step, distance in zip(steps, distances):
        out = held[voxel + nodes.offset(step)] & bit_of == 0
        depth[left[out]] = np.minimum(depth[left[out]], distance)
        if 8 * np.count_nonzero(out) > left.size:  # copying what is left costs as much as a look
            inside = ~out
            left, voxel, bit_of = left[inside], voxel[inside], bit_of[inside]
    left = left[np.isinf(depth[left])]
    for bit in np.unique(nodes.model[left]).tolist():
        deep = left[nodes.model[left] == bit]
        depth[deep] = _deep(nodes, bit, nodes.voxel[deep], spacing_kji, distances[-1])
    return depth


@cache
def _near_steps(spacing_kji: tuple[float, float, float]) -> tuple[list[tuple[int, int, int]], list[float]]:
    """The steps to neighbours and their lengths in mm, the shortest first."""
    radius = _NEAR_VOXELS * min(spacing_kji)
    reach = [min(_PAD, int(radius / spacing)) for spacing in spacing_kji]
    if not any(reach):
        reach = [1, 1, 1]
    grid = np.stack(np.meshgrid(*(np.arange(-n, n + 1) for n in reach), indexing="ij"), axis=-1).reshape(-1, 3)
    lengths = np.sqrt(((grid * np.array(spacing_kji)) ** 2).sum(axis=1))
    order = [n for n in np.argsort(lengths, kind="stable").tolist() if 0 < lengths[n] <= radius + 1e-9]
    return [tuple(grid[n].tolist()) for n in order], lengths[order].tolist()


def _deep(nodes: _Nodes, bit: int, voxels: np.ndarray, spacing_kji: np.ndarray, near_mm: float) -> np.ndarray:
    """The depth of voxels that are deeper than ``near_mm``, measured in the box around each connected part of them."""
    shape = nodes.held.shape
    places = np.stack(np.unravel_index(voxels, shape), axis=1)
    low, high = places.min(axis=0), places.max(axis=0) + 1
    mask = np.zeros(high - low, dtype=bool)
    mask[tuple((places - low).T)] = True
    parts, _ = ndimage.label(mask, np.ones((3, 3, 3), dtype=bool))
    part_of = parts[tuple((places - low).T)]
    margin = np.ceil(near_mm / spacing_kji).astype(int) + 1
    depth = np.empty(len(voxels))
    for part, slices in enumerate(ndimage.find_objects(parts), start=1):
        start = np.maximum([s.start + offset - m for s, offset, m in zip(slices, low, margin)], 0)
        stop = np.minimum([s.stop + offset + m for s, offset, m in zip(slices, low, margin)], shape)
        crop = nodes.held[tuple(slice(a, b) for a, b in zip(start, stop))] >> bit & 1 != 0
        step = max(1, int(np.ceil((crop.size / _MOST_VOXELS) ** (1 / 3))))
        thin = crop[::step, ::step, ::step]
        measured = ndimage.distance_transform_edt(thin, spacing_kji * step) if not thin.all() else _to_rim(thin)
        here = part_of == part
        at = np.minimum((places[here] - start) // step, np.array(thin.shape) - 1)
        depth[here] = np.maximum(measured[tuple(at.T)], near_mm)
    return depth


def _to_rim(mask: np.ndarray) -> np.ndarray:
    """Of a box without an outside the distance to its own rim, in voxels: its middle is the place to look at."""
    return ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1, 1:-1]


def _split(nodes: _Nodes, depth: np.ndarray, component: np.ndarray, spacing_kji: np.ndarray) -> np.ndarray:
    """Components with the parts that stand out of the rim as regions of their own: of each node a number from 0.

    The thickness of a rim is not known beforehand: it is the least depth beyond which only a small part is left.
    """
    region = component.copy()
    size = np.bincount(component)
    deepest = np.zeros(len(size))
    np.maximum.at(deepest, component, depth)
    for times in _RIMS:
        rim_mm = times * float(np.median(depth))
        is_core = (depth > rim_mm) & (deepest[component] >= 2 * rim_mm) & (region < len(size))
        if not is_core.any():
            break
        core_share = np.bincount(component, is_core, len(size)) / size
        core = np.flatnonzero(is_core & (core_share[component] < _HANGS))
        for bit in np.unique(nodes.model[core]).tolist():
            of_bit = core[nodes.model[core] == bit]
            for part in _standing_out(nodes, of_bit, depth, rim_mm, spacing_kji):
                found = nodes.at(bit, part)
                found = found[region[found] < len(size)]
                if found.size < _MOST_OF * size[component[found]].max(initial=0):
                    region[found] = region.max() + 1
    return region


def _standing_out(
    nodes: _Nodes, core: np.ndarray, depth: np.ndarray, rim_mm: float, spacing_kji: np.ndarray
) -> Iterator[np.ndarray]:
    """The flat indices around each connected part of the core that is deep enough, up to the rim's thickness.

    :param core: nodes of one model that are deeper than the rim.
    """
    shape = nodes.held.shape
    places = np.stack(np.unravel_index(nodes.voxel[core], shape), axis=1)
    margin = np.ceil(rim_mm / spacing_kji).astype(int) + 1
    low = np.maximum(places.min(axis=0) - margin, 0)
    high = np.minimum(places.max(axis=0) + 1 + margin, shape)
    mask = np.zeros(high - low, dtype=bool)
    mask[tuple((places - low).T)] = True
    parts, count = ndimage.label(mask)
    peak = np.zeros(count + 1)
    np.maximum.at(peak, parts[tuple((places - low).T)], depth[core])
    for part, slices in enumerate(ndimage.find_objects(parts), start=1):
        if peak[part] < 2 * rim_mm:
            continue
        first = np.maximum([s.start - m for s, m in zip(slices, margin)], 0)
        last = np.minimum([s.stop + m for s, m in zip(slices, margin)], mask.shape)
        near = tuple(slice(a, b) for a, b in zip(first, last))
        reached = ndimage.distance_transform_edt(parts[near] != part, spacing_kji) <= rim_mm + 1e-6
        yield np.ravel_multi_index((np.argwhere(reached) + first + low).T, shape)


def _told(nodes: _Nodes, depth: np.ndarray, region: np.ndarray, voxel_ml: float) -> tuple[DisputedRegion, ...]:
    """The regions, the gravest first; one that is held against several models at once only once."""
    held = nodes.held.ravel()[nodes.voxel]
    minority = sum((held >> bit & 1).astype(np.int64) for bit in range(8 * held.itemsize))
    score = np.round(depth * 1e4).astype(np.int64) * MAX_MODELS - minority
    highest = np.full(int(region.max()) + 1, np.iinfo(np.int64).min)
    np.maximum.at(highest, region, score)
    candidates = np.flatnonzero(score == highest[region])[::-1]
    best_of = np.full(len(highest), -1)
    best_of[region[candidates]] = candidates  # the last one written, the first voxel, stays
    kept = np.flatnonzero(best_of >= 0)
    best, sizes = best_of[kept], np.bincount(region)[kept]
    places = np.stack(np.unravel_index(nodes.voxel[best], nodes.held.shape), axis=1) + nodes.lower
    found: list[DisputedRegion] = []
    seen: set[tuple[int, int, int]] = set()
    severity = depth[best] * np.sqrt(sizes * voxel_ml)
    for n in np.argsort(-np.round(severity, 9), kind="stable")[:_MOST_REGIONS].tolist():
        voxel = tuple(places[n].tolist())
        if voxel in seen:
            continue
        seen.add(voxel)
        ml = float(sizes[n] * voxel_ml)
        found.append(DisputedRegion(int(sizes[n]), ml, voxel, float(depth[best[n]]), int(held[best[n]])))
    return tuple(found)
