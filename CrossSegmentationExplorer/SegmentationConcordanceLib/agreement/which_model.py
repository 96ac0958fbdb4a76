"""Which model, for which structure: the models of a cohort compared per group of structures and per structure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..anatomy.groups import group_of, shipped_groups
from ..plurals import first_few
from .acquisition_effects import AcquisitionEffect, acquisition_effects
from .failure_rates import FailureRate, failure_rates
from .model_comparison import ALPHA, FEWEST_PATIENTS, ModelComparison, compare_models_over_patients
from .other_definitions import OtherDefinition, other_definitions
from .peer_scores import PeerScores, by_patient
from .repeat_scans import Repeatability, repeatability
from .structure_selection import SelectionRules, Structure, StructureSelection, select_structures
from .table import NOT_LOOKED_FOR, AgreementRow, PairwiseRow

GROUP, STRUCTURE = "group", "structure"
_FEWEST_FAMILIES = 3
_FEWEST_MODELS = 2
_LISTED = 6


@dataclass(frozen=True)
class ScopeAnswer:
    """The answer for a group or a structure.

    :param kind: ``GROUP`` or ``STRUCTURE``.
    :param structures: those that the scores are the mean of, which all models know.
    :param models_left_out: models that know too few structures of the group to be compared.
    :param n_families: that the models are of.
    :param n_left_out: cases that some model has no score in.
    """

    kind: str
    name: str
    structures: tuple[Structure, ...]
    models_left_out: tuple[str, ...]
    n_families: int
    n_cases: int
    n_left_out: int
    comparison: ModelComparison

    @property
    def can_be_ranked(self) -> bool:
        """Whether the scores can tell which model is better: with two families each is held against the other alone,
        and their mean scores are equal, whoever is right."""
        return self.n_families >= _FEWEST_FAMILIES

    @property
    def first(self) -> tuple[str, ...]:
        """The models that may be the best: all where no difference was shown."""
        return self.comparison.first if self.can_be_ranked else self.comparison.models

    @property
    def sentence(self) -> str:
        """The answer in words; no difference that was not shown."""
        told = self.comparison
        if not self.can_be_ranked:
            what = "models" if len(told.models) == _FEWEST_MODELS else "families"
            return f"Two {what}, each held against the other alone: agreement cannot tell which is better."
        if told.n_patients < FEWEST_PATIENTS:
            n = told.n_patients
            return f"No difference can be shown with {n} patient{'s' * (n > 1)}; it takes {told.fewest_patients}."
        if not told.differs:
            return self._undecided
        ahead = f" In most patients {_listed(told.ahead_in_most)} ahead of it." if told.ahead_in_most else ""
        if not told.behind:
            if ahead:
                return f"{told.best} agrees most with the others in the mean.{ahead}"
            return f"No difference shown to the one that agrees most with the others, {told.best}."
        behind = ", ".join(told.behind)
        level = [model for model in told.first if model != told.best and model not in told.ahead_in_most]
        to = f" No difference to it shown for {', '.join(level)}." if level else ""
        return f"{told.best} agrees most with the others; behind it: {behind}.{to}{ahead}"

    @property
    def _undecided(self) -> str:
        told = self.comparison
        any_shown = told.friedman_p is not None and told.friedman_p < ALPHA
        if told.n_patients < told.fewest_patients:
            n, k = told.n_patients, len(told.models)
            takes = f"with {n} patients no two of {k} models can be told apart, that takes {told.fewest_patients}"
            return f"The models differ, but {takes}." if any_shown else f"No difference shown; {takes}."
        return "The models differ, but no two could be told apart." if any_shown else "No difference shown."


def _listed(models: Sequence[str]) -> str:
    return f"{', '.join(models)} {'is' if len(models) == 1 else 'are'}"


@dataclass(frozen=True)
class WhichModel:
    """The whole answer.

    :param families: by model the name of its family, of those that are of one.
    :param unanswered: by structure that was kept, and has no answer, the models that know it: they are of one family.
    """

    selection: StructureSelection
    families: Mapping[str, str]
    scopes: tuple[ScopeAnswer, ...]
    failures: tuple[FailureRate, ...]
    repeatability: tuple[Repeatability, ...]
    acquisition: tuple[AcquisitionEffect, ...]
    definitions: tuple[OtherDefinition, ...]
    unanswered: Mapping[Structure, tuple[str, ...]]

    @property
    def families_in_words(self) -> str:
        """Which models are of one family; "" where no two are."""
        members: dict[str, list[str]] = {}
        for model, family in self.families.items():
            members.setdefault(family, []).append(model)
        told = "; ".join(f"{family}: {', '.join(models)}" for family, models in members.items() if len(models) > 1)
        return f"Families, whose members are not held against each other: {told}." if told else ""

    @property
    def unanswered_in_words(self) -> str:
        """Which structures have no answer, and why; "" where all have one."""
        names = [name for name, _ in self.unanswered]
        told = first_few(names, _LISTED)
        return f"Known to models of one family only, and so without an answer: {told}." if names else ""


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
    :param families: by model the name of its family, see :mod:`.peer_scores`. None for those that the rows name.
    :param patients: by case the patient.
    :param facts: by case facts of the acquisition.
    :raises ConcordanceError: an optional package is not installed.
    """
    patients = patients or {}
    families = known_families(agreement) if families is None else families
    selection = select_structures(agreement, rules or SelectionRules())
    scores = PeerScores(pairs, families)
    scopes = [
        answer
        for kind, name, structures in _scopes(selection.kept)
        if (answer := _answer(kind, name, structures, scores, patients)) is not None
    ]
    of_groups = {scope.name: _scores_of(scope, scores) for scope in scopes if scope.kind == GROUP}
    return WhichModel(
        selection,
        families,
        tuple(scopes),
        tuple(failure_rates(agreement, scores, selection.kept, patients)),
        tuple(repeatability(agreement, selection.kept, patients)),
        tuple(acquisition_effects(of_groups, facts or {}, patients)),
        tuple(other_definitions(agreement, selection.kept)),
        _unanswered(agreement, selection.kept, scopes),
    )


def known_families(agreement: Sequence[AgreementRow]) -> dict[str, str]:
    """By model what the label maps say that it shares training data with; only those that two models or more are of."""
    families = {row.model: row.family for row in agreement if row.family}
    often = Counter(families.values())
    return {model: family for model, family in families.items() if often[family] > 1}


def _unanswered(
    agreement: Sequence[AgreementRow], kept: Sequence[Structure], scopes: Sequence[ScopeAnswer]
) -> dict[Structure, tuple[str, ...]]:
    answered = {scope.structures[0] for scope in scopes if scope.kind == STRUCTURE}
    found: dict[Structure, dict[str, None]] = {one: {} for one in kept if one not in answered}
    for row in agreement:
        models = found.get((row.structure, row.structure_key))
        if models is not None and row.status != NOT_LOOKED_FOR:
            models[row.model] = None
    return {one: tuple(models) for one, models in found.items()}


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
    return ScopeAnswer(
        kind,
        name,
        block.structures,
        block.models_left_out,
        block.n_families,
        len(block.cases),
        block.n_left_out,
        comparison,
    )


def _scores_of(scope: ScopeAnswer, scores: PeerScores) -> dict[str, dict[str, float]]:
    block = scores.block(scope.structures)
    if block is None:
        return {}
    return {
        model: dict(zip(block.cases, map(float, block.scores[:, column]))) for column, model in enumerate(block.models)
    }
