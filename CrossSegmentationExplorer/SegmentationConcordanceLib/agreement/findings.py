"""All findings of a case, or of a cohort: what is wrong, whose error it may be, where to look, the gravest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from ..anatomy.identity import StructureIdentity
from ..anatomy.series import series_place
from . import finding_kinds as kinds
from .boxes import Box
from .case_facts import CaseFacts
from .cohort_volumes import odd_volumes_of_cohort
from .comparison import Comparison
from .disputed_place import place_of
from .families import is_outvoted, said_of_families
from .finding import Finding, gravest_first
from .finding_sentences import NOBODY_BLAMED, listed, readable, said_of
from .fragments import pieces
from .one_model import against_itself
from .severity import Apart, estimated_depth_mm, measured, severity
from .suspicion import Suspicion
from .table import AgreementRow
from .wrong_names import wrong_names
from .wrong_presence import stopped_outputs, wrong_places, wrong_presence
from .wrong_shapes import boundary_offsets, odd_volumes, series_ends, wrong_shapes

_BY_THE_CUT = (kinds.MISSING, kinds.FOUND_ALONE, kinds.OUTLIER_VOLUME, kinds.BOUNDARY_OFFSET, kinds.FRAGMENTED)
"""What the scan's end may bring about: a corner of a lobe that one model sees and another does not."""
_OF_PRESENCE = (kinds.MISSING, kinds.FOUND_ALONE)
"""Of all other kinds a model that found nothing has no say: it has no shape, name or place of its own."""
_SYSTEMATIC_CASES, _SYSTEMATIC_SHARE = 3, 0.75
_CAN_BE_A_DEFINITION = (kinds.BOUNDARY_OFFSET, kinds.ENDS_EARLY, kinds.FALSE_BLOB, kinds.HOLE, kinds.OUTLIER_VOLUME)

_DETECTORS: tuple[Callable[[CaseFacts], Iterable[Suspicion]], ...] = (
    stopped_outputs,
    wrong_names,
    wrong_places,
    wrong_presence,
    series_ends,
    wrong_shapes,
    pieces,
    boundary_offsets,
    odd_volumes,
    against_itself,
)
"""In this order: what an earlier one explains of a model and a structure, a later one does not tell again."""


def findings_of(
    case: str,
    comparison: Comparison,
    boxes: Mapping[str, Box],
    families: Mapping[str, str] | None = None,
    apart: Mapping[tuple[str, str], Apart] | None = None,
) -> list[Finding]:
    """The findings of one case, the gravest first; empty where the models agree. See :attr:`CaseResult.findings`.

    :param boxes: of :attr:`Analysis.boxes`.
    :param families: by model, what it shares training data with: a family does not outvote an outsider unsaid. None
        for what the comparison says.
    :param apart: of these models, see :func:`.severity.measured`; measured here where it is None.
    """
    if families is None:
        families = {model: comparison.family(bit) for bit, model in enumerate(comparison.models)}
    facts = CaseFacts(case, comparison, boxes, families, measured(comparison) if apart is None else apart)
    told: list[Suspicion] = []
    explained: set[tuple[int, int]] = set()
    for detect in _DETECTORS:
        found = [one for one in detect(facts) if not _is_explained(one, explained)]
        told += found
        for one in found:
            explained.update((bit, index) for bit in _bits(one.models) for index in one.explains)
    return gravest_first(_finding(facts, one) for one in _joined(told))


def findings_of_cohort(by_case: Sequence[Sequence[Finding]], agreement: Sequence[AgreementRow] = ()) -> list[Finding]:
    """The findings of several cases: what a model does in the same way in nearly every case is one, of another
    definition; and volumes that are odd for the cohort.

    :param by_case: what :func:`findings_of` gives, one item per case.
    :param agreement: rows of these cases, see :func:`.odd_volumes_of_cohort`.
    """
    groups: dict[tuple, list[Finding]] = {}
    for finding in (finding for findings in by_case for finding in findings):
        groups.setdefault(_way(finding), []).append(finding)
    found = []
    for group in groups.values():
        cases = tuple(dict.fromkeys(finding.case for finding in group))
        systematic = len(cases) >= max(_SYSTEMATIC_CASES, _SYSTEMATIC_SHARE * len(by_case))
        found += [_definition(group, cases)] if systematic and _can_be_a_definition(group[0]) else group
    return gravest_first([*found, *odd_volumes_of_cohort(agreement, found)])


def _can_be_a_definition(finding: Finding) -> bool:
    """Not where one model is held against itself: it differs from nobody."""
    return finding.kind in _CAN_BE_A_DEFINITION and len(finding.models) + len(finding.others) > 1


def _is_explained(one: Suspicion, explained: set[tuple[int, int]]) -> bool:
    return all((bit, one.structures[0]) in explained for bit in _bits(one.models))


def _joined(told: Sequence[Suspicion]) -> list[Suspicion]:
    """The same error of two models as one: they may be of one family."""
    groups: dict[tuple, list[Suspicion]] = {}
    for one in told:
        groups.setdefault((one.kind, one.structures), []).append(one)
    joined = []
    for group in groups.values():
        first = max(group, key=lambda one: one.confidence)
        models = 0
        for one in group:
            models |= one.models
        joined.append(replace(first, models=models))
    return joined


def _finding(facts: CaseFacts, one: Suspicion) -> Finding:
    structures = [facts.comparison.structures[index] for index in one.structures]
    names = [readable(structure.name) for structure in structures]
    voters = [bit for bit in range(len(facts.models)) if facts.knows[one.structures[0], bit]]
    bits = _bits(one.models)
    models = [facts.models[bit] for bit in bits]
    if one.kind in _OF_PRESENCE:
        with_say = voters
    else:
        with_say = [bit for bit in voters if facts.found[list(one.structures), bit].any()]
    rest = [facts.models[bit] for bit in with_say if bit not in bits]
    alone = len(voters) == 1
    is_blamed = alone or is_outvoted(models, rest, facts.families)
    lead = f"{facts.case}, {_what(one, structures, names)}"
    first, others = (models, rest) if rest else (models[:1], models[1:])
    sentence = f"{lead}: {said_of(one.kind, names, first, others, one.numbers, alone=alone)}."
    confidence, note = said_of_families(models, rest, facts.families)
    sentence += note if is_blamed else f"{note} {NOBODY_BLAMED}"
    if alone and len(facts.models) > 1:
        sentence += f" No other model knows {'it' if len(names) == 1 else 'them'}."
    return Finding(
        kind=one.kind,
        case=facts.case,
        structures=tuple(structure.key for structure in structures),
        names=tuple(structure.name for structure in structures),
        models=tuple(models if is_blamed else [*models, *rest]),
        sentence=sentence,
        lead=lead,
        others=tuple(rest) if is_blamed else (),
        is_blamed=is_blamed,
        suspects=tuple(models),
        numbers=dict(one.numbers),
        place_ras=None if one.voxel is None else place_of(facts.comparison.geometry, one.voxel),
        confidence=one.confidence * confidence,
        severity=_severity(facts, one),
        is_cut=one.kind in _BY_THE_CUT and facts.is_cut(one.structures[0]),
    )


def _severity(facts: CaseFacts, one: Suspicion) -> float:
    """Of all that is apart between these models and the others on these structures, as one; never less than of one.

    Of a structure that one model alone knows it is the region that the suspicion is about.
    """
    keys = [facts.comparison.structures[index].key for index in one.structures]
    models = [facts.models[bit] for bit in _bits(one.models)]
    rows = [facts.apart[key, model] for key in keys for model in models if (key, model) in facts.apart]
    if not rows:
        ml = one.numbers.get("volume_ml", one.share * one.volume * facts.voxel_ml)
        return severity(ml, one.numbers.get("depth_mm", estimated_depth_mm(ml, 0.0, lost=True)), lost=False)
    total_ml, deepest = sum(row.disputed_ml for row in rows), max(row.depth_mm for row in rows)
    together = severity(total_ml, deepest, lost=all(row.lost for row in rows))
    return max(together, *(row.severity for row in rows))


def _what(one: Suspicion, structures: Sequence, names: Sequence[str]) -> str:
    """The structures in words: members of a series that follow each other as "vertebrae T2 to T10"."""
    if one.kind in (kinds.INCLUDES_NEIGHBOUR, kinds.SPLIT):
        return names[0]
    coded = [one.identity for one in structures if isinstance(one.identity, StructureIdentity)]
    places = [place for identity in coded if (place := series_place(identity)) is not None]
    if len(names) > 2 and len(places) == len(structures) and len({place.series for place in places}) == 1:
        ordered = sorted(places, key=lambda place: place.position)
        if ordered[-1].position - ordered[0].position < len(names) + 0.5:
            return f"{ordered[0].series.partition(',')[0]} {ordered[0].member} to {ordered[-1].member}"
    return listed(names)


def _way(finding: Finding) -> tuple:
    """What makes findings of several cases the same: the model, what it is about and which way it goes."""
    sign = finding.numbers.get("offset_mm", 0.0) > 0
    what = finding.structures[:1] if len(finding.structures) < 3 else ("several",)
    series = tuple(sorted({name.rstrip("0123456789CTLS").rstrip("_") for name in finding.names}))
    return finding.kind, finding.models, finding.suspects, what if what != ("several",) else series, sign


def _definition(group: Sequence[Finding], cases: tuple[str, ...]) -> Finding:
    first = gravest_first(group)[0]
    what = first.lead.removeprefix(f"{first.case}, ")
    lead = f"{what} in {len(cases):,} cases"
    said = first.sentence.removeprefix(f"{first.lead}: ")
    if first.is_blamed:
        differ = said_of(kinds.OTHER_DEFINITION, (), first.models, first.others, {})
    else:
        differ = f"{listed(first.models)} differ in the same way in every case"
    sentence = f"{lead}: {differ}. In {first.case}: {said}"
    return replace(
        first,
        kind=kinds.OTHER_DEFINITION,
        sentence=sentence,
        lead=lead,
        cases=cases,
        numbers={**first.numbers, "n_cases": len(cases)},
        confidence=max(finding.confidence for finding in group),
    )


def _bits(models: int) -> list[int]:
    return [bit for bit in range(models.bit_length()) if models >> bit & 1]
