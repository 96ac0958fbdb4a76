"""Measure the findings on the planted errors of the sample: the table of docs/findings.md.

    python Testing/Benchmarks/findings.py --size small --first 20 --seeds 20
    python Testing/Benchmarks/findings.py --size full --first 110 --seeds 20 --keep

Prints of each seed, as soon as it is done, what was missed or not planted, and at the end a table: per kind of planted
error how many were named (a finding of the kinds that say it, of that model, on one of its structures), and how many
findings blame a model for what was not planted. ``--keep`` writes what each seed gave to findings_measured.csv, from
which ``python Scripts/update_finding_docs.py`` makes the tables of docs/findings.md.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path

from sample_label_maps import label_map_of

from SegmentationConcordanceLib.agreement import finding_kinds as kinds
from SegmentationConcordanceLib.agreement.analysis import Analysis
from SegmentationConcordanceLib.agreement.disputed_regions import DisputedRegion, disputed_regions
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
MEASURED = Path(__file__).with_name("findings_measured.csv")
COLUMNS = ("size", "seed", "what", "kind", "count")
TUNED_ON = 20
"""Thresholds were set on the seeds below, of the small size."""
RegionsOf = Callable[[int], Sequence[DisputedRegion]]
"""The regions of a structure by its index in the comparison."""
RANKS = ("first", "second", "third", "a later one", "none")


def main(argv: Sequence[str]) -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--seeds", type=int, default=20, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the first seed; thresholds were set on 0 to 19")
    parser.add_argument("--keep", action="store_true", help=f"write what was measured to {MEASURED.name}")
    args = parser.parse_args(argv)
    counts: Counter[tuple[str, str]] = Counter()
    for seed in range(args.first, args.first + args.seeds):
        counts += (of_seed := measured_seed(args.size, seed))
        _say(f"seed {seed}: {dict(sorted((' '.join(key), n) for key, n in of_seed.items()))}")
        if args.keep:
            keep(args.size, seed, of_seed)
    _say(f"\n{args.size}, {args.seeds} seeds\n")
    for line in (*kind_lines([counts]), "", *place_lines(counts)):
        _say(line)


def measured_seed(size: str, seed: int) -> Counter[tuple[str, str]]:
    """Counts by what was counted and of which kind: "planted", "named", "not planted", "place", "cohort", "cases"."""
    plan, counts, by_case = plan_of(size), Counter(), []
    for name, errors, models in sample_cases(plan, seed):
        analysis = Analysis(models, case=name, series_uid="")
        found = findings_of(name, analysis.comparison, analysis.boxes)
        by_case.append(found)
        counts["cases", ""] += 1
        for error in errors:
            counts["planted", error.kind] += 1
            hit = any(_names(finding, error) for finding in found)
            counts["named", error.kind] += hit
            if not hit:
                _say(f"  seed {seed} {name}: {error.model} {error.kind} {error.structures[:3]} not named")
        for finding in found:
            if not any(concerns(finding, error) for error in errors):
                counts["not planted", finding.kind] += 1
                _say(f"  seed {seed}: {finding.sentence}")
        regions_of = cache(partial(disputed_regions, analysis.comparison))
        counts += alone_at_the_first_place(analysis, errors, regions_of)
        counts += places_of_errors(analysis, errors, regions_of)
    if len(by_case) > 2:
        counts["cohort", "definitions"] = sum(one.kind == kinds.OTHER_DEFINITION for one in findings_of_cohort(by_case))
    return counts


def kind_lines(columns: Sequence[Counter[tuple[str, str]]]) -> list[str]:
    """Per kind of planted error: named, of how many; and not planted per case, of all kinds that were found.

    :param columns: counts of :func:`measured_seed`, added up, each a pair of columns.
    """
    rows = [
        [kind, ", ".join(sorted(SAID_BY[kind]))] for kind in SAID_BY if any(one["planted", kind] for one in columns)
    ]
    lines = []
    for kind, by in rows:
        cells = [_share(one["named", kind], one["planted", kind]) for one in columns]
        lines.append(f"| {kind} | {by} | {' | '.join(cells)} |")
    of_all = [_share(_sum(one, "named"), _sum(one, "planted")) for one in columns]
    lines.append(f"| all | | {' | '.join(of_all)} |")
    wrong = sorted({kind for one in columns for what, kind in one if what == "not planted"})
    for kind in wrong:
        cells = [_per_case(one["not planted", kind], one["cases", ""]) for one in columns]
        lines.append(f"| not planted | {kind} | {' | '.join(cells)} |")
    cells = [_per_case(_sum(one, "not planted"), one["cases", ""]) for one in columns]
    lines.append(f"| not planted | all kinds | {' | '.join(cells)} |")
    return lines


def place_lines(counts: Counter[tuple[str, str]]) -> list[str]:
    """In words: whose the first place of a structure is, and at which place each error is seen."""
    alone, not_alone = counts["first place", "alone"], counts["first place", "not alone"]
    of_errors = {rank: counts["place", rank] for rank in RANKS}
    total = max(1, sum(of_errors.values()))
    behind = counts["behind noise", ""]
    seen = ", ".join(f"{rank} {n} ({100 * n / total:.1f} %)" for rank, n in of_errors.items())
    lines = [
        f"The erring model alone at the first place: {alone} of {alone + not_alone} structures"
        f" ({100 * alone / max(1, alone + not_alone):.1f} %)",
        f"The place of each error on each of its structures: {seen}; behind a place that is noise: {behind}",
    ]
    if ("cohort", "definitions") in counts:
        lines.append(f"Other definitions over the cases of a seed: {counts['cohort', 'definitions']}")
    return lines


def measured_lines() -> list[str]:
    """The table and the sentences of what was kept, the seeds that thresholds were set on apart."""
    groups: dict[str, Counter[tuple[str, str]]] = {}
    seeds: dict[str, set[int]] = defaultdict(set)
    for size, seed, what, kind, n in kept_rows():
        name = f"{size}, {'tuned on' if size == 'small' and int(seed) < TUNED_ON else 'held out'}"
        groups.setdefault(name, Counter())[what, kind] += int(n)
        seeds[name].add(int(seed))
    if not groups:
        return []
    heads = [f"{name}: {_ranges(seeds[name])}" for name in groups]
    lines = [f"| planted | named by | {' | of | '.join(heads)} | of |", "|---|---|" + "---|---|" * len(groups)]
    lines += kind_lines(list(groups.values()))
    for name, counts in groups.items():
        lines += ["", f"{name.capitalize()}:", "", *(f"- {line}." for line in place_lines(counts))]
    return lines


def _ranges(seeds: set[int]) -> str:
    """Seeds in words, e.g. "seeds 100 to 119"."""
    first, last = min(seeds), max(seeds)
    is_run = last - first + 1 == len(seeds)
    return f"seeds {first} to {last}" if is_run and last > first else f"seeds {', '.join(map(str, sorted(seeds)))}"


def keep(size: str, seed: int, counts: Counter[tuple[str, str]]) -> None:
    """Put what a seed gave into the file of what was measured, in place of what it gave before."""
    kept = [row for row in kept_rows() if (row[0], row[1]) != (size, str(seed))]
    kept += [[size, str(seed), what, kind, str(n)] for (what, kind), n in sorted(counts.items())]
    lines = [",".join(row) for row in sorted(kept, key=lambda row: (row[0], int(row[1])))]
    MEASURED.write_text("\n".join([",".join(COLUMNS), *lines, ""]), encoding="utf-8")


def kept_rows() -> list[list[str]]:
    """What was kept: size, seed, what, kind, count; without the header."""
    if not MEASURED.exists():
        return []
    return [line.split(",") for line in MEASURED.read_text(encoding="utf-8").splitlines()[1:]]


def _sum(counts: Counter[tuple[str, str]], wanted: str) -> int:
    return sum(n for (what, _), n in counts.items() if what == wanted)


def _share(named: int, total: int) -> str:
    return f"{100 * named / total:.1f} % | {total}" if total else " | 0"


def _per_case(n: int, cases: int) -> str:
    return f"{n / max(1, cases):.3f} per case | {n}"


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
    sys.stdout.flush()


def _title(error: PlantedError) -> str:
    return load_vocabulary(error.model).title


def _names(finding: Finding, error: PlantedError) -> bool:
    named = finding.kind in SAID_BY[error.kind] and finding.names_failure_of(_title(error))
    return named and concerns(finding, error)


def concerns(finding: Finding, error: PlantedError) -> bool:
    """Whether a finding is about the model and one of the structures, or its output as a whole."""
    if _title(error) not in finding.in_doubt:
        return False
    return error.kind == planted.STOPPED_OUTPUT or not set(error.structures).isdisjoint(finding.names)


def _erring(analysis: Analysis, errors: Sequence[PlantedError]) -> tuple[dict[str, int], int]:
    """By structure the models that err on it, as bits; and those whose output stops: it errs on all that is beyond."""
    erring: dict[str, int] = defaultdict(int)
    stopped = 0
    for error in errors:
        bit = 1 << analysis.comparison.models.index(_title(error))
        stopped |= bit if error.kind == planted.STOPPED_OUTPUT else 0
        for structure in error.structures:
            erring[structure] |= bit
    return erring, stopped


def alone_at_the_first_place(
    analysis: Analysis, errors: Sequence[PlantedError], regions_of: RegionsOf
) -> Counter[tuple[str, str]]:
    """Of the structures with planted errors: at how many an erring model is alone at the first place."""
    erring, stopped = _erring(analysis, errors)
    comparison = analysis.comparison
    count: Counter[tuple[str, str]] = Counter()
    for index, structure in enumerate(comparison.structures):
        if structure.name not in erring or structure.key not in analysis.boxes:
            continue
        first = next(iter(regions_of(index)), None)
        is_alone = first is not None and first.minority & ~(erring[structure.name] | stopped) == 0
        count["first place", "alone" if is_alone else "not alone"] += 1
    return count


def places_of_errors(
    analysis: Analysis, errors: Sequence[PlantedError], regions_of: RegionsOf
) -> Counter[tuple[str, str]]:
    """Of each error on each of its structures: which place is the first that is held against its model, and against
    none that does not err there."""
    erring, stopped = _erring(analysis, errors)
    comparison = analysis.comparison
    index_of = {structure.name: index for index, structure in enumerate(comparison.structures)}
    count: Counter[tuple[str, str]] = Counter()
    for error in errors:
        bit = 1 << comparison.models.index(_title(error))
        for name in error.structures:
            if name not in index_of or comparison.structures[index_of[name]].key not in analysis.boxes:
                continue
            guilty = erring[name] | stopped
            regions = regions_of(index_of[name])
            own = (n for n, one in enumerate(regions) if one.minority & bit and not one.minority & ~guilty)
            at = next(own, None)
            count["place", RANKS[-1] if at is None else RANKS[min(at, len(RANKS) - 2)]] += 1
            is_behind = any(one.minority & ~guilty for one in regions[:at])
            count["behind noise", ""] += is_behind
            if is_behind:
                _say(f"  {error.case}: {error.model} {error.kind} {name} at place {'none' if at is None else at + 1}")
    return count


if __name__ == "__main__":
    main(sys.argv[1:])
