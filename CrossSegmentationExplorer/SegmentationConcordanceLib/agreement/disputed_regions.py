"""Where the models disagree on a structure, the place of the gravest disagreement first.

A voxel is held against the models that are in the minority there: one that alone marks it or leaves it out; where as
many say yes as no, against all. What is held against one model and is connected by faces is a region; a blob that hangs
on the rim of a structure is one of its own. Its depth is the distance in mm of its innermost voxel to the nearest one
that is not held against the model. Rims are wide but shallow: the order is that of depth times the root of the volume.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .comparison import Comparison
from .dispute_depths import depths_mm
from .dispute_nodes import DisputeNodes, connected
from .patterns import MAX_MODELS

_RIMS = (1.5, 2.25, 3.4, 5.0)
"""So many times the median depth may be the thickness of the rim."""
_HANGS = 0.3
"""Up to this share of a component what is deeper than the rim hangs on it; else it is the component itself."""
_MOST_OF = 0.6
"""What hangs on a rim is less than this share of both."""
_MOST_REGIONS = 1_000
_SAME = 1e-6
"""mm; distances that differ by less are the same."""


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
    nodes = DisputeNodes.of(places, _minorities(voters)[patterns], shape)
    if not nodes.voxel.size:
        return ()
    depth = depths_mm(nodes, spacing_kji)
    region = _split(nodes, depth, spacing_kji)
    return _told(nodes, depth, region, float(np.prod(spacing_kji) / 1000))


def deepest_mm(comparison: Comparison, index: int, held_against: NDArray[np.bool_]) -> dict[int, float]:
    """How deep the dispute is that is held against each model: mm by bit, none for a model without one.

    :param index: of a structure of the comparison.
    :param held_against: bool (n_models, 2 ** n_models): whether a voxel of a pattern is held against a model.
    """
    places, patterns = comparison.disputed.of(comparison.structures[index].number)
    bits = 1 << np.arange(len(comparison.models))
    table = (held_against * bits[:, None]).sum(axis=0).astype(patterns.dtype)
    nodes = DisputeNodes.of(places, table[patterns], comparison.geometry.shape)
    depth = depths_mm(nodes, comparison.geometry.spacing_mm[::-1])
    return {bit: float(depth[nodes.first[bit] : nodes.first[bit + 1]].max()) for bit in nodes.bits}


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


def _split(nodes: DisputeNodes, depth: np.ndarray, spacing_kji: np.ndarray) -> np.ndarray:
    """Components with the parts that stand out of the rim as regions of their own: of each node a number from 0.

    The thickness of a rim is not known beforehand: it is the least depth beyond which only a small part is left.
    """
    component = nodes.components()
    region = component.copy()
    size, usual = np.bincount(component), float(np.median(depth))
    deepest = _highest_of(component, depth, len(size))[component]
    is_whole = np.ones(len(region), dtype=bool)
    n_regions = len(size)
    for rim_mm in (times * usual for times in _RIMS):
        inner = np.flatnonzero((depth > rim_mm) & (deepest >= 2 * rim_mm) & is_whole)
        if not inner.size:
            break
        share = np.bincount(component[inner], minlength=len(size)) / size
        for bit, core in nodes.of_model(inner[share[component[inner]] < _HANGS]):
            for found in _standing_out(nodes, bit, core, depth, rim_mm, spacing_kji):
                found = found[is_whole[found]]
                if found.size < _MOST_OF * size[component[found]].max(initial=0):
                    region[found], is_whole[found] = n_regions, False
                    n_regions += 1
    return region


def _standing_out(
    nodes: DisputeNodes, bit: int, core: np.ndarray, depth: np.ndarray, rim_mm: float, spacing_kji: np.ndarray
) -> Iterator[np.ndarray]:
    """The nodes around each connected part of the core that is deep enough, up to the rim's thickness.

    :param core: nodes of one model that are deeper than the rim.
    """
    shape = nodes.held.shape
    part_of = connected(nodes.voxel[core], [nodes.offset((0, 1, 0)), nodes.offset((1, 0, 0))])
    peaks = _highest_of(part_of, depth[core], int(part_of.max()) + 1)
    margin = np.ceil(rim_mm / spacing_kji).astype(int) + 1
    first, own = nodes.first[bit], nodes.voxel[nodes.first[bit] : nodes.first[bit + 1]]
    is_near = np.zeros(shape, dtype=bool)
    for part in np.flatnonzero(peaks >= 2 * rim_mm).tolist():
        inner = nodes.voxel[core[part_of == part]]
        places = np.unravel_index(inner, shape)
        low = [max(int(axis.min()) - far, 0) for axis, far in zip(places, margin.tolist())]
        high = [min(int(axis.max()) + 1 + far, size) for axis, far, size in zip(places, margin.tolist(), shape)]
        box = tuple(slice(*ends) for ends in zip(low, high))
        is_near.ravel()[inner] = True
        is_near[box] = _within(is_near[box], rim_mm, spacing_kji)
        begin, end = np.searchsorted(own, [nodes.offset((k, 0, 0)) for k in (low[0], high[0])]).tolist()
        yield np.flatnonzero(is_near.ravel()[own[begin:end]]) + (first + begin)
        is_near[box] = False


def _within(mask: np.ndarray, radius_mm: float, spacing_kji: np.ndarray) -> np.ndarray:
    """The mask and all that is no farther from it than a radius: rows of it widened and moved to where they reach."""
    reach = np.floor(radius_mm / spacing_kji + _SAME).astype(int)
    steps = np.moveaxis(np.indices((2 * reach + 1).tolist()), 0, -1) - reach
    is_reached = np.sqrt(((steps * spacing_kji) ** 2).sum(axis=-1)) <= radius_mm + _SAME
    widths = is_reached[:, :, reach[2] :].sum(axis=2) - 1
    near, wide = np.zeros_like(mask), mask.copy()
    for width in range(int(reach[2]) + 1):
        if width:
            wide[:, :, width:] |= mask[:, :, :-width]
            wide[:, :, :-width] |= mask[:, :, width:]
        for k, j in (np.argwhere(widths == width) - reach[:2]).tolist():
            near[_moved(k), _moved(j)] |= wide[_moved(-k), _moved(-j)]
    return near


def _moved(step: int) -> slice:
    return slice(max(step, 0), min(step, 0) or None)


def _highest_of(part_of: np.ndarray, values: np.ndarray, n_parts: int) -> np.ndarray:
    """Of each part the highest of its values."""
    highest = np.zeros(n_parts)
    np.maximum.at(highest, part_of, values)
    return highest


def _told(nodes: DisputeNodes, depth: np.ndarray, region: np.ndarray, voxel_ml: float) -> tuple[DisputedRegion, ...]:
    """The regions, the gravest first; one that is held against several models at once only once."""
    held = nodes.held.ravel()[nodes.voxel]
    patterns = np.arange(int(held.max()) + 1)
    n_minority = np.sum([patterns >> bit & 1 for bit in nodes.bits], axis=0)
    score = np.round(depth * 1e4).astype(np.int64) * MAX_MODELS - n_minority[held]
    highest = np.full(int(region.max()) + 1, np.iinfo(np.int64).min)
    np.maximum.at(highest, region, score)
    candidates = np.flatnonzero(score == highest[region])[::-1]
    best_of = np.full(len(highest), -1)
    best_of[region[candidates]] = candidates  # the last one written, the first voxel, stays
    kept = np.flatnonzero(best_of >= 0)
    best, sizes = best_of[kept], np.bincount(region)[kept]
    places = np.stack(np.unravel_index(nodes.voxel[best], nodes.held.shape), axis=1) + nodes.lower
    severity = depth[best] * np.sqrt(sizes * voxel_ml)
    gravest = np.argsort(-np.round(severity, 9), kind="stable")[:_MOST_REGIONS]
    columns = (sizes, sizes * voxel_ml, places, depth[best], held[best])
    found: dict[tuple[int, int, int], DisputedRegion] = {}
    for n_voxels, ml, (k, j, i), mm, minority in zip(*(column[gravest].tolist() for column in columns)):
        if (k, j, i) not in found:
            found[k, j, i] = DisputedRegion(n_voxels, ml, (k, j, i), mm, minority)
    return tuple(found.values())
