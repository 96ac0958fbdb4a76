"""What one model's output tells against itself, with no other model to hold it against."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import ndimage

from ..anatomy.identity import StructureIdentity
from ..anatomy.series import counterpart, series_place, side_of
from . import finding_kinds as kinds
from .case_facts import CaseFacts
from .disputed_regions import middle_voxel
from .fragments import in_pieces, pieces_of
from .severity import estimated_depth_mm
from .suspicion import Suspicion

_MODEL = 1
_VERTEBRAE = "vertebrae"
_SIDE_MM, _ORDER_MM = 10.0, 5.0
_HOLE_VOXELS, _HOLE_STEPS = 12, 1.9
_FLAT_SHARE, _FLAT_STRUCTURES, _FLAT_VOXELS = 0.7, 2, 12
_ALIKE_RATIO = 2.5
_IN_PIECES = ("colon", "bowel", "vessel", "lung_nodule", "cartilage", "muscle", "fat", "skin", "bone", "body")
"""Parts of names of structures that rightly are in pieces, or may look so."""


def against_itself(facts: CaseFacts) -> Iterator[Suspicion]:
    """The suspicions about the only model; none where there are several."""
    if len(facts.models) == 1:
        yield from _flat_end(facts)
        yield from _swapped_sides(facts)
        yield from _series(facts)
        for index in facts.structures:
            if facts.found[index, 0] and facts.box(index) is not None:
                yield from _of_mask(facts, index)
        yield from _volumes(facts)


def _mask(facts: CaseFacts, index: int) -> np.ndarray:
    return facts.patterns(index) != 0


def _middle(facts: CaseFacts, index: int) -> tuple[int, int, int]:
    return middle_voxel(_mask(facts, index), facts.known_box(index).lower, facts.spacing_kji)


def _volume(facts: CaseFacts, index: int) -> float:
    return float(facts.volumes[index, 0])


def _center_lps(facts: CaseFacts, index: int) -> np.ndarray:
    """The mean of the voxels in mm."""
    center = np.argwhere(_mask(facts, index)).mean(axis=0) + facts.known_box(index).lower
    return facts.comparison.geometry.lps_of(center[::-1])


def _suspicion(
    facts: CaseFacts, kind: str, structures: tuple[int, ...], ml: float, confidence: float, **numbers: float
) -> Suspicion:
    depth = estimated_depth_mm(ml, 0.0, lost=True)
    volume = sum(_volume(facts, index) for index in structures)
    shown = next(index for index in structures if facts.found[index, 0])
    return Suspicion(
        kind, structures, _MODEL, 1.0, volume, confidence, {"volume_ml": ml, "depth_mm": depth, **numbers},
        _middle(facts, shown), frozenset(structures),
    )  # fmt: skip


def _flat_end(facts: CaseFacts) -> Iterator[Suspicion]:
    """Several structures that end at one slice within the scan, each with nearly its whole cross-section."""
    n_slices = facts.comparison.geometry.shape[0]
    ends: dict[tuple[int, int], list[int]] = {}
    for index in facts.structures:
        if facts.box(index) is None:
            continue
        areas = np.count_nonzero(_mask(facts, index), axis=(1, 2))
        box = facts.known_box(index)
        for direction, at, edge in ((1, box.upper[0] - 1, n_slices - 1), (-1, box.lower[0], 0)):
            last = areas[-3:][::-1] if direction > 0 else areas[:3]
            is_flat = len(last) == 3 and last[0] >= _FLAT_SHARE * last.max() and last[0] >= _FLAT_VOXELS
            if at != edge and is_flat:
                ends.setdefault((direction, at), []).append(index)
    for (direction, at), structures in ends.items():
        boxes = [one for index in facts.structures if (one := facts.box(index)) is not None]
        reached = [box.upper[0] - 1 if direction > 0 else box.lower[0] for box in boxes]
        is_end = at == (max(reached) if direction > 0 else min(reached))
        if is_end and len(structures) >= _FLAT_STRUCTURES:
            structures.sort(key=lambda index: -_volume(facts, index))
            ml = sum(_volume(facts, index) for index in structures) * facts.voxel_ml
            yield _suspicion(facts, kinds.TRUNCATED, tuple(structures), ml, 0.6)


def _swapped_sides(facts: CaseFacts) -> Iterator[Suspicion]:
    """Pairs of which what is called left lies to the right: all in one suspicion."""
    index_of = {structure.identity: index for index, structure in enumerate(facts.comparison.structures)}
    swapped: list[int] = []
    for identity, index in index_of.items():
        other = counterpart(identity) if isinstance(identity, StructureIdentity) else None
        if other not in index_of or not isinstance(identity, StructureIdentity) or side_of(identity) != "left":
            continue
        pair = index, index_of[other]
        if all(facts.box(one) is not None for one in pair):
            left, right = (_center_lps(facts, one)[0] for one in pair)
            swapped += pair if right - left > _SIDE_MM else ()
    if swapped:
        ml = sum(_volume(facts, index) for index in swapped) * facts.voxel_ml
        yield _suspicion(facts, kinds.SIDE_SWAPPED, tuple(swapped), ml, 0.95)


def _series(facts: CaseFacts) -> Iterator[Suspicion]:
    """Vertebrae that do not follow each other downwards. Ribs overlap, and their middles need not."""
    found: list[tuple[float, int]] = []
    for index, structure in enumerate(facts.comparison.structures):
        place = series_place(structure.identity) if isinstance(structure.identity, StructureIdentity) else None
        if place is not None and place.series == _VERTEBRAE and facts.box(index) is not None:
            found.append((place.position, index))
    found.sort()
    for n in _out_of_order([float(_center_lps(facts, index)[2]) for _, index in found]):
        ml = _volume(facts, found[n][1]) * facts.voxel_ml
        yield _suspicion(facts, kinds.IMPLAUSIBLE_PLACE, (found[n][1],), ml, 0.9)


def _out_of_order(heights: list[float]) -> list[int]:
    """The fewest members without which the heights fall."""
    best: list[list[int]] = []
    for n, height in enumerate(heights):
        before = [run for run in best if heights[run[-1]] > height - _ORDER_MM]
        best.append([*_longest(before), n])
    kept = set(_longest(best))
    return [n for n in range(len(heights)) if n not in kept]


def _longest(runs: list[list[int]]) -> list[int]:
    return max(runs, key=lambda run: len(run), default=[])


def _of_mask(facts: CaseFacts, index: int) -> Iterator[Suspicion]:
    """Pieces, and holes that nothing fills."""
    mask, lower = _mask(facts, index), facts.known_box(index).lower
    name = facts.comparison.structures[index].name
    if not any(part in name for part in _IN_PIECES):
        own = pieces_of(mask)
        if len(own) > 1:
            yield in_pieces(index, _MODEL, own, _volume(facts, index), facts.voxel_ml, lower)
    holes = ndimage.binary_fill_holes(mask) & ~mask
    if not holes.any():
        return
    labels, count = ndimage.label(holes)
    largest = 1 + int(np.argmax(np.bincount(labels.ravel(), minlength=count + 1)[1:]))
    hole = labels == largest
    n_voxels = int(hole.sum())
    depth = float(ndimage.distance_transform_edt(np.pad(hole, 1), facts.spacing_kji).max())
    voxel = middle_voxel(hole, lower, facts.spacing_kji)
    if n_voxels < _HOLE_VOXELS or depth < _HOLE_STEPS * float(facts.spacing_kji.min()) or _is_named(facts, voxel):
        return
    numbers = {"volume_ml": n_voxels * facts.voxel_ml, "depth_mm": depth}
    yield Suspicion(
        kinds.HOLE, (index,), _MODEL, min(1.0, n_voxels / _volume(facts, index)), _volume(facts, index), 0.8, numbers,
        voxel, frozenset((index,)),
    )  # fmt: skip


def _is_named(facts: CaseFacts, voxel: tuple[int, int, int]) -> bool:
    """Whether the model has any segment at a voxel."""
    return any(plane.structure_of_label[plane.voxels[voxel]] for plane in facts.comparison.planes)


def _volumes(facts: CaseFacts) -> Iterator[Suspicion]:
    """Volumes far from that of the other side, or of both neighbours in a series; not of what the scan cuts."""
    for index, structure in enumerate(facts.comparison.structures):
        if not isinstance(structure.identity, StructureIdentity) or not facts.found[index, 0] or facts.is_cut(index):
            continue
        others = [other for other in _alike(facts, structure.identity) if not facts.is_cut(other)]
        place = series_place(structure.identity)
        if not others or (place is not None and place.series == _VERTEBRAE and len(others) < 2):
            continue
        own, rest = _volume(facts, index), [_volume(facts, other) for other in others]
        least, most = min(rest), max(rest)
        if own * _ALIKE_RATIO < least:
            numbers = {
                "volume_ratio": own / least,
                "model_volume_ml": own * facts.voxel_ml,
                "others_volume_ml": float(np.median(rest)) * facts.voxel_ml,
            }
            yield _suspicion(facts, kinds.OUTLIER_VOLUME, (index,), (most - own) * facts.voxel_ml, 0.6, **numbers)


def _alike(facts: CaseFacts, identity: StructureIdentity) -> list[int]:
    """Found structures that should have about the same volume: the other side, or both neighbours of a vertebra."""
    index_of = {structure.identity: index for index, structure in enumerate(facts.comparison.structures)}
    other = counterpart(identity)
    if other in index_of and facts.found[index_of[other], 0]:
        return [index_of[other]]
    place = series_place(identity)
    if place is None or place.series != _VERTEBRAE:
        return []
    near = []
    for index, structure in enumerate(facts.comparison.structures):
        there = series_place(structure.identity) if isinstance(structure.identity, StructureIdentity) else None
        if there is not None and there.series == place.series and abs(there.position - place.position) == 1:
            near += [index] if facts.found[index, 0] else []
    return near
