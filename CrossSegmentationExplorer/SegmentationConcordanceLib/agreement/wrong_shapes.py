"""Errors of shape: blobs, parts left out, ends too early, boundaries too far out or in, odd volumes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ..anatomy.identity import StructureIdentity
from ..anatomy.series import series_place
from . import finding_kinds as kinds
from .case_facts import CaseFacts, noise_of
from .disputed_regions import DisputedRegion
from .suspicion import Suspicion

_TIMES_NOISE, _TIMES_USUAL = 2.2, 2.0
_LEAST_SHARE, _LEAST_STEPS = 0.002, 1.9
_LOOKED_AT = 5
_SHELL = 14.0
"""So many times the volume of the ball that fits in: from there on a region is a shell, not a blob."""
_END_SHARE, _HIGHEST_SHARE, _ELONGATED = 0.3, 0.15, 2.0
_NEAR_DEPTHS, _GOES_ON_SHARE = 3.0, 0.3
_OFFSET_SHARE = 0.12
_LEAST_VOXELS = 12
_MOST_OF_LOST = 0.4
_SERIES_MEMBERS, _SERIES_TIMES = 4, 1.3
_LONG_SERIES, _LONG_SERIES_SHARE = 8, 0.6
"""Of fewer members, such as the five lobes of the lungs, all have to be short: one of six models leaves out most on
four of five by chance in one case of fifty, on all five in one of 1,300."""
_OFFSET_VOXELS, _AROUND_SHARE = 0.65, 0.57
_ODD_RATIO = 2.0


def wrong_shapes(facts: CaseFacts) -> list[Suspicion]:
    """What is held against one model alone, far more than against any other on the same structure.

    What a blob takes from a neighbour is told once, as the blob.
    """
    found = [*_standing_out(facts), *_between_two(facts)]
    blobs = [(one.models, one.structures[0]) for one in found if one.kind == kinds.FALSE_BLOB]

    def is_taken(one: Suspicion) -> bool:
        bit = one.models.bit_length() - 1
        voxel = one.voxel
        if one.kind != kinds.HOLE or voxel is None:
            return False
        return any(facts.has_voxel(index, bit, voxel) for models, index in blobs if models == one.models)

    told = [one for one in found if not is_taken(one)]
    return [
        replace(one, explains=one.explains | _taken_by(facts, one)) if one.kind == kinds.FALSE_BLOB else one
        for one in told
    ]


def _taken_by(facts: CaseFacts, blob: Suspicion) -> set[int]:
    """The structures that lack mostly what the blob took from them: it may have cut them in two."""
    bit, index = blob.models.bit_length() - 1, blob.structures[0]
    taken = facts.called[bit][index]
    return {
        other
        for other in np.flatnonzero(taken >= _LEAST_VOXELS).tolist()
        if other != index and taken[other] >= _MOST_OF_LOST * facts.added_and_lost(other, bit)[1]
    }


def _standing_out(facts: CaseFacts) -> Iterator[Suspicion]:
    for index in facts.structures:
        gravest = facts.gravest(index) if facts.box(index) is not None else {}
        if len(gravest) < 3:
            continue
        for bit, region in gravest.items():
            if region is None:
                continue
            noise = noise_of(one.severity if one else 0.0 for other, one in gravest.items() if other != bit)
            volume = facts.others_volume(index, bit)
            stands_out = (
                region.severity >= _TIMES_NOISE * noise
                and region.depth_mm >= _LEAST_STEPS * float(facts.spacing_kji.min())
                and region.n_voxels >= max(_LEAST_VOXELS, _LEAST_SHARE * volume)
            )
            if stands_out and not _is_noise(facts, index, bit, region):
                yield _of_region(facts, index, bit, region, noise)


def _between_two(facts: CaseFacts) -> Iterator[Suspicion]:
    """Where two models alone know a structure, nobody can be blamed, and what is usual is told by other structures."""
    firsts: dict[int, list[DisputedRegion]] = {}
    for index in facts.structures:
        if facts.box(index) is not None and np.count_nonzero(facts.found[index]) == 2 and facts.regions(index):
            firsts[index] = list(facts.regions(index)[:_LOOKED_AT])
    usual = float(np.median([regions[0].severity for regions in firsts.values()])) if firsts else 0.0
    for index, regions in firsts.items():
        for region in regions:
            deep = region.depth_mm >= _LEAST_STEPS * float(facts.spacing_kji.min())
            if deep and region.n_voxels >= _LEAST_VOXELS and region.severity >= _TIMES_NOISE * usual:
                one, other = np.flatnonzero(facts.found[index]).tolist()
                bit = one if facts.has_voxel(index, one, region.voxel) else other
                yield _of_region(facts, index, bit, region, usual)
                break


def _is_shell(region: DisputedRegion) -> bool:
    return region.volume_ml > _SHELL * 4 / 3 * np.pi * region.depth_mm**3 / 1000


def _is_noise(facts: CaseFacts, index: int, bit: int, region: DisputedRegion) -> bool:
    """Whether a region is about as deep as outlines differ everywhere; a wide shell may be deeper, unless it moves the
    boundary as a whole."""
    if not _is_shell(region):
        return region.depth_mm < _TIMES_USUAL * facts.usual_depth_mm
    return region.depth_mm < _TIMES_NOISE * facts.usual_depth_mm and not _moves_boundary(facts, index, bit)


def _moves_boundary(facts: CaseFacts, index: int, bit: int) -> bool:
    """Whether a model's boundary is off by two thirds of a voxel in the mean."""
    least = _OFFSET_VOXELS * float(facts.spacing_kji.mean())
    return abs(_offset_numbers(facts, index, bit)["offset_mm"]) >= least


def _is_all_around(facts: CaseFacts, index: int, bit: int, added: bool) -> bool:
    """Whether a model's boundary lies outside, or inside, that of the others on clearly more than half of the surface.

    A gap moves it in the mean as well, and so does a plate on one side of a flat bone. The surface is that of what is
    smaller. Noise moves it out as often as in: what lies on the other side is taken off.
    """
    most = np.pad(facts.most_of(index, facts.other_finders(index, bit)), 1)
    own = np.pad(facts.patterns(index) & (1 << bit) != 0, 1)
    of_all = beyond = 0.0
    for axis, spacing in enumerate(facts.spacing_kji):
        small, large = (np.moveaxis(mask, axis, 0) for mask in ((most, own) if added else (own, most)))
        for inner, outer in ((np.s_[:-1], np.s_[1:]), (np.s_[1:], np.s_[:-1])):
            face = small[inner] & ~small[outer]
            of_all += face.sum() / spacing
            beyond += ((face & large[outer]).sum() - (face & ~large[inner]).sum()) / spacing
    return bool(beyond > _AROUND_SHARE * of_all)


def _of_region(facts: CaseFacts, index: int, bit: int, region: DisputedRegion, noise: float) -> Suspicion:
    volume = facts.others_volume(index, bit)
    added = facts.has_voxel(index, bit, region.voxel)
    numbers = {
        "volume_ml": region.volume_ml,
        "depth_mm": region.depth_mm,
        "share": min(1.0, region.n_voxels / volume),
    }
    kind = kinds.FALSE_BLOB if added else kinds.HOLE
    if _is_shell(region) and _moves_boundary(facts, index, bit) and _is_all_around(facts, index, bit, added):
        kind, numbers = kinds.BOUNDARY_OFFSET, _offset_numbers(facts, index, bit)
    elif not added and _is_at_an_end(facts, index, bit, region):
        kind = kinds.ENDS_EARLY
    sure = 1 - noise / region.severity
    return Suspicion(
        kind, (index,), 1 << bit, min(1.0, region.n_voxels / volume), volume, 0.5 + 0.5 * sure, numbers, region.voxel,
        frozenset((index,)),
    )  # fmt: skip


def _is_at_an_end(facts: CaseFacts, index: int, bit: int, region: DisputedRegion) -> bool:
    """Whether a region lies at an end of a structure and the model does not go on beyond it.

    It goes on beyond a gap, and beside what it leaves out along one side. Of a long structure the ends are those of
    its longest axis, of others the lowest and the highest slices. Only what is near counts: a bent one, such as a rib,
    comes by again.
    """
    lower = facts.known_box(index).lower
    most = facts.most_of(index, facts.other_finders(index, bit))
    places = np.argwhere(most) * facts.spacing_kji
    if len(places) < 3:
        return False
    lengths, axes = np.linalg.eigh(np.cov((places - places.mean(axis=0)).T))
    axis, share = np.array([1.0, 0.0, 0.0]), _HIGHEST_SHARE
    if lengths[-1] >= _ELONGATED**2 * max(lengths[-2], 1e-9):
        axis, share = axes[:, -1], _END_SHARE
    place = (np.array(region.voxel) - lower) * facts.spacing_kji
    line, at = places @ axis, float(place @ axis)
    low, high = np.quantile(line, [share, 1 - share])
    if low <= at <= high:
        return False
    is_near = np.linalg.norm(places - place, axis=1) <= _NEAR_DEPTHS * region.depth_mm
    beyond = is_near & (line < at if at < low else line > at)
    goes_on = (facts.patterns(index)[most] >> bit & 1)[beyond]
    return goes_on.size == 0 or float(goes_on.mean()) < _GOES_ON_SHARE


def boundary_offsets(facts: CaseFacts) -> Iterator[Suspicion]:
    """Models whose volume is off by a share that is far from that of all others: larger or smaller all around."""
    for index in facts.structures:
        finders = np.flatnonzero(facts.found[index]).tolist()
        if facts.box(index) is None or len(finders) < 3:
            continue
        net = {bit: facts.added_and_lost(index, bit) for bit in finders}
        share = {bit: (plus - minus) / max(1.0, facts.others_volume(index, bit)) for bit, (plus, minus) in net.items()}
        for bit in finders:
            noise = noise_of(abs(share[other]) for other in finders if other != bit)
            if abs(share[bit]) < max(_OFFSET_SHARE, _TIMES_NOISE * noise) or not _moves_boundary(facts, index, bit):
                continue
            numbers = _offset_numbers(facts, index, bit)
            region = facts.region_of(index, 1 << bit)
            yield Suspicion(
                kinds.BOUNDARY_OFFSET, (index,), 1 << bit, min(1.0, abs(share[bit])), facts.others_volume(index, bit),
                0.5 + 0.5 * (1 - noise / abs(share[bit])), numbers, region.voxel if region else None,
                frozenset((index,)),
            )  # fmt: skip


def _offset_numbers(facts: CaseFacts, index: int, bit: int) -> dict[str, float]:
    plus, minus = facts.added_and_lost(index, bit)
    area = facts.others_area_mm2(index, bit)
    volume = facts.others_volume(index, bit)
    return {
        "offset_mm": (plus - minus) * facts.voxel_ml * 1000 / area if area else 0.0,
        "volume_ml": abs(plus - minus) * facts.voxel_ml,
        "volume_ratio": float(facts.volumes[index, bit]) / volume if volume else 0.0,
    }


def series_ends(facts: CaseFacts) -> Iterator[Suspicion]:
    """Models that leave out more than all others on nearly all members of a series, such as the heads of all ribs."""
    series: dict[str, list[int]] = {}
    for index in facts.structures:
        identity = facts.comparison.structures[index].identity
        place = series_place(identity) if isinstance(identity, StructureIdentity) else None
        if place is not None and facts.box(index) is not None and np.count_nonzero(facts.found[index]) > 2:
            series.setdefault(place.series.partition(",")[0], []).append(index)
    for members in series.values():
        if len(members) < _SERIES_MEMBERS:
            continue
        left_out = [{bit: _left_out(facts, index, bit) for bit in range(len(facts.models))} for index in members]
        for bit in range(len(facts.models)):
            own = np.array([_severity(regions[bit]) for regions in left_out])
            rest = np.array(
                [max(one.severity for other, one in regions.items() if one and other != bit) if
                 any(one for other, one in regions.items() if other != bit) else 0.0 for regions in left_out]
            )  # fmt: skip
            stands_out = own > rest
            needed = _LONG_SERIES_SHARE if len(members) >= _LONG_SERIES else 1.0
            if np.mean(stands_out) >= needed and np.median(own) >= _SERIES_TIMES * np.median(rest):
                regions_of = ((members[n], left_out[n][bit]) for n in np.flatnonzero(stands_out))
                here = {index: region for index, region in regions_of if region is not None}
                yield _series_end(facts, here, bit)


def _severity(region: DisputedRegion | None) -> float:
    return 0.0 if region is None else region.severity


def _left_out(facts: CaseFacts, index: int, bit: int) -> DisputedRegion | None:
    """The gravest region that this model alone leaves out."""
    if not facts.found[index, bit]:
        return None
    own = (region for region in facts.regions(index) if region.minority == 1 << bit)
    return next((region for region in own if not facts.has_voxel(index, bit, region.voxel)), None)


def _series_end(facts: CaseFacts, regions: dict[int, DisputedRegion], bit: int) -> Suspicion:
    members = sorted(regions, key=lambda index: -regions[index].severity)
    gravest = regions[members[0]]
    volume = sum(facts.others_volume(index, bit) for index in members)
    lost = sum(region.n_voxels for region in regions.values())
    numbers = {"volume_ml": lost * facts.voxel_ml, "share": lost / volume, "depth_mm": gravest.depth_mm}
    return Suspicion(
        kinds.ENDS_EARLY, tuple(members), 1 << bit, min(1.0, lost / volume), volume, 0.9, numbers, gravest.voxel,
        frozenset(members),
    )  # fmt: skip


def odd_volumes(facts: CaseFacts) -> Iterator[Suspicion]:
    """Volumes of less than half or more than twice the median of the others."""
    for index in facts.structures:
        finders = np.flatnonzero(facts.found[index]).tolist()
        if len(finders) < 2:
            continue
        for bit in finders if len(finders) > 2 else finders[:1]:
            others = facts.others_volume(index, bit)
            ratio = float(facts.volumes[index, bit]) / others
            rest = [float(facts.volumes[index, other]) / others for other in finders if other != bit]
            if 1 / _ODD_RATIO < ratio < _ODD_RATIO or any(r > _ODD_RATIO or r * _ODD_RATIO < 1 for r in rest):
                continue
            numbers = {
                "volume_ratio": ratio,
                "model_volume_ml": float(facts.volumes[index, bit]) * facts.voxel_ml,
                "others_volume_ml": others * facts.voxel_ml,
            }
            region = facts.region_of(index, 1 << bit)
            models = 1 << bit if len(finders) > 2 else sum(1 << other for other in finders)
            yield Suspicion(
                kinds.OUTLIER_VOLUME, (index,), models, min(1.0, abs(1 - ratio)), max(others, ratio * others), 0.7,
                numbers, region.voxel if region else None, frozenset((index,)),
            )  # fmt: skip
