"""The worst of what a comparison found, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..agreement.table import AgreementRow, PairwiseRow
from .disagreements import ALONE, APART, LOW, MISSED, NO_OVERLAP, Disagreement, disagreements, is_cut

NAMES_SHOWN = 4
SYSTEMATIC_CASES = 3
"""From so many cases on, one model's failure on one structure is told once for all of them."""
GOOD_DICE = 0.9
"""A lowest Dice from here on is no finding by itself."""
NO_FINDING = f"No finding: no structure is missing or without a consensus, and every Dice is at least {GOOD_DICE:g}."
KINDS_AS_TOLD = (MISSED, ALONE, NO_OVERLAP, APART)


@dataclass(frozen=True)
class Finding:
    """A sentence, and where to look: the case, the first structure and the model are those of its gravest row.

    :param text: names in it are as in the rows: untrusted text.
    :param lead: the beginning of the text that says where: the structures, and the case or cases.
    :param case: of several the one with the gravest row.
    :param structures: keys, or names without one; the one that the text names first comes first.
    :param model: the one that may have failed, the first of several.
    """

    text: str
    lead: str = ""
    case: str = ""
    structures: tuple[str, ...] = ()
    model: str = ""


def worst_findings(
    agreement: Sequence[AgreementRow],
    pairwise: Sequence[PairwiseRow],
    limit: int = 10,
    case_labels: Mapping[str, str] | None = None,
) -> list[Finding]:
    """The findings with the most and the gravest disagreements first.

    What one model does on one structure in many cases is one finding, and so is what it does on several structures of
    one case, such as vertebrae that are named one too high. Where the pairs do not tell who fails, the lowest Dice of
    case and structure follow where it is below ``GOOD_DICE``; where both kinds are, these have a third of the places.

    :param agreement: of these the ones of the first row's consensus count.
    :param case_labels: what cases are called in the sentences, where not by their names.
    :returns: empty when there is nothing to compare, or nothing is wrong.
    """
    found = disagreements([row for row in agreement if row.consensus == agreement[0].consensus], pairwise)
    told = _Sentences(case_labels or {})
    blamed = sorted(_grouped(one for one in found if one.suspects), key=_weight, reverse=True)
    low = (one for one in found if not one.suspects and not _is_good(one))
    lowest = sorted(_grouped_by_lowest(low), key=_gravest, reverse=True)
    kept = min(len(lowest), limit // 3) if blamed else limit
    shown = [told.of_group(group) for group in blamed[: limit - kept]]
    return shown + [told.of_lowest(group) for group in lowest[: limit - len(shown)]]


def _is_good(one: Disagreement) -> bool:
    return one.kind == LOW and one.worst.dice >= GOOD_DICE


def _gravest(group: Sequence[Disagreement]) -> float:
    return max(one.gravity for one in group)


def _weight(group: Sequence[Disagreement]) -> float:
    return sum(one.gravity for one in group)


def _grouped(found: Iterable[Disagreement]) -> list[list[Disagreement]]:
    """By suspect and cases where a structure has it in several of them, else by suspect and case."""
    by_structure: dict[tuple, list[Disagreement]] = {}
    for one in found:
        by_structure.setdefault((one.suspects, one.structure, one.kind), []).append(one)
    groups: dict[tuple, list[Disagreement]] = {}
    for (suspects, _, kind), there in by_structure.items():
        if len(there) >= SYSTEMATIC_CASES:
            groups.setdefault((suspects, kind, tuple(one.case for one in there)), []).extend(there)
        else:
            for one in there:
                groups.setdefault((suspects, one.case), []).append(one)
    return list(groups.values())


def _grouped_by_lowest(found: Iterable[Disagreement]) -> list[list[Disagreement]]:
    """By structure and the model with the lowest Dice where that is so in several cases, the lowest first."""
    groups: dict[tuple, list[Disagreement]] = {}
    for one in sorted(found, key=lambda one: one.gravity, reverse=True):
        groups.setdefault((one.structure, one.worst.model, one.kind), []).append(one)
    return [
        group
        for there in groups.values()
        for group in ([there] if len(there) >= SYSTEMATIC_CASES else [[one] for one in there])
    ]


class _Sentences:
    def __init__(self, case_labels: Mapping[str, str]) -> None:
        self._case_labels = case_labels

    def _case(self, case: str) -> str:
        return self._case_labels.get(case, case)

    def of_group(self, group: Sequence[Disagreement]) -> Finding:
        """Of disagreements with the same suspects, in one case or on one structure."""
        suspects = group[0].suspects
        cases = list(dict.fromkeys(one.case for one in group))
        structures = tuple(dict.fromkeys(one.structure for one in group))
        what = _readable(group[0].name) if len(structures) == 1 else f"{len(structures)} structures"
        lead, where = f"{self._case(cases[0])}, {what}", ""
        if len(cases) > 1:
            lead, where = f"{what} in {len(cases):,} cases", f" ({_listed([self._case(case) for case in cases])})"
        clauses = [clause for kind in KINDS_AS_TOLD if (clause := _clause(group, kind))]
        text = f"{lead}{where}: {_listed(suspects)} {'; '.join(clauses)}."
        first = _told_first(group)
        rest = tuple(structure for structure in structures if structure != first.structure)
        return Finding(text, lead, first.case, (first.structure, *rest), suspects[0])

    def of_lowest(self, group: Sequence[Disagreement]) -> Finding:
        """Of disagreements without suspects, on one structure, the lowest Dice first."""
        one, row = group[0], group[0].worst
        lead = f"{self._case(one.case)}, {_readable(one.name)}"
        many = f"{_readable(one.name)} in {len(group):,} cases"
        cut = " The end of the scan cuts it." if is_cut(row) else ""
        if one.kind == NO_OVERLAP:
            what = f"no voxel is common to all {one.others} models"
            text = f"{lead}: {what}." if len(group) == 1 else f"{many}: {what}; {self._case(one.case)} is one of them."
        elif len(group) == 1:
            text = f"{lead}: {row.model} has Dice {row.dice:.3f} with the {row.consensus}{_volumes(row)}.{cut}"
        else:
            text = (
                f"{many}: {row.model} has the lowest Dice with the {row.consensus}, {row.dice:.3f} to"
                f" {group[-1].worst.dice:.3f}; lowest in {self._case(one.case)}{_volumes(row)}.{cut}"
            )
        return Finding(text, lead if len(group) == 1 else many, one.case, (one.structure,), row.model)


def _told_first(group: Sequence[Disagreement]) -> Disagreement:
    """Of the structure that the sentence names first, the gravest."""
    first = min(group, key=lambda one: KINDS_AS_TOLD.index(one.kind))
    same = [one for one in group if (one.structure, one.kind) == (first.structure, first.kind)]
    return max(same, key=lambda one: one.gravity)


def _volumes(row: AgreementRow) -> str:
    if row.volume_ml is None or row.consensus_volume_ml is None:
        return ""
    return f" ({row.volume_ml:.1f} ml against {row.consensus_volume_ml:.1f} ml)"


def _clause(group: Sequence[Disagreement], kind: str) -> str:
    """What the suspects did, said after their names; which structures, where the finding has several."""
    of_kind = [one for one in group if one.kind == kind]
    if not of_kind:
        return ""
    several = len({one.structure for one in group}) > 1
    names = _listed(list(dict.fromkeys(_readable(one.name) for one in of_kind)))
    one_model = len(of_kind[0].suspects) == 1
    others = {one.others for one in of_kind}
    count = f"the {others.pop()} others" if len(others) == 1 and others != {1} else "the others"
    if kind == MISSED:
        return f"found no {names}, {count} did" if several else f"found nothing, {count} did"
    if kind == ALONE:
        what = names if several else "it"
        return f"{'alone ' if one_model else ''}found {what}, {count} that know it did not"
    dice = _span([one.own_dice for one in of_kind])
    rest = _span([one.others_dice for one in of_kind])
    where = f" on {names}" if several else ""
    verb = "stands apart" if one_model else "stand apart"
    empty = ", no voxel is common to all" if kind == NO_OVERLAP else ""
    return f"{verb}{where}: pairwise Dice {dice} with the others, {rest} among themselves{empty}"


def _span(values: Sequence[float | None]) -> str:
    """From the lowest to the highest, with two digits."""
    known = [value for value in values if value is not None]
    lowest, highest = f"{min(known):.2f}", f"{max(known):.2f}"
    return lowest if lowest == highest else f"{lowest} to {highest}"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:NAMES_SHOWN])
    return f"{shown} and {len(names) - NAMES_SHOWN:,} more" if len(names) > NAMES_SHOWN else shown


def _readable(structure: str) -> str:
    return structure.replace("_", " ")
