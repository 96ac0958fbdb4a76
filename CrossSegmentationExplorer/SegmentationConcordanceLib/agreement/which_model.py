"""Which model, for which structure: the models of a cohort compared per group of structures and per structure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..anatomy.groups import group_of, shipped_groups
from .cohort_traits import (
    AcquisitionEffect,
    FailureRate,
    OtherDefinition,
    Repeatability,
    acquisition_effects,
    failure_rates,
    other_definitions,
    repeatability,
)
from .model_comparison import ALPHA, FEWEST_PATIENTS, ModelComparison, compare_models_over_patients
from .peer_scores import PeerScores, by_patient
from .structure_selection import SelectionRules, Structure, StructureSelection, select_structures
from .table import AgreementRow, PairwiseRow

GROUP, STRUCTURE = "group", "structure"


@dataclass(frozen=True)
class ScopeAnswer:
    """The answer for a group or a structure.

    :param kind: ``GROUP`` or ``STRUCTURE``.
    :param structures: those that the scores are the mean of, as far as all models know them.
    :param n_left_out: cases that some model has no score in.
    """

    kind: str
    name: str
    structures: tuple[Structure, ...]
    n_cases: int
    n_left_out: int
    comparison: ModelComparison

    @property
    def sentence(self) -> str:
        """The answer in words; no difference that was not shown."""
        first = self.comparison.first
        if self.comparison.n_patients < FEWEST_PATIENTS:
            n = self.comparison.n_patients
            return f"No difference can be shown with {n} patient{'s' * (n > 1)}; it takes {FEWEST_PATIENTS}."
        if not self.comparison.differs:
            any_shown = (self.comparison.friedman_p or 1) < ALPHA
            return "The models differ, but no two could be told apart." if any_shown else "No difference shown."
        behind = ", ".join(model for model in self.comparison.models if model not in first)
        if len(first) == 1:
            return f"{first[0]} agrees most with the others; behind it: {behind}."
        if not behind:
            return f"No difference shown to the one that agrees most with the others, {self.best}."
        return f"No difference shown among {', '.join(first)}; behind {self.best}: {behind}."

    @property
    def best(self) -> str:
        """The model with the highest score; that it differs from others is not said."""
        return min(self.comparison.models, key=lambda model: self.comparison.ranks[model].value)


@dataclass(frozen=True)
class WhichModel:
    """The whole answer.

    :param families: by model the name of its family, of those that were named.
    """

    selection: StructureSelection
    families: Mapping[str, str]
    scopes: tuple[ScopeAnswer, ...]
    failures: tuple[FailureRate, ...]
    repeatability: tuple[Repeatability, ...]
    acquisition: tuple[AcquisitionEffect, ...]
    definitions: tuple[OtherDefinition, ...]


def which_model(
    agreement: Sequence[AgreementRow],
    pairs: Sequence[PairwiseRow],
    *,
    rules: SelectionRules | None = None,
    families: Mapping[str, str] | None = None,
    patients: Mapping[str, str] | None = None,
    facts: Mapping[str, Mapping[str, str]] | None = None,
) -> WhichModel:
    """Compare the models of a cohort.

    :param agreement: of one consensus method; only what was found, how large, and its status is used.
    :param families: by model the name of its family, see :mod:`.peer_scores`.
    :param patients: by case the patient.
    :param facts: by case facts of the acquisition.
    :raises ConcordanceError: an optional package is not installed.
    """
    patients, families = patients or {}, families or {}
    selection = select_structures(agreement, rules or SelectionRules())
    scores = PeerScores(pairs, families)
    scopes = [
        answer
        for kind, name, structures in _scopes(selection.kept)
        if (answer := _answer(kind, name, structures, scores, patients)) is not None
    ]
    effects = [
        effect
        for scope in scopes
        if scope.kind == GROUP
        for effect in acquisition_effects(scope.name, _scores_of(scope, scores), facts or {}, patients)
    ]
    return WhichModel(
        selection,
        families,
        tuple(scopes),
        tuple(failure_rates(agreement, scores, selection.kept)),
        tuple(repeatability(agreement, selection.kept, patients)),
        tuple(effects),
        tuple(other_definitions(agreement, selection.kept)),
    )


def _scopes(kept: Sequence[Structure]) -> list[tuple[str, str, list[Structure]]]:
    groups: dict[str, list[Structure]] = {}
    for one in kept:
        groups.setdefault(group_of(one[0], shipped_groups()), []).append(one)
    return [
        *((GROUP, title, structures) for title, structures in groups.items()),
        *((STRUCTURE, one[0], [one]) for one in kept),
    ]


def _answer(
    kind: str, name: str, structures: Sequence[Structure], scores: PeerScores, patients: Mapping[str, str]
) -> ScopeAnswer | None:
    block = scores.block(structures)
    if block is None:
        return None
    comparison = compare_models_over_patients(block.models, by_patient(block, patients))
    return ScopeAnswer(kind, name, tuple(structures), len(block.cases), block.n_left_out, comparison)


def _scores_of(scope: ScopeAnswer, scores: PeerScores) -> dict[str, dict[str, float]]:
    block = scores.block(scope.structures)
    if block is None:
        return {}
    return {
        model: dict(zip(block.cases, map(float, block.scores[:, column]))) for column, model in enumerate(block.models)
    }
