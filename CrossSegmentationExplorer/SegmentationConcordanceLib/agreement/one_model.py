"""What a model's output tells against itself, where there is no other model to hold it against.

Of several models that is what one of them alone knows: it is found as if there were no other model, and all that the
model found, of other structures as well, is what it is held against.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from functools import cache

import numpy as np

from ..anatomy.identity import StructureIdentity
from ..anatomy.series import counterpart, series_place, side_of
from . import finding_kinds as kinds
from .case_facts import CaseFacts
from .fragments import in_pieces
from .own_shape import HOLE_VOXELS, OwnShape, own_shape
from .series_order import VERTEBRAE, out_of_order
from .severity import estimated_depth_mm
from .suspicion import Suspicion

_MODEL = 1
_SIDE_MM = 10.0
_HOLE_STEPS = 1.9
_FLAT_SHARE, _FLAT_STRUCTURES, _FLAT_VOXELS = 0.7, 2, 12
_ALIKE_RATIO = 2.5

_Shapes = Callable[[int], OwnShape]


def against_itself(facts: CaseFacts) -> Iterator[Suspicion]:
    """The suspicions about structures that one model alone knows; of a single model about all of them."""
    rows = {structure.identity: index for index, structure in enumerate(facts.comparison.structures)}
    for bit in range(len(facts.models)):
        about = facts.of_one(bit)
        if not about:
            continue
        alone = facts.alone(bit)
        row = [rows[structure.identity] for structure in alone.comparison.structures]
        own = frozenset(index for index in alone.structures if row[index] in about and alone.box(index) is not None)
        for one in _held_against_itself(alone, own):
            yield replace(
                one,
                structures=tuple(row[index] for index in one.structures),
                models=1 << bit,
                explains=frozenset(row[index] for index in one.explains),
            )


def _held_against_itself(facts: CaseFacts, about: Collection[int]) -> Iterator[Suspicion]:
    """Of one model, about these structures."""

    @cache
    def shape(index: int) -> OwnShape:
        return own_shape(facts, index)

    yield from _flat_end(facts, about, shape)
    yield from _swapped_sides(facts, about, shape)
    for wrong in out_of_order(facts, about, shape):
        ml = sum(_volume(facts, index) for index in wrong) * facts.voxel_ml
        yield _suspicion(facts, shape, kinds.IMPLAUSIBLE_PLACE, wrong, ml, 0.9)
    for index in sorted(about):
        yield from _broken(facts, index, shape(index))
    yield from _volumes(facts, about, shape)


def _volume(facts: CaseFacts, index: int) -> float:
    return float(facts.volumes[index, 0])


def _suspicion(
    facts: CaseFacts,
    shape: _Shapes,
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
        shape(structures[0]).inner, frozenset(structures),
    )  # fmt: skip


def _flat_end(facts: CaseFacts, about: Collection[int], shape: _Shapes) -> Iterator[Suspicion]:
    """Structures that end, with others of the model, at the one slice within the scan at which its whole output ends,
    each with nearly its whole cross-section."""
    boxes = {index: box for index in facts.structures if (box := facts.box(index)) is not None}
    if not boxes:
        return
    for direction, edge in ((1, facts.comparison.geometry.shape[0] - 1), (-1, 0)):
        reached = {index: box.upper[0] - 1 if direction > 0 else box.lower[0] for index, box in boxes.items()}
        end = max(reached.values()) if direction > 0 else min(reached.values())
        here = [index for index, at in reached.items() if at == end and end != edge]
        flat = [index for index in here if _is_flat(shape(index), direction)]
        own = sorted((index for index in flat if index in about), key=lambda index: -_volume(facts, index))
        if own and len(flat) >= _FLAT_STRUCTURES:
            ml = sum(_volume(facts, index) for index in own) * facts.voxel_ml
            yield _suspicion(facts, shape, kinds.ENDS_EARLY, tuple(own), ml, 0.6)


def _is_flat(shape: OwnShape, direction: int) -> bool:
    areas = shape.last if direction > 0 else shape.first
    return len(areas) == 3 and areas[0] >= max(_FLAT_VOXELS, _FLAT_SHARE * max(areas))


def _swapped_sides(facts: CaseFacts, about: Collection[int], shape: _Shapes) -> Iterator[Suspicion]:
    """Pairs of which what is called left lies to the right: all in one suspicion."""
    index_of = {structure.identity: index for index, structure in enumerate(facts.comparison.structures)}
    swapped: list[int] = []
    for identity, index in index_of.items():
        other = counterpart(identity) if isinstance(identity, StructureIdentity) else None
        if other not in index_of or not isinstance(identity, StructureIdentity) or side_of(identity) != "left":
            continue
        pair = index, index_of[other]
        if any(one in about for one in pair) and all(facts.box(one) is not None for one in pair):
            left, right = (float(shape(one).center_lps[0]) for one in pair)
            swapped += pair if right - left > _SIDE_MM else ()
    if swapped:
        ml = sum(_volume(facts, index) for index in swapped) * facts.voxel_ml
        yield _suspicion(facts, shape, kinds.SIDE_SWAPPED, tuple(swapped), ml, 0.95)


def _broken(facts: CaseFacts, index: int, shape: OwnShape) -> Iterator[Suspicion]:
    """Pieces, and a hole that nothing fills."""
    volume = _volume(facts, index)
    if len(shape.pieces) > 1:
        yield in_pieces(index, _MODEL, list(shape.pieces), volume, facts.voxel_ml, facts.known_box(index).lower)
    if shape.hole is None:
        return
    n_voxels, depth, voxel = shape.hole
    is_deep = depth >= _HOLE_STEPS * float(facts.spacing_kji.min())
    if n_voxels >= HOLE_VOXELS and is_deep and not _is_named(facts, voxel):
        numbers = {"volume_ml": n_voxels * facts.voxel_ml, "depth_mm": depth}
        share = min(1.0, n_voxels / volume)
        yield Suspicion(kinds.HOLE, (index,), _MODEL, share, volume, 0.8, numbers, voxel, frozenset((index,)))


def _is_named(facts: CaseFacts, voxel: tuple[int, int, int]) -> bool:
    """Whether the model has any segment at a voxel."""
    return any(plane.structure_of_label[plane.voxels[voxel]] for plane in facts.comparison.planes)


def _volumes(facts: CaseFacts, about: Collection[int], shape: _Shapes) -> Iterator[Suspicion]:
    """Volumes far from that of the other side, or of both neighbours in a series.

    What is truncated by the field of view is left out.
    """
    for index in sorted(about):
        identity = facts.comparison.structures[index].identity
        if not isinstance(identity, StructureIdentity) or facts.is_cut(index):
            continue
        others = [other for other in _alike(facts, identity) if not facts.is_cut(other)]
        place = series_place(identity)
        if not others or (place is not None and place.series == VERTEBRAE and len(others) < 2):
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
                facts, shape, kinds.OUTLIER_VOLUME, (index,), (most - own) * facts.voxel_ml, 0.6, **numbers
            )


def _alike(facts: CaseFacts, identity: StructureIdentity) -> list[int]:
    """Found structures that should have about the same volume: the other side, or both neighbours of a vertebra."""
    index_of = {structure.identity: index for index, structure in enumerate(facts.comparison.structures)}
    other = counterpart(identity)
    if other in index_of and facts.found[index_of[other], 0]:
        return [index_of[other]]
    place = series_place(identity)
    if place is None or place.series != VERTEBRAE:
        return []
    near = []
    for index, structure in enumerate(facts.comparison.structures):
        there = series_place(structure.identity) if isinstance(structure.identity, StructureIdentity) else None
        if there is not None and there.series == place.series and abs(there.position - place.position) == 1:
            near += [index] if facts.found[index, 0] else []
    return near
