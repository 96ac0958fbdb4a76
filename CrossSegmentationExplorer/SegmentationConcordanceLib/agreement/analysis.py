"""Everything that is known of one scan's models, ready to be asked again with other options.

The counts are made once. Another consensus, vote, subset of models or structures follows from them; boxes and surface
distances are made when they are first asked for, and kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from . import options as choices
from .boxes import Box, boxes_by_key
from .comparison import Comparison, compare_models
from .consensus import Consensus, LeaveOneOut, leave_one_out
from .disputed_place import disputed_place
from .families import family_notes
from .finders import of_finders
from .finding import Finding, gravest_first
from .finding_kinds import STANDS_APART
from .findings import findings_of
from .missing_penalty import with_missing_as_zero, with_missing_penalty
from .models import ModelSegmentation
from .options import AnalysisOptions, unmatched_note
from .rows import agreement_rows, pairwise_rows
from .severity import Apart, measured, with_severity, worst_first
from .staple import staple
from .staple_rows import staple_note, staple_rows, unsettled_note
from .subset import exclusion_note, with_models, with_structures
from .surface_rows import with_surface_measures
from .table import AgreementRow, PairwiseRow, StapleRow
from .table_findings import worst_findings
from .votes import EVERY_MODEL, at_least, held_against, majority, majority_or_others, strict_intersection

_CLEARLY_APART = 0.2
"""A model whose Dice is lower by less than that shows no error where no kind of finding does."""


@dataclass(frozen=True, eq=False)
class CaseResult:
    """What comparing the models on one scan gave.

    :param case: what the case is called in the tables.
    :param comparison: of the models and structures that were asked for.
    :param consensus: what each model is held against.
    :param consensus_of_all: the same, or without leaving anybody out where each is held against the others.
    :param staple: what STAPLE estimated; empty for other methods.
    :param notes: sentences that belong beside the numbers.
    :param apart: see :func:`.severity.measured`; None for what is measured where it is needed.
    """

    case: str
    options: AnalysisOptions
    comparison: Comparison
    consensus: Consensus | LeaveOneOut
    consensus_of_all: Consensus
    agreement: tuple[AgreementRow, ...]
    pairwise: tuple[PairwiseRow, ...]
    staple: tuple[StapleRow, ...] = ()
    notes: tuple[str, ...] = ()
    apart: Mapping[tuple[str, str], Apart] | None = None
    _kept: dict[int, tuple[Finding, ...]] = field(default_factory=dict, repr=False)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong, the gravest first: kinds that voxels tell, then where the tables show low agreement besides.

        Looks at the voxels when it is first asked for; copies with other notes share what was found.
        """
        of_these = id(self.comparison)
        if of_these not in self._kept:
            self._kept[of_these] = self._found()
        return self._kept[of_these]

    def _found(self) -> tuple[Finding, ...]:
        found = findings_of(self.case, self.comparison, boxes_by_key(self.comparison), apart=self.apart)
        covered = {structure for finding in found for structure in finding.structures}
        for low in worst_findings(self.agreement, self.pairwise):
            apart = low.numbers.get("others_dice", 0.0) - low.numbers.get("model_dice", 0.0)
            is_noise = low.kind == STANDS_APART and apart < _CLEARLY_APART
            if covered.isdisjoint(low.structures) and not is_noise:
                place = disputed_place(self.comparison, (), low.structures[0])
                found.append(replace(low, place_ras=place))
        return tuple(gravest_first(found))

    def worst(self) -> AgreementRow | None:
        """The gravest row, see :mod:`.severity`; None where no structure is compared."""
        return next((row for row in worst_first(self.agreement) if row.severity is not None), None)


class Analysis:
    """The models of one scan, counted once.

    :param models: see :func:`compare_models`, which also says what is refused.
    :param case: what the case is called in the tables.
    :param series_uid: SeriesInstanceUID of the scan, or "".
    """

    def __init__(self, models: Sequence[ModelSegmentation], *, case: str, series_uid: str) -> None:
        self.case = case
        self.series_uid = series_uid
        self.comparison = compare_models(models)
        self._measured: dict[tuple[str, ...], dict[tuple[str, str], Apart]] = {}

    @cached_property
    def boxes(self) -> dict[str, Box]:
        """The box of every structure that two or more models know, by the structure's key. Looks at every voxel."""
        return boxes_by_key(self.comparison)

    def result(self, options: AnalysisOptions, progress: Callable[[float, str], None] | None = None) -> CaseResult:
        """The tables and the consensus under ``options``.

        :param progress: called with a fraction and a few words while surfaces are measured; may raise to cancel.
        :raises ConcordanceError: a name in the options that is not among the models.
        """
        comparison = _chosen(self.comparison, options)
        voting = of_finders(comparison) if options.missing_counts_zero else comparison
        of_all, consensus = self._consensus(voting, options)
        rows = agreement_rows(comparison, consensus, case=self.case, series_uid=self.series_uid)
        if options.method == choices.REFERENCE:
            rows = [row for row in rows if row.model != options.reference]
        if options.surfaces:
            rows = with_surface_measures(rows, comparison, consensus, self._boxes_of(comparison), options, progress)
        if options.missing_counts_zero:
            rows = with_missing_as_zero(rows)
        if options.penalize_missing:
            rows = with_missing_penalty(rows, comparison.geometry, options.typical_volumes_ml)
        apart = self._apart(comparison)
        rows = with_severity(rows, apart)
        pairs = pairwise_rows(comparison, case=self.case)
        estimated = tuple(staple_rows(voting, consensus, margin_mm=options.staple_margin_mm, case=self.case))
        left_out = len(comparison.models) < len(self.comparison.models)
        unmatched = unmatched_note(options, {structure.name for structure in self.comparison.structures})
        notes = (
            staple_note(estimated),
            unsettled_note(voting, consensus),
            exclusion_note(options.method) if left_out else "",
            unmatched,
            *family_notes(rows),
        )
        return CaseResult(
            case=self.case,
            options=options,
            comparison=comparison,
            consensus=consensus,
            consensus_of_all=of_all,
            agreement=tuple(rows),
            pairwise=tuple(pairs),
            staple=estimated,
            notes=tuple(note for note in notes if note),
            apart=apart,
        )

    def _apart(self, comparison: Comparison) -> dict[tuple[str, str], Apart]:
        """What is apart between these models; measured once, whatever the consensus."""
        if comparison.models not in self._measured:
            is_whole = comparison.models == self.comparison.models
            whole = self.comparison if is_whole else with_models(self.comparison, comparison.models)
            self._measured[comparison.models] = measured(whole)
        return self._measured[comparison.models]

    def _boxes_of(self, comparison: Comparison) -> dict[int, Box]:
        keys = {structure.key: index for index, structure in enumerate(comparison.structures)}
        return {keys[key]: box for key, box in self.boxes.items() if key in keys}

    def _consensus(self, voting: Comparison, options: AnalysisOptions) -> tuple[Consensus, Consensus | LeaveOneOut]:
        """The consensus of all that have a say, and what each model is held against."""
        rule = self._rule(options)
        of_all = rule(voting, EVERY_MODEL)
        of_all = replace(of_all, voters=tuple(structure.voters for structure in voting.structures))
        if options.leave_one_out:
            return of_all, leave_one_out(voting, rule)
        if options.method == choices.MAJORITY and options.missing_counts_zero:
            return of_all, majority_or_others(voting)
        return of_all, of_all

    def _rule(self, options: AnalysisOptions) -> Callable[[Comparison, int], Consensus]:
        rules: dict[str, Callable[[Comparison, int], Consensus]] = {
            choices.INTERSECTION: strict_intersection,
            choices.MAJORITY: majority,
            choices.AT_LEAST: lambda compared, among: at_least(compared, options.at_least, among),
            choices.STAPLE: lambda compared, among: staple(
                compared,
                self._boxes_of(compared),
                margin_mm=options.staple_margin_mm,
                threshold=options.staple_threshold,
                among=among,
            ),
            choices.REFERENCE: lambda compared, among: held_against(compared, options.reference),
        }
        return rules[options.method]


def _chosen(comparison: Comparison, options: AnalysisOptions) -> Comparison:
    """The comparison of the models and structures that the options name."""
    if options.models:
        comparison = with_models(comparison, options.models)
    cut = {s.key for s, cut in zip(comparison.structures, comparison.cut) if cut.any()}
    return with_structures(
        comparison,
        lambda structure: (
            structure.n_voters >= options.min_models
            and options.reports(structure.name)
            and not (options.leave_out_truncated and structure.key in cut)
        ),
    )
