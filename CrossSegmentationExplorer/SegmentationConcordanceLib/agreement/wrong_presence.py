"""Errors of presence: missing, found alone, in another place, on the wrong side, outputs that stop within the scan."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..anatomy.identity import StructureIdentity
from ..anatomy.series import side_of
from . import finding_kinds as kinds
from .case_facts import CaseFacts
from .dispute_depths import middle_voxel
from .suspicion import Suspicion

_STOPS_SLICES, _STOPS_STRUCTURES = 3, 2
_FAR_FROM_MIDLINE_MM = 10.0


def stopped_outputs(facts: CaseFacts) -> Iterator[Suspicion]:
    """Outputs that end at one slice within the scan, where the others go on: one suspicion per model and end."""
    for bit in range(len(facts.models)):
        for direction in (1, -1):
            yield from _stopped(facts, bit, direction)


def _stopped(facts: CaseFacts, bit: int, direction: int) -> Iterator[Suspicion]:
    def last(slices: tuple[int, int]) -> int:
        return slices[1] if direction > 0 else -slices[0]

    own, others = {}, {}
    for index in facts.structures:
        if facts.box(index) is None or not facts.knows[index, bit]:
            continue
        slices = facts.extent(index).slices
        ends = [last(slices[other]) for other in facts.others(index, bit) if other in slices]
        if 2 * len(ends) > len(facts.others(index, bit)):
            others[index] = float(np.median(ends))
        if bit in slices:
            own[index] = last(slices[bit])
    if not own or not others:
        return
    end = max(own.values())
    edge = facts.comparison.geometry.shape[0] - 1 if direction > 0 else 0
    if end >= edge:
        return
    here = [index for index, at in own.items() if at == end and others.get(index, -np.inf) >= end + _STOPS_SLICES]
    beyond = [index for index, at in others.items() if at >= end + _STOPS_SLICES]
    if len(here) < _STOPS_STRUCTURES or len(beyond) < _STOPS_STRUCTURES:
        return
    here.sort(key=lambda index: -facts.others_volume(index, bit))
    lost = sum(max(0.0, facts.others_volume(index, bit) - facts.volumes[index, bit]) for index in beyond)
    whole = sum(facts.others_volume(index, bit) for index in beyond)
    region = facts.region_of(here[0], 1 << bit)
    steps = max(others[index] for index in beyond) - end
    numbers = {
        "volume_ml": lost * facts.voxel_ml,
        "share": lost / whole if whole else 0.0,
        "depth_mm": steps * float(facts.spacing_kji[0]),
    }
    order = (*here, *(index for index in beyond if index not in here))
    yield Suspicion(
        kinds.ENDS_EARLY, order, 1 << bit, 1.0, whole, 0.95, numbers, region.voxel if region else None,
        frozenset(beyond) | _of_one_that_end(facts, bit, end, direction),
    )  # fmt: skip


def _of_one_that_end(facts: CaseFacts, bit: int, end: int, direction: int) -> frozenset[int]:
    """The structures that the model alone knows and that reach the end of its output: no other model tells more."""
    boxes = facts.alone(bit).boxes
    reached = {index: boxes[facts.comparison.structures[index].key] for index in facts.of_one(bit)}
    return frozenset(
        index for index, box in reached.items() if (box.upper[0] - 1 if direction > 0 else -box.lower[0]) >= end
    )


def wrong_presence(facts: CaseFacts) -> Iterator[Suspicion]:
    """What some models found and others, that know it, did not."""
    for index in facts.structures:
        voters = np.flatnonzero(facts.knows[index]).tolist()
        finders = [bit for bit in voters if facts.found[index, bit]]
        missers = [bit for bit in voters if not facts.found[index, bit]]
        if not finders or not missers:
            continue
        volume = float(np.median(facts.volumes[index, finders]))
        few = finders if len(finders) < len(missers) else missers
        region = facts.region_of(index, _bits(few))
        alone = len(finders) < len(missers)
        numbers = {"model_volume_ml" if alone else "others_volume_ml": volume * facts.voxel_ml}
        confidence = abs(len(finders) - len(missers)) / len(voters) * 0.4 + 0.55
        yield Suspicion(
            kinds.FOUND_ALONE if alone else kinds.MISSING, (index,), _bits(few), 1.0, volume, confidence, numbers,
            region.voxel if region else None, frozenset((index,)),
        )  # fmt: skip


def wrong_places(facts: CaseFacts) -> Iterator[Suspicion]:
    """Segments that lie apart from where all others have the structure."""
    for index in facts.structures:
        finders = np.flatnonzero(facts.found[index]).tolist()
        if facts.box(index) is None or len(finders) < 2:
            continue
        apart = [bit for bit in finders if facts.called[bit][index, index] == 0 and _never_meets(facts, index, bit)]
        if not apart or (len(apart) == len(finders) and len(finders) > 2):
            continue
        yield from (_apart(facts, index, bit, finders) for bit in (apart if len(finders) > 2 else apart[:1]))


def _never_meets(facts: CaseFacts, index: int, bit: int) -> bool:
    members = facts.comparison.pattern_members()
    with_others = (members[:, bit] > 0) & (members.sum(axis=1) > 1)
    return not facts.comparison.counts[index, with_others].any()


def _apart(facts: CaseFacts, index: int, bit: int, finders: list[int]) -> Suspicion:
    patterns, box = facts.patterns(index), facts.known_box(index)
    own = patterns >> bit & 1 != 0
    rest = (patterns & _bits([other for other in finders if other != bit])) != 0
    centers = [np.argwhere(mask).mean(axis=0) + box.lower for mask in (own, rest)]
    spread = [facts.comparison.geometry.lps_of(center[::-1]) for center in centers]
    distance = float(np.linalg.norm(spread[0] - spread[1]))
    identity = facts.comparison.structures[index].identity
    side = side_of(identity) if isinstance(identity, StructureIdentity) else ""
    midline = _midline(facts)
    wrong = bool(side) and abs(spread[0][0] - midline) > _FAR_FROM_MIDLINE_MM
    wrong = wrong and (spread[0][0] > midline) != (side == "left")
    volume = float(facts.volumes[index, bit])
    numbers = {"model_volume_ml": volume * facts.voxel_ml, "distance_mm": distance}
    pair = len(finders) == 2
    return Suspicion(
        kinds.WRONG_SIDE if wrong else kinds.IMPLAUSIBLE_PLACE, (index,), _bits(finders) if pair else 1 << bit, 1.0,
        max(volume, facts.others_volume(index, bit)), 0.9, numbers,
        middle_voxel(own, box.lower, facts.spacing_kji), frozenset((index,)),
    )  # fmt: skip


def _midline(facts: CaseFacts) -> float:
    """LPS x in mm of the middle of the box around all structures."""
    boxes = [box for index in facts.structures if (box := facts.box(index)) is not None]
    lower = np.min([box.lower for box in boxes], axis=0)
    upper = np.max([box.upper for box in boxes], axis=0) - 1
    return float(facts.comparison.geometry.lps_of(((lower + upper) / 2)[::-1])[0])


def _bits(models: list[int]) -> int:
    return sum(1 << bit for bit in models)
