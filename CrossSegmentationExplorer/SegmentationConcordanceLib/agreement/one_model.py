"""What one model's output tells against itself, with no other model to hold it against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from ..anatomy.identity import StructureIdentity
from ..anatomy.series import counterpart, series_place, side_of
from . import finding_kinds as kinds
from .case_facts import CaseFacts
from .crops import pattern_slices
from .dispute_depths import middle_voxel
from .fragments import Piece, in_pieces, pieces_of
from .severity import estimated_depth_mm
from .suspicion import Suspicion

_MODEL = 1
_VERTEBRAE = "vertebrae"
_SIDE_MM, _ORDER_MM = 10.0, 5.0
_HOLE_VOXELS, _HOLE_STEPS = 12, 1.9
_FLAT_SHARE, _FLAT_STRUCTURES, _FLAT_VOXELS = 0.7, 2, 12
_ALIKE_RATIO = 2.5
_IN_PIECES = (
    "colon",
    "bowel",
    "vessel",
    "vein",
    "artery",
    "nodule",
    "cartilage",
    "muscle",
    "fat",
    "skin",
    "bone",
    "body",
)
"""Parts of names of structures that rightly are in pieces, or may look so."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """What is to be known of a segment, from one look at its voxels.

    :param center_lps: mean of its voxels in mm.
    :param first: areas of its first three slices, voxels, the outermost first; ``last`` likewise.
    :param inner: a voxel (k, j, i) of the scan inside it.
    :param holes: voxels, depth in mm and the innermost voxel of the largest hole; None without one.
    """

    center_lps: np.ndarray
    first: tuple[int, ...]
    last: tuple[int, ...]
    inner: tuple[int, int, int]
    pieces: tuple[Piece, ...]
    hole: tuple[int, float, tuple[int, int, int]] | None


def against_itself(facts: CaseFacts) -> Iterator[Suspicion]:
    """The suspicions about the only model; none where there are several."""
    if len(facts.models) != 1:
        return
    shapes = {index: _shape(facts, index) for index in facts.structures if facts.box(index) is not None}
    yield from _flat_end(facts, shapes)
    yield from _swapped_sides(facts, shapes)
    yield from _out_of_series(facts, shapes)
    for index, shape in shapes.items():
        yield from _broken(facts, index, shape)
    yield from _volumes(facts, shapes)


def _shape(facts: CaseFacts, index: int) -> _Shape:
    box = facts.known_box(index)
    mask = np.stack(list(pattern_slices(facts.comparison, index, box))) != 0
    areas = np.count_nonzero(mask, axis=(1, 2))
    counts = areas, np.count_nonzero(mask, axis=(0, 2)), np.count_nonzero(mask, axis=(0, 1))
    center = [float(count @ np.arange(count.size) / count.sum()) for count in counts]
    name = facts.comparison.structures[index].name
    in_pieces_rightly = any(part in name for part in _IN_PIECES)
    return _Shape(
        facts.comparison.geometry.lps_of(np.add(center, box.lower)[::-1]),
        tuple(areas[:3].tolist()),
        tuple(areas[::-1][:3].tolist()),
        _near(mask, center, box.lower),
        () if in_pieces_rightly else tuple(pieces_of(mask)),
        _largest_hole(mask, box.lower, facts.spacing_kji),
    )


def _near(mask: np.ndarray, center: list[float], lower: tuple[int, int, int]) -> tuple[int, int, int]:
    """The voxel of the middle slice, or of the next one that has any, that is next to the mean."""
    k = min(np.flatnonzero(mask.any(axis=(1, 2))).tolist(), key=lambda at: abs(at - center[0]))
    places = np.argwhere(mask[k])
    j, i = places[np.argmin(((places - center[1:]) ** 2).sum(axis=1))].tolist()
    return lower[0] + k, lower[1] + j, lower[2] + i


def _volume(facts: CaseFacts, index: int) -> float:
    return float(facts.volumes[index, 0])


def _suspicion(
    facts: CaseFacts,
    shapes: Mapping[int, _Shape],
    kind: str,
    structures: tuple[int, ...],
    ml: float,
    confidence: float,
    **numbers: float,
) -> Suspicion:
    depth = estimated_depth_mm(ml, 0.0, lost=True)
    volume = sum(_volume(facts, index) for index in structures)
    return Suspicion(
        kind, structures, _MODEL, 1.0, volume, confidence, {"volume_ml": ml, "depth_mm": depth, **numbers},
        shapes[structures[0]].inner, frozenset(structures),
    )  # fmt: skip


def _flat_end(facts: CaseFacts, shapes: Mapping[int, _Shape]) -> Iterator[Suspicion]:
    """Several structures that end at one slice within the scan, each with nearly its whole cross-section."""
    n_slices = facts.comparison.geometry.shape[0]
    ends: dict[tuple[int, int], list[int]] = {}
    for index, shape in shapes.items():
        box = facts.known_box(index)
        for direction, at, edge, areas in (
            (1, box.upper[0] - 1, n_slices - 1, shape.last),
            (-1, box.lower[0], 0, shape.first),
        ):
            is_flat = len(areas) == 3 and areas[0] >= max(_FLAT_VOXELS, _FLAT_SHARE * max(areas))
            if at != edge and is_flat:
                ends.setdefault((direction, at), []).append(index)
    boxes = [facts.known_box(index) for index in shapes]
    for (direction, at), structures in ends.items():
        reached = [box.upper[0] - 1 if direction > 0 else box.lower[0] for box in boxes]
        is_end = at == (max(reached) if direction > 0 else min(reached))
        if is_end and len(structures) >= _FLAT_STRUCTURES:
            structures.sort(key=lambda index: -_volume(facts, index))
            ml = sum(_volume(facts, index) for index in structures) * facts.voxel_ml
            yield _suspicion(facts, shapes, kinds.ENDS_EARLY, tuple(structures), ml, 0.6)


def _swapped_sides(facts: CaseFacts, shapes: Mapping[int, _Shape]) -> Iterator[Suspicion]:
    """Pairs of which what is called left lies to the right: all in one suspicion."""
    index_of = {structure.identity: index for index, structure in enumerate(facts.comparison.structures)}
    swapped: list[int] = []
    for identity, index in index_of.items():
        other = counterpart(identity) if isinstance(identity, StructureIdentity) else None
        if other not in index_of or not isinstance(identity, StructureIdentity) or side_of(identity) != "left":
            continue
        pair = index, index_of[other]
        if all(one in shapes for one in pair):
            left, right = (shapes[one].center_lps[0] for one in pair)
            swapped += pair if right - left > _SIDE_MM else ()
    if swapped:
        ml = sum(_volume(facts, index) for index in swapped) * facts.voxel_ml
        yield _suspicion(facts, shapes, kinds.SIDE_SWAPPED, tuple(swapped), ml, 0.95)


def _out_of_series(facts: CaseFacts, shapes: Mapping[int, _Shape]) -> Iterator[Suspicion]:
    """Vertebrae that do not follow each other downwards. Ribs overlap, and their middles need not."""
    found: list[tuple[float, int]] = []
    for index, structure in enumerate(facts.comparison.structures):
        place = series_place(structure.identity) if isinstance(structure.identity, StructureIdentity) else None
        if place is not None and place.series == _VERTEBRAE and index in shapes:
            found.append((place.position, index))
    found.sort()
    for n in _out_of_order([float(shapes[index].center_lps[2]) for _, index in found]):
        ml = _volume(facts, found[n][1]) * facts.voxel_ml
        yield _suspicion(facts, shapes, kinds.IMPLAUSIBLE_PLACE, (found[n][1],), ml, 0.9)


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


def _broken(facts: CaseFacts, index: int, shape: _Shape) -> Iterator[Suspicion]:
    """Pieces, and a hole that nothing fills."""
    volume = _volume(facts, index)
    if len(shape.pieces) > 1:
        yield in_pieces(index, _MODEL, list(shape.pieces), volume, facts.voxel_ml, facts.known_box(index).lower)
    if shape.hole is None:
        return
    n_voxels, depth, voxel = shape.hole
    is_deep = depth >= _HOLE_STEPS * float(facts.spacing_kji.min())
    if n_voxels >= _HOLE_VOXELS and is_deep and not _is_named(facts, voxel):
        numbers = {"volume_ml": n_voxels * facts.voxel_ml, "depth_mm": depth}
        share = min(1.0, n_voxels / volume)
        yield Suspicion(kinds.HOLE, (index,), _MODEL, share, volume, 0.8, numbers, voxel, frozenset((index,)))


def _largest_hole(
    mask: np.ndarray, lower: tuple[int, int, int], spacing_kji: np.ndarray
) -> tuple[int, float, tuple[int, int, int]] | None:
    """The largest part of the background that the mask encloses; None where it encloses nothing of some size."""
    labels, count = ndimage.label(~np.pad(mask, 1))
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    sizes[[0, labels[0, 0, 0]]] = 0
    largest = int(np.argmax(sizes))
    if sizes[largest] < _HOLE_VOXELS:
        return None
    spans = ndimage.find_objects(labels, max_label=largest)[largest - 1]
    hole = labels[spans] == largest
    depth = float(ndimage.distance_transform_edt(np.pad(hole, 1), spacing_kji).max())
    begins = [span.start - 1 + low for span, low in zip(spans, lower)]
    return int(sizes[largest]), depth, middle_voxel(hole, (begins[0], begins[1], begins[2]), spacing_kji)


def _is_named(facts: CaseFacts, voxel: tuple[int, int, int]) -> bool:
    """Whether the model has any segment at a voxel."""
    return any(plane.structure_of_label[plane.voxels[voxel]] for plane in facts.comparison.planes)


def _volumes(facts: CaseFacts, shapes: Mapping[int, _Shape]) -> Iterator[Suspicion]:
    """Volumes far from that of the other side, or of both neighbours in a series.

    What is truncated by the field of view is left out.
    """
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
            yield _suspicion(
                facts, shapes, kinds.OUTLIER_VOLUME, (index,), (most - own) * facts.voxel_ml, 0.6, **numbers
            )


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
