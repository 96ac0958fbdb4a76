"""Everything that follows from the verdicts of a study, and the tables that hold it."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from ..agreement.finding import Finding
from ..imaging.whole_files import whole_file
from .correction import Correction
from .correction_counts import CorrectionCounts, correction_counts
from .reader_agreement import AllReaders, Estimate, ReaderPair, between_readers, within_readers
from .verdict import Verdict
from .verdict_and_numbers import (
    FindingsAgainstVerdicts,
    NumberAgainstVerdicts,
    SegmentKey,
    findings_against_verdicts,
    median_scores,
    number_against_verdicts,
)
from .verdict_counts import VerdictCounts, verdict_counts


@dataclass(frozen=True)
class ReviewSummary:
    """What a review says.

    :param pairs: readers against each other. :param within: readers against themselves.
    :param numbers: how numbers such as Dice go with the verdicts.
    :param corrections: what was corrected, per model and structure.
    :param findings: how findings do; the first is any finding. Empty where no findings were given.
    """

    verdicts: tuple[Verdict, ...]
    counts: tuple[VerdictCounts, ...]
    pairs: tuple[ReaderPair, ...]
    everybody: AllReaders
    within: tuple[ReaderPair, ...]
    numbers: tuple[NumberAgainstVerdicts, ...] = ()
    findings: tuple[FindingsAgainstVerdicts, ...] = ()
    corrections: tuple[CorrectionCounts, ...] = ()


def summarize(
    verdicts: Sequence[Verdict],
    numbers: Mapping[str, tuple[Mapping[SegmentKey, float], bool]] | None = None,
    findings: Sequence[Finding] | None = None,
    corrections: Sequence[Correction] = (),
) -> ReviewSummary:
    """Everything that follows from some verdicts.

    :param verdicts: standing ones, unblinded.
    :param numbers: by name, its value of each segment and whether more is better.
    :param findings: None where nobody looked for any.
    :param corrections: unblinded; the last of each structure and model.
    """
    pairs, everybody = between_readers(verdicts)
    scores = median_scores(verdicts)
    return ReviewSummary(
        tuple(verdicts),
        verdict_counts(verdicts),
        pairs,
        everybody,
        within_readers(verdicts),
        tuple(
            number_against_verdicts(name, scores, values, more_is_better=more_is_better)
            for name, (values, more_is_better) in (numbers or {}).items()
        ),
        findings_against_verdicts(scores, findings) if findings is not None else (),
        correction_counts(corrections, (numbers or {}).get("dice", ({}, True))[0]),
    )


def write_summary(folder: str | os.PathLike[str], summary: ReviewSummary) -> tuple[Path, ...]:
    """Write the tables of a summary: counts.csv, readers.csv and, where there is something in them, thresholds.csv,
    findings_read.csv and corrections_read.csv; each whole or not at all.

    :raises OutputError: a file cannot be written.
    """
    tables: dict[str, tuple[Sequence[str], list[Sequence[object]]]] = {
        "counts.csv": (_COUNTS, [_count_cells(one) for one in summary.counts]),
        "readers.csv": (_READERS, [*_reader_cells(summary)]),
    }
    if summary.numbers:
        tables["thresholds.csv"] = (
            ("number", "threshold", "sensitivity", "specificity", "flagged", "is_best"),
            [
                (one.number, t.value, t.sensitivity, t.specificity, t.flagged, int(t == one.best))
                for one in summary.numbers
                for t in one.thresholds
            ],
        )
    if summary.findings:
        tables["findings_read.csv"] = (
            ("kind", "n_read", "n_with_finding", "need_work_with_finding", "need_work", "sensitivity", "precision"),
            [
                (one.kind or "any", one.n_read, one.n, one.bad, one.all_bad, one.sensitivity, one.precision)
                for one in summary.findings
            ],
        )
    if summary.corrections:
        names = [one.name for one in fields(CorrectionCounts)]
        tables["corrections_read.csv"] = (names, [list(astuple(one)) for one in summary.corrections])
    return tuple(_write(Path(folder) / name, header, lines) for name, (header, lines) in tables.items())


_COUNTS = ("model", "structure", "structure_key", "n", "mean", "usable", *(f"score_{score}" for score in range(1, 6)))
_READERS = ("reader_a", "reader_b", "what", "n", "value", "low", "high")


def _count_cells(one: VerdictCounts) -> Sequence[object]:
    return one.model, one.structure, one.structure_key, one.n, one.mean, one.usable, *one.counts


def _reader_cells(summary: ReviewSummary) -> Iterable[Sequence[object]]:
    for pair in (*summary.pairs, *summary.within):
        for what, estimate in (("same", Estimate(pair.same)), ("tau_b", pair.tau_b), ("kappa", pair.kappa)):
            yield pair.reader_a, pair.reader_b, what, pair.n, estimate.value, estimate.low, estimate.high
    every = summary.everybody
    if len(every.readers) > 1:
        for what, estimate in (("w", every.w), ("icc_2_1", every.icc)):
            yield "all", "all", what, every.n, estimate.value, estimate.low, estimate.high


def _write(path: Path, header: Sequence[str], lines: Iterable[Sequence[object]]) -> Path:
    with whole_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header)
        table.writerows(["" if cell is None else cell for cell in line] for line in lines)
    return path
