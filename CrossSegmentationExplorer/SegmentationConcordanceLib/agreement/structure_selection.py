"""Which structures of a cohort a statement is about: rules, each with what it left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..anatomy.groups import group_of, require_groups, shipped_groups
from .table import MISSING, NOT_LOOKED_FOR, TRUNCATED, AgreementRow

Structure = tuple[str, str]
"""Harmonized name and key."""

KEPT = ""


@dataclass(frozen=True, slots=True)
class SelectionRules:
    """The rules, applied in this order.

    :param min_models: at least so many models know the structure.
    :param min_case_share: found by some model in at least this share of the cases, 0 to 1.
    :param max_truncated_share: truncated by the field of view, in any model, in at most this share of the cases that
        show it.
    :param groups: titles of groups; empty for all.
    """

    min_models: int = 2
    min_case_share: float = 0.0
    max_truncated_share: float = 1.0
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class StructureSelection:
    """What the rules did.

    :param reasons: by structure why it was left out; ``KEPT`` where it was not.
    """

    rules: SelectionRules
    reasons: Mapping[Structure, str]

    @property
    def kept(self) -> tuple[Structure, ...]:
        """The structures that are left, in the order of the table."""
        return tuple(one for one, reason in self.reasons.items() if reason == KEPT)

    @property
    def sentence(self) -> str:
        """The counts, rule by rule."""
        counts: dict[str, int] = {}
        for reason in self.reasons.values():
            if reason:
                counts[reason] = counts.get(reason, 0) + 1
        left_out = "; ".join(f"{count} {reason}" for reason, count in counts.items())
        told = f"{len(self.reasons)} structures, {len(self.kept)} kept"
        return f"{told}. Left out: {left_out}." if left_out else f"{told}."


def select_structures(agreement: Sequence[AgreementRow], rules: SelectionRules) -> StructureSelection:
    """Apply the rules to the structures of a table.

    :param agreement: rows of one consensus method; the method does not matter here.
    :raises ConcordanceError: a rule names a group that there is not.
    """
    require_groups(rules.groups)
    n_cases = len({row.case for row in agreement})
    models: dict[Structure, set[str]] = {}
    shown: dict[Structure, set[str]] = {}
    cut: dict[Structure, set[str]] = {}
    for row in agreement:
        one = (row.structure, row.structure_key)
        models.setdefault(one, set())
        if row.status != NOT_LOOKED_FOR:
            models[one].add(row.model)
        if row.status not in (MISSING, NOT_LOOKED_FOR):
            shown.setdefault(one, set()).add(row.case)
        if row.status == TRUNCATED:
            cut.setdefault(one, set()).add(row.case)
    reasons = {}
    for one, who in models.items():
        n_shown, n_cut = len(shown.get(one, ())), len(cut.get(one, ()))
        reasons[one] = _reason(one[0], len(who), n_shown, n_cut, n_cases, rules)
    return StructureSelection(rules, reasons)


def _reason(name: str, n_models: int, n_shown: int, n_cut: int, n_cases: int, rules: SelectionRules) -> str:
    if n_models < rules.min_models:
        return f"known by fewer than {rules.min_models} models"
    if n_shown < max(rules.min_case_share * n_cases, 1):
        return f"found in less than {rules.min_case_share:.0%} of the cases" if n_shown else "found in no case"
    if n_cut > rules.max_truncated_share * n_shown:
        return f"truncated by the field of view in more than {rules.max_truncated_share:.0%} of the cases"
    if rules.groups and group_of(name, shipped_groups()) not in rules.groups:
        return "of another group"
    return KEPT
