"""Measure the findings on the planted errors of the sample: the table of docs/findings.md.

    python Testing/Benchmarks/findings.py --size small --seeds 20
    python Testing/Benchmarks/findings.py --size full --seeds 2

Prints, per kind of planted error, how many were named (a finding of the kinds that say it, of that model, on one of
its structures), and per case how many findings blame a model for what was not planted.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from sample_label_maps import label_map_of

from SegmentationConcordanceLib.agreement import finding_kinds as kinds
from SegmentationConcordanceLib.agreement.analysis import Analysis
from SegmentationConcordanceLib.agreement.disputed_regions import disputed_regions
from SegmentationConcordanceLib.agreement.finding import Finding
from SegmentationConcordanceLib.agreement.findings import findings_of, findings_of_cohort
from SegmentationConcordanceLib.agreement.models import ModelSegmentation
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
from SegmentationConcordanceLib.sample import planted_errors as planted
from SegmentationConcordanceLib.sample.plans import SIZES, SamplePlan, plan_of
from SegmentationConcordanceLib.sample.planted_errors import PlantedError
from SegmentationConcordanceLib.sample.predictions import drawn_patient, predictions, truth_of

SAID_BY = {
    planted.ADJACENT_VERTEBRA: {kinds.INCLUDES_NEIGHBOUR},
    planted.NEIGHBOURING_RIB: {kinds.INCLUDES_NEIGHBOUR},
    planted.MERGED_VERTEBRAE: {kinds.MERGED},
    planted.SHIFTED_VERTEBRAE: {kinds.LABEL_SHIFT},
    planted.SHORT_RIBS: {kinds.ENDS_EARLY},
    planted.LARGER_HEART: {kinds.BOUNDARY_OFFSET, kinds.FALSE_BLOB},
    planted.MISSING_STRUCTURE: {kinds.MISSING},
    planted.SPLIT_VERTEBRA: {kinds.SPLIT},
    planted.SWAPPED_SIDES: {kinds.SIDE_SWAPPED},
    planted.FALSE_BLOB: {kinds.FALSE_BLOB},
    planted.HOLE: {kinds.HOLE},
    planted.STOPPED_OUTPUT: {kinds.ENDS_EARLY},
}
"""The kinds of findings that name each kind of planted error, in a single case."""
NOT_BLAMING = (kinds.LOW_AGREEMENT, kinds.NO_OVERLAP)


def main(argv: Sequence[str]) -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--seeds", type=int, default=20, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the first seed; thresholds were set on 0 to 19")
    args = parser.parse_args(argv)
    plan = plan_of(args.size)
    named, total, unplanned = Counter(), Counter(), Counter()
    first_place = Counter()
    definitions, cases = 0, 0
    for seed in range(args.first, args.first + args.seeds):
        by_case = []
        for name, errors, models in sample_cases(plan, seed):
            analysis = Analysis(models, case=name, series_uid="")
            found = findings_of(name, analysis.comparison, analysis.boxes)
            by_case.append(found)
            cases += 1
            for error in errors:
                total[error.kind] += 1
                hit = any(_names(finding, error) for finding in found)
                named[error.kind] += hit
                if not hit:
                    _say(f"  seed {seed} {name}: {error.model} {error.kind} {error.structures[:3]} not named")
            for finding in found:
                if not any(_concerns(finding, error) for error in errors):
                    unplanned[finding.kind] += 1
                    _say(f"  seed {seed}: {finding.sentence}")
            first_place.update(alone_at_the_first_place(analysis, errors))
        if len(by_case) > 2:
            definitions += sum(one.kind == kinds.OTHER_DEFINITION for one in findings_of_cohort(by_case))
    _say(f"\n{args.size}, {args.seeds} seeds, {cases} cases\n")
    _say("| planted | named by | named | of |\n|---|---|---|---|")
    for kind in total:
        by = ", ".join(sorted(SAID_BY[kind]))
        _say(f"| {kind} | {by} | {100 * named[kind] / total[kind]:.1f} % | {total[kind]} |")
    _say(f"| all | | {100 * named.total() / total.total():.1f} % | {total.total()} |")
    _say(f"\nNot planted, per case: {unplanned.total() / cases:.3f} ({dict(unplanned)})")
    alone, places = first_place["alone"], first_place.total()
    _say(f"The erring model alone at the first place: {alone} of {places} structures ({100 * alone / places:.1f} %)")
    _say(f"Other definitions over the cases of a seed: {definitions} in {args.seeds} seeds")


def sample_cases(plan: SamplePlan, seed: int) -> Iterator[tuple[str, list[PlantedError], list[ModelSegmentation]]]:
    """The cases of a sample made in memory."""
    for patient in plan.patients:
        phantom = drawn_patient(plan, patient, seed)
        truth = truth_of(plan, phantom)
        made = (label_map_of(*pair) for pair in predictions(plan, patient, phantom, truth, seed))
        models = [ModelSegmentation(title, label_map, known) for title, label_map, known in made]
        yield patient.name, [error for error in plan.errors if error.case == patient.name], models


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _title(error: PlantedError) -> str:
    return load_vocabulary(error.model).title


def _names(finding: Finding, error: PlantedError) -> bool:
    return finding.kind in SAID_BY[error.kind] and _concerns(finding, error)


def _concerns(finding: Finding, error: PlantedError) -> bool:
    """Whether a finding blames the model for something on one of the structures, or for its output as a whole."""
    if _title(error) not in finding.models:
        return False
    return error.kind == planted.STOPPED_OUTPUT or not set(error.structures).isdisjoint(finding.names)


def alone_at_the_first_place(analysis: Analysis, errors: Sequence[PlantedError]) -> Counter:
    """Of the structures with planted errors: at how many an erring model is alone at the first place.

    An output that stops errs on every structure that lies beyond.
    """
    erring: dict[str, int] = defaultdict(int)
    comparison = analysis.comparison
    stopped = 0
    for error in errors:
        bit = 1 << comparison.models.index(_title(error))
        stopped |= bit if error.kind == planted.STOPPED_OUTPUT else 0
        for structure in error.structures:
            erring[structure] |= bit
    count: Counter = Counter()
    for index, structure in enumerate(comparison.structures):
        if structure.name not in erring or structure.key not in analysis.boxes:
            continue
        first = next(iter(disputed_regions(comparison, index)), None)
        family = first is not None and first.minority & ~(erring[structure.name] | stopped) == 0
        count["alone" if family else "not alone"] += 1
    return count


if __name__ == "__main__":
    main(sys.argv[1:])
