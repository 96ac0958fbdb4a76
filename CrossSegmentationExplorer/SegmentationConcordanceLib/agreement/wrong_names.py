"""Errors of names: shifted levels, swapped sides, two structures in one, one in two, a part of the neighbour's."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..anatomy.identity import StructureIdentity
from ..anatomy.series import SeriesPlace, counterpart, series_place
from . import finding_kinds as kinds
from .case_facts import CaseFacts, noise_of
from .disputed_regions import DisputedRegion
from .suspicion import Suspicion

_RENAMED_SHARE, _RENAMED_COVER, _RENAMED_OWN = 0.4, 0.5, 0.3
_MERGED_COVER, _MERGED_LEFT = 0.6, 0.15
_SPLIT_LEAST, _SPLIT_MOST, _SPLIT_INSIDE = 0.2, 0.8, 0.5
_PART_OF = 0.3
_MOST_OF_ADDED = 0.4
_NEIGHBOUR_SHARE, _TIMES_NOISE, _LEAST_VOXELS = 0.12, 3.0, 12
_TIMES_USUAL, _TIMES_NOISE_OF_SHALLOW = 1.25, 5.0


def wrong_names(facts: CaseFacts) -> list[Suspicion]:
    """What is called by another name, as far as the names of the others tell."""
    found: list[Suspicion] = []
    for bit in range(len(facts.models)):
        if len(facts.models) == 2 and bit:
            break  # what A calls s and B calls t is the same as what B calls t and A calls s
        renamed = dict(_renamed(facts, bit))
        split = list(_split(facts, bit, renamed))
        taken = {pair for one in split for pair in ((one.structures[1], one.structures[0]),)}
        merged = list(_merged(facts, bit, renamed))
        taken |= {(one.structures[0], one.structures[1]) for one in merged}
        parts = [pair for pair in _neighbours(facts, bit) if pair[:2] not in taken and pair[0] not in renamed]
        found += _runs(facts, bit, renamed, parts)
        found += [*split, *merged, *(_included(facts, bit, *pair) for pair in parts)]
    return found


def _place(facts: CaseFacts, index: int) -> SeriesPlace | None:
    identity = facts.comparison.structures[index].identity
    return series_place(identity) if isinstance(identity, StructureIdentity) else None


def _renamed(facts: CaseFacts, bit: int) -> Iterator[tuple[int, int]]:
    """(s, t): what the model calls s the others call t, and hardly any of it s."""
    called = facts.called[bit]
    for index in np.flatnonzero(facts.found[:, bit] & (facts.numbers > 0)).tolist():
        row = called[index].copy()
        own, row[index] = row[index], 0.0
        target = int(np.argmax(row))
        volume, others = float(facts.volumes[index, bit]), facts.others_volume(target, bit)
        if not others or row[target] < _LEAST_VOXELS:
            continue
        if _is_part_of(facts, index, target) or called[target, target] >= _SPLIT_LEAST * others:
            continue
        if (
            row[target] >= _RENAMED_SHARE * volume
            and row[target] >= _RENAMED_COVER * others
            and own <= _RENAMED_OWN * volume
            and own < 0.5 * row[target]
        ):
            yield index, target


def _is_part_of(facts: CaseFacts, index: int, target: int) -> bool:
    """Whether a model itself has both in the same voxels, such as a heart and its chambers."""
    for bit in np.flatnonzero(facts.found[index] & facts.found[target]).tolist():
        shared = facts.confusion.between(bit, bit)[facts.numbers[index], facts.numbers[target]]
        if shared > _PART_OF * min(facts.volumes[index, bit], facts.volumes[target, bit]):
            return True
    return False


def _runs(
    facts: CaseFacts, bit: int, renamed: dict[int, int], parts: list[tuple[int, int, float]]
) -> Iterator[Suspicion]:
    """One suspicion for each run of shifted levels, one for all swapped sides, one for each other name.

    Parts of neighbours that continue a run are taken out of ``parts``.
    """
    runs: dict[tuple[str, float], list[int]] = {}
    sides: list[int] = []
    for index, target in renamed.items():
        here, there = _place(facts, index), _place(facts, target)
        identity = facts.comparison.structures[index].identity
        if here is not None and there is not None and here.series == there.series:
            runs.setdefault((here.series, here.position - there.position), []).append(index)
        elif (
            isinstance(identity, StructureIdentity)
            and counterpart(identity) == facts.comparison.structures[target].identity
        ):
            sides.append(index)
        else:
            yield _shift(facts, bit, kinds.IMPLAUSIBLE_PLACE, [index], renamed, 0.0)
    for (series, levels), members in runs.items():
        ends = {renamed[index] for index in members} | set(members)
        extra = [
            part
            for part in parts
            if (place := _place(facts, part[0])) is not None
            and place.series == series
            and (there := _place(facts, part[1])) is not None
            and place.position - there.position == levels
            and (part[0] in ends or part[1] in ends)
        ]
        for part in extra:
            parts.remove(part)
        members = sorted([*members, *(p[0] for p in extra if p[0] not in members)], key=lambda n: _position(facts, n))
        targets = {**renamed, **{part[0]: part[1] for part in extra}}
        yield _shift(facts, bit, kinds.LABEL_SHIFT, members, targets, levels)
    if sides:
        yield _shift(facts, bit, kinds.SIDE_SWAPPED, sides, renamed, 0.0)


def _position(facts: CaseFacts, index: int) -> float:
    place = _place(facts, index)
    return place.position if place else 0.0


def _shift(
    facts: CaseFacts, bit: int, kind: str, members: list[int], renamed: dict[int, int], levels: float
) -> Suspicion:
    called = facts.called[bit]
    moved = sum(called[index, renamed[index]] for index in members)
    volume = float(sum(facts.volumes[index, bit] for index in members))
    middle = members[len(members) // 2]
    region = facts.region_of(middle, 1 << bit)
    numbers = {"share": moved / volume, "volume_ml": moved * facts.voxel_ml}
    if levels:
        numbers["levels"] = levels
    explained = frozenset(members) | {renamed[index] for index in members}
    missing = [t for t in explained if not facts.found[t, bit] and facts.knows[t, bit]]
    order = sorted({*members, *missing}, key=lambda n: _position(facts, n)) if levels else members
    return Suspicion(
        kind, tuple(order), 1 << bit, 1.0, volume, min(1.0, 0.6 + 0.4 * moved / volume), numbers,
        region.voxel if region else None, explained,
    )  # fmt: skip


def _region_called(facts: CaseFacts, index: int, bit: int, called: int) -> DisputedRegion | None:
    """The gravest region of a structure at whose place the model has another one; else as :meth:`.region_of`.

    Other models may have failed there too, each in its way: then it is held against several, and what is held against
    this one alone is noise elsewhere.
    """
    own = (region for region in facts.regions(index) if region.minority >> bit & 1)
    there = (region for region in own if facts.has_voxel(called, bit, region.voxel))
    return next(there, None) or facts.region_of(index, 1 << bit)


def _merged(facts: CaseFacts, bit: int, renamed: dict[int, int]) -> Iterator[Suspicion]:
    called = facts.called[bit]
    for target in np.flatnonzero(facts.knows[:, bit] & (facts.numbers > 0)).tolist():
        others = facts.others_volume(target, bit)
        if not others or facts.volumes[target, bit] > _MERGED_LEFT * others or target in renamed.values():
            continue
        column = called[:, target].copy()
        column[target] = 0.0
        column[[index for index in facts.structures if _is_part_of(facts, index, target)]] = 0.0
        index = int(np.argmax(column))
        own = called[index, index]
        if column[index] >= _MERGED_COVER * others and own >= 0.4 * facts.others_volume(index, bit) and own > 0:
            region = _region_called(facts, target, bit, index)
            numbers = {"volume_ml": column[index] * facts.voxel_ml, "share": column[index] / others}
            yield Suspicion(
                kinds.MERGED, (index, target), 1 << bit, 1.0, others, min(1.0, column[index] / others + 0.1), numbers,
                region.voxel if region else None, frozenset((index, target)),
            )  # fmt: skip


def _split(facts: CaseFacts, bit: int, renamed: dict[int, int]) -> Iterator[Suspicion]:
    called = facts.called[bit]
    for index in np.flatnonzero(facts.found[:, bit] & (facts.numbers > 0)).tolist():
        others = facts.others_volume(index, bit)
        if not others or not _SPLIT_LEAST <= called[index, index] / others <= _SPLIT_MOST:
            continue
        for second in np.flatnonzero(facts.found[:, bit] & (facts.numbers > 0)).tolist():
            if second == index or second in renamed or _is_part_of(facts, second, index):
                continue
            there, volume = called[second, index], float(facts.volumes[second, bit])
            own = called[second, second]
            if there >= _SPLIT_LEAST * others and there >= _SPLIT_INSIDE * volume and own < there:
                region = _region_called(facts, index, bit, second)
                numbers = {"volume_ml": there * facts.voxel_ml, "share": there / others}
                yield Suspicion(
                    kinds.SPLIT, (index, second), 1 << bit, 1.0, others, 0.9, numbers,
                    region.voxel if region else None, frozenset((index, second)),
                )  # fmt: skip


def _neighbours(facts: CaseFacts, bit: int) -> Iterator[tuple[int, int, float]]:
    """(s, t, voxels): the model's s holds so much of the others' t, far more than that of the other models does."""
    called = facts.called[bit]
    for index in np.flatnonzero(facts.found[:, bit] & (facts.numbers > 0)).tolist():
        for target in np.flatnonzero((called[index] >= _LEAST_VOXELS) & (facts.numbers > 0)).tolist():
            if target == index:
                continue
            taken, others = called[index, target], facts.others_volume(target, bit)
            if taken < _NEIGHBOUR_SHARE * min(others, float(facts.volumes[index, bit])):
                continue
            noise = noise_of(facts.called[other][index, target] for other in facts.other_finders(index, bit))
            least = _times_noise(facts, bit, index, target) * noise
            if taken >= least and not _is_part_of(facts, index, target):
                yield index, target, float(taken)


def _times_noise(facts: CaseFacts, bit: int, index: int, target: int) -> float:
    """How many times what other models take there counts: more where the part is as deep as outlines differ everywhere.

    Where two structures touch, such as the adrenal gland and the stomach, their boundary is noise in every model.
    """
    region = _region_called(facts, target, bit, index)
    is_deep = region is not None and region.depth_mm >= _TIMES_USUAL * facts.usual_depth_mm
    return _TIMES_NOISE if is_deep else _TIMES_NOISE_OF_SHALLOW


def _included(facts: CaseFacts, bit: int, index: int, target: int, taken: float) -> Suspicion:
    others = facts.others_volume(target, bit)
    region = _region_called(facts, target, bit, index)
    numbers = {"volume_ml": taken * facts.voxel_ml, "share": min(1.0, taken / others)}
    if region is not None:
        numbers["depth_mm"] = region.depth_mm
    smaller = min(others, float(facts.volumes[index, bit]))
    is_most = taken >= _MOST_OF_ADDED * facts.added_and_lost(index, bit)[0]
    explains = frozenset((index, target) if is_most else (target,))
    return Suspicion(
        kinds.INCLUDES_NEIGHBOUR, (index, target), 1 << bit, min(1.0, taken / smaller), others,
        min(0.98, 0.7 + taken / smaller), numbers, region.voxel if region else None, explains,
    )  # fmt: skip
