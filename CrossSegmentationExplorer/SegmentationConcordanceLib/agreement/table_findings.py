"""What the tables alone tell: who missed a structure, found it alone or stands apart, and where agreement is low."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from . import finding_kinds as kinds
from .disagreements import ALONE, APART, LOW, MISSED, NO_OVERLAP, Disagreement, disagreements
from .families import families_of, is_outvoted, said_of_families
from .finding import Finding, gravest_first
from .finding_sentences import NAMES_SHOWN, NOBODY_BLAMED, listed, readable
from .severity import is_cut, severities
from .table import AgreementRow, PairwiseRow

SYSTEMATIC_CASES = 3
"""From so many cases on, one model's failure on one structure is told once for all of them."""
GOOD_DICE = 0.9
"""A lowest Dice from here on is no finding by itself."""
NO_FINDING = f"No finding: no structure is missing or without a consensus, and every Dice is at least {GOOD_DICE:g}."
KINDS_AS_TOLD = (MISSED, ALONE, NO_OVERLAP, APART)


_KIND_OF = {
    MISSED: kinds.MISSING,
    ALONE: kinds.FOUND_ALONE,
    NO_OVERLAP: kinds.NO_OVERLAP,
    APART: kinds.STANDS_APART,
    LOW: kinds.LOW_AGREEMENT,
}
_CONFIDENCE = {MISSED: 0.95, ALONE: 0.9, NO_OVERLAP: 0.6, APART: 0.8, LOW: 0.5}


def worst_findings(
    agreement: Sequence[AgreementRow],
    pairwise: Sequence[PairwiseRow],
    limit: int = 10,
    case_labels: Mapping[str, str] | None = None,
) -> list[Finding]:
    """The findings, the gravest first, see :func:`.gravest_first`.

    What one model does on one structure in many cases is one finding, and so is what it does on several structures of
    one case, such as vertebrae that are named one too high. Where the pairs do not tell who fails, the lowest Dice of
    case and structure is one where it is below ``GOOD_DICE``.

    :param agreement: of any number of consensuses; of each structure the one with the gravest disagreement counts.
    :param case_labels: what cases are called in the sentences, where not by their names.
    :returns: empty when there is nothing to compare, or nothing is wrong.
    """
    found = disagreements(agreement, pairwise)
    told = _Sentences(case_labels or {}, _gravest_of(agreement), families_of(agreement))
    suspected = told.grouped(one for one in found if one.suspects)
    low = (one for one in found if not one.suspects and not _is_good(one))
    return gravest_first([*map(told.of_group, suspected), *map(told.of_lowest, _grouped_by_lowest(low))])[:limit]


def _gravest_of(agreement: Sequence[AgreementRow]) -> dict[tuple[str, str, str], tuple[float, bool]]:
    """By case, structure and model the highest severity over all consensuses, and whether it is truncated by the
    field of view."""
    found: dict[tuple[str, str, str], tuple[float, bool]] = {}
    for row, grave in zip(agreement, severities(agreement)):
        what = (row.case, row.structure_id, row.model)
        before, cut = found.get(what, (0.0, False))
        found[what] = max(before, grave), cut or is_cut(row)
    return found


def _is_good(one: Disagreement) -> bool:
    return one.kind == LOW and one.dice >= GOOD_DICE


def _grouped_by_lowest(found: Iterable[Disagreement]) -> list[list[Disagreement]]:
    """By structure and the models concerned where that is so in several cases, the lowest Dice first."""
    groups: dict[tuple, list[Disagreement]] = {}
    for one in sorted(found, key=lambda one: one.gravity, reverse=True):
        groups.setdefault((one.structure, _concerned(one), one.kind), []).append(one)
    return [
        group
        for there in groups.values()
        for group in ([there] if len(there) >= SYSTEMATIC_CASES else [[one] for one in there])
    ]


def _concerned(one: Disagreement) -> tuple[str, ...]:
    """Of a disagreement without suspects: all models; held against a reference the one with the lowest Dice."""
    return (one.lowest[0].model,) if one.has_reference else one.others


class _Sentences:
    def __init__(
        self,
        case_labels: Mapping[str, str],
        severity_of: Mapping[tuple[str, str, str], tuple[float, bool]],
        families: Mapping[str, str],
    ) -> None:
        self._case_labels = case_labels
        self._severity_of = severity_of
        self._families = families

    def _is_blamed(self, one: Disagreement) -> bool:
        return bool(one.suspects) and is_outvoted(one.suspects, one.others, self._families)

    def _sides(self, one: Disagreement) -> tuple[tuple[str, ...], ...]:
        """The suspects; and the others, where nobody is blamed and the finding names all."""
        return (one.suspects,) if self._is_blamed(one) else (one.suspects, one.others)

    def grouped(self, found: Iterable[Disagreement]) -> list[list[Disagreement]]:
        """By sides and cases where a structure has it in several of them, else by sides and case."""
        by_structure: dict[tuple, list[Disagreement]] = {}
        for one in found:
            by_structure.setdefault((self._sides(one), one.structure, one.kind), []).append(one)
        groups: dict[tuple, list[Disagreement]] = {}
        for (sides, _, kind), there in by_structure.items():
            if len(there) >= SYSTEMATIC_CASES:
                groups.setdefault((sides, kind, tuple(one.case for one in there)), []).extend(there)
            else:
                for one in there:
                    groups.setdefault((sides, one.case), []).append(one)
        return list(groups.values())

    def _severity(self, group: Sequence[Disagreement]) -> tuple[float, bool]:
        """The highest of the models concerned, and whether all structures are truncated by the field of view."""
        known = [
            [self._severity_of[what] for model in (*one.suspects, *one.others)
             if (what := (one.case, one.structure, model)) in self._severity_of]
            for one in group
        ]  # fmt: skip
        own = [
            self._severity_of.get((one.case, one.structure, model), (0.0, False))[0]
            for one in group
            for model in one.suspects or one.others
        ]
        return max(own, default=0.0), all(any(cut for _, cut in of_one) for of_one in known)

    def _case(self, case: str) -> str:
        return self._case_labels.get(case, case)

    def of_group(self, group: Sequence[Disagreement]) -> Finding:
        """Of disagreements with the same suspects, in one case or on one structure."""
        suspects = group[0].suspects
        cases = list(dict.fromkeys(one.case for one in group))
        structures = tuple(dict.fromkeys(one.structure for one in group))
        what = readable(group[0].name) if len(structures) == 1 else f"{len(structures)} structures"
        lead, where = f"{self._case(cases[0])}, {what}", ""
        if len(cases) > 1:
            lead, where = f"{what} in {len(cases):,} cases", f" ({_listed([self._case(case) for case in cases])})"
        clauses = [clause for kind in KINDS_AS_TOLD if (clause := _clause(group, kind))]
        text = f"{lead}{where}: {_listed(suspects)} {'; '.join(clauses)}."
        first = _told_first(group)
        is_blamed = self._is_blamed(first)
        of_family, note = said_of_families(suspects, first.others, self._families)
        text += note if is_blamed else f"{note} {NOBODY_BLAMED}"
        rest = tuple(structure for structure in structures if structure != first.structure)
        severity, cut = self._severity(group)
        return replace(
            _finding(group, first, (first.structure, *rest), text, lead),
            models=suspects if is_blamed else (*suspects, *first.others),
            others=first.others if is_blamed else (),
            is_blamed=is_blamed,
            suspects=suspects,
            confidence=_CONFIDENCE[first.kind] * of_family,
            severity=severity,
            is_cut=cut,
        )

    def of_lowest(self, group: Sequence[Disagreement]) -> Finding:
        """Of disagreements without suspects, on one structure, the lowest Dice first."""
        one = group[0]
        lead = f"{self._case(one.case)}, {readable(one.name)}"
        if len(group) > 1:
            lead = f"{readable(one.name)} in {len(group):,} cases"
        concerned = _concerned(one)
        said = self._of_two(group) if one.is_of_two else self._of_more(group)
        text = f"{lead}: {said}."
        if any(is_cut(row) for row in one.rows if row.model in concerned):
            text += " It is truncated by the field of view."
        if len(concerned) > 1:
            text += f" {NOBODY_BLAMED}"
        severity, cut = self._severity(group)
        told = _finding(group, one, (one.structure,), text, lead)
        least = _agree_least(one)
        return replace(told, models=concerned, is_blamed=False, suspects=least, severity=severity, is_cut=cut)

    def _of_two(self, group: Sequence[Disagreement]) -> str:
        """What two models do not have in common; both are named, as the numbers do not tell who fails."""
        one = group[0]
        who = listed(one.others)
        if one.kind == NO_OVERLAP:
            return f"{who} have no voxel in common{self._one_of(group)}{_both_volumes(one)}"
        where = f"; lowest in {self._case(one.case)}" if len(group) > 1 else ""
        if one.pair_dice is None:
            dice = " and ".join(f"{row.dice:.3f}" for row in one.rows if row.dice is not None)
            return f"{who} agree little{where}: Dice {dice} with the {one.lowest[0].consensus}{_both_volumes(one)}"
        span = f"{one.dice:.3f}" if len(group) == 1 else f"{one.dice:.3f} to {group[-1].dice:.3f}"
        return f"{who} agree with Dice {span}{where}{_both_volumes(one)}"

    def _one_of(self, group: Sequence[Disagreement]) -> str:
        return f"; {self._case(group[0].case)} is one of them" if len(group) > 1 else ""

    def _of_more(self, group: Sequence[Disagreement]) -> str:
        """What several models do not agree on; all are named, but where one is held against a reference."""
        one = group[0]
        who, (row, dice) = _concerned(one), one.lowest
        if one.kind == NO_OVERLAP:
            return f"no voxel is common to all {len(one.others)} models{self._one_of(group)}"
        where = f"; lowest in {self._case(one.case)}" if len(group) > 1 else ""
        if len(who) == 1:
            has = f"{row.model} has Dice {dice:.3f} with the {row.consensus}"
            if where:
                span = _span([other.dice for other in group], 3)
                has = f"{row.model} has the lowest Dice with the {row.consensus}, {span}{where}"
            return has + _volumes(row)
        span = _span([other.dice for other in (group if where else one.rows)], 3)
        numbers = f"lowest Dice with the {row.consensus} {span}" if where else f"Dice {span} with the {row.consensus}"
        all_of_them = listed(who) if len(who) <= NAMES_SHOWN else f"the {len(who)} models"
        return f"{all_of_them} agree little: {numbers}{where}{_span_of_volumes(one)}{_least(one)}"


def _finding(
    group: Sequence[Disagreement], first: Disagreement, structures: tuple[str, ...], text: str, lead: str
) -> Finding:
    """The finding of a group, without whom it is about; ``first`` is the disagreement to look at."""
    names = {one.structure: one.name for one in group}
    cases = tuple(dict.fromkeys(one.case for one in group))
    numbers = {
        "model_dice": first.own_dice,
        "others_dice": first.others_dice,
        "dice": None if first.worst is None or first.pair_dice is not None else first.worst.dice,
        "pair_dice": first.pair_dice,
        "n_cases": len(cases) if len(cases) > 1 else None,
    }
    return Finding(
        kind=_KIND_OF[first.kind],
        case=first.case,
        structures=structures,
        names=tuple(names[structure] for structure in structures),
        models=(),
        sentence=text,
        lead=lead,
        numbers={key: value for key, value in numbers.items() if value is not None},
        confidence=_CONFIDENCE[first.kind],
        cases=cases if len(cases) > 1 else (),
    )


def _told_first(group: Sequence[Disagreement]) -> Disagreement:
    """Of the structure that the sentence names first, the gravest."""
    first = min(group, key=lambda one: KINDS_AS_TOLD.index(one.kind))
    same = [one for one in group if (one.structure, one.kind) == (first.structure, first.kind)]
    return max(same, key=lambda one: one.gravity)


def _volumes(row: AgreementRow) -> str:
    if row.volume_ml is None or row.consensus_volume_ml is None:
        return ""
    return f" ({row.volume_ml:.1f} ml against {row.consensus_volume_ml:.1f} ml)"


def _both_volumes(one: Disagreement) -> str:
    known = [row.volume_ml for row in one.rows if row.volume_ml is not None]
    return f" ({' and '.join(f'{ml:.1f} ml' for ml in known)})" if len(known) == len(one.rows) else ""


def _span_of_volumes(one: Disagreement) -> str:
    known = [row.volume_ml for row in one.rows if row.volume_ml is not None]
    return f" ({_span(known, 1)} ml)" if known else ""


def _agree_least(one: Disagreement) -> tuple[str, ...]:
    """The two models that agree least: none where the sentence does not name them."""
    if one.kind != LOW or one.least is None or one.least.dice is None or one.has_reference:
        return ()
    return one.least.model_a, one.least.model_b


def _least(one: Disagreement) -> str:
    """The two models that agree least, where pairs are known."""
    if one.least is None or one.least.dice is None:
        return ""
    return f", {one.least.model_a} and {one.least.model_b} least with each other, {one.least.dice:.3f}"


def _clause(group: Sequence[Disagreement], kind: str) -> str:
    """What the suspects did, said after their names; which structures, where the finding has several."""
    of_kind = [one for one in group if one.kind == kind]
    if not of_kind:
        return ""
    several = len({one.structure for one in group}) > 1
    names = _listed(list(dict.fromkeys(readable(one.name) for one in of_kind)))
    one_model = len(of_kind[0].suspects) == 1
    others = {len(one.others) for one in of_kind}
    count = "the others" if len(others) > 1 else of_kind[0].others[0] if others == {1} else f"the {max(others)} others"
    knows = "knows" if others == {1} else "know"
    if kind == MISSED:
        return f"found no {names}, {count} did" if several else f"found nothing, {count} did"
    if kind == ALONE:
        what = names if several else "it"
        return f"{'alone ' if one_model else ''}found {what}, {count} that {knows} it did not"
    dice = _span([one.own_dice for one in of_kind])
    rest = _span([one.others_dice for one in of_kind])
    where = f" on {names}" if several else ""
    verb = "stands apart" if one_model else "stand apart"
    empty = ", no voxel is common to all" if kind == NO_OVERLAP else ""
    return f"{verb}{where}: pairwise Dice {dice} with the others, {rest} among themselves{empty}"


def _span(values: Sequence[float | None], digits: int = 2) -> str:
    """From the lowest to the highest."""
    known = [value for value in values if value is not None]
    lowest, highest = f"{min(known):.{digits}f}", f"{max(known):.{digits}f}"
    return lowest if lowest == highest else f"{lowest} to {highest}"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:NAMES_SHOWN])
    return f"{shown} and {len(names) - NAMES_SHOWN:,} more" if len(names) > NAMES_SHOWN else shown
