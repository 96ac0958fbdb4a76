"""Verdicts of one or more readers -> how well they agree, what they say of each model, and how that goes with Dice."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from ..imaging.whole_files import require_no_input
from ..plurals import counted
from ..reporting.finding_tables import read_findings
from ..reporting.tables import read_agreement
from ..review.correction_counts import CorrectionCounts
from ..review.qa_results import write_qa_results
from ..review.reader_agreement import Estimate, ReaderPair
from ..review.review_summary import ReviewSummary, summarize, write_summary
from ..review.study import Study, read_study
from ..review.verdict_and_numbers import FindingsAgainstVerdicts, numbers_of
from . import arguments
from .parser import examples
from .terminal import Terminal

EXAMPLES = examples("concordance review ann.csv bob.csv --agreement results/agreement.csv --output reviewed")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``concordance review``."""
    parser.add_argument(
        "reviews",
        nargs="+",
        type=arguments.path,
        metavar="FILE",
        help="review.csv of one or more readers, or their folder",
    )
    parser.add_argument(
        "--agreement",
        nargs="+",
        type=arguments.path,
        default=[],
        metavar="FILE",
        help="agreement.csv of the same cases: how the verdicts go with Dice and surface distances",
    )
    parser.add_argument(
        "--findings",
        nargs="+",
        type=arguments.path,
        default=[],
        metavar="FILE",
        help="findings.csv of the same cases: how often segments with a finding need work",
    )
    parser.add_argument("--output", required=True, type=arguments.path, metavar="DIR", help="folder for the tables")


def run(args: argparse.Namespace, terminal: Terminal) -> dict[str, Any]:
    """Do it; the summary holds every estimate.

    :param terminal: where the sentences go.
    :raises ConcordanceError: if a file cannot be read, or an output is one of the inputs.
    """
    study = read_study(args.reviews)
    for note in study.notes:
        terminal.warn(note)
    verdicts = study.verdicts
    rows = [row for path in args.agreement for row in read_agreement(path)]
    findings = [finding for path in args.findings for finding in read_findings(path)]
    summary = summarize(verdicts, numbers_of(rows), findings if args.findings else None, study.corrections)
    for name in (
        "counts.csv",
        "readers.csv",
        "thresholds.csv",
        "findings_read.csv",
        "corrections_read.csv",
        "qa-results.csv",
    ):
        require_no_input(args.output / name, [*args.reviews, *args.agreement, *args.findings])
    written = [*write_summary(args.output, summary), args.output / "qa-results.csv"]
    write_qa_results(written[-1], verdicts, corrected=_corrected(study))
    _tell(summary, terminal)
    terminal.say(f"Tables: {args.output}")
    return {
        "verdicts": len(verdicts),
        "between_readers": [asdict(pair) for pair in summary.pairs],
        "within_readers": [asdict(pair) for pair in summary.within],
        "all_readers": asdict(summary.everybody),
        "models": [
            {"model": one.model, "structure": one.structure, "n": one.n, "mean": one.mean, "usable": one.usable}
            for one in summary.counts
        ],
        "numbers": [{**asdict(one), "thresholds": None} for one in summary.numbers],
        "findings": [
            {**asdict(one), "sensitivity": one.sensitivity, "precision": one.precision} for one in summary.findings
        ],
        "corrections": [asdict(one) for one in summary.corrections],
        "files": [str(path) for path in written],
    }


def _tell(summary: ReviewSummary, terminal: Terminal) -> None:
    scored = [verdict for verdict in summary.verdicts if verdict.score is not None]
    readers = len({verdict.reader for verdict in scored})
    cases = len({verdict.case for verdict in scored})
    terminal.say(f"{counted(len(scored), 'verdict')} of {counted(readers, 'reader')} on {counted(cases, 'case')}")
    for one in summary.counts:
        if not one.structure_key:
            terminal.say(
                f"{one.model or 'all models together'}: mean {one.mean:.2f} of 5, {one.usable:.0%} usable as they are"
            )
    for pair in summary.pairs:
        terminal.say(f"{pair.reader_a} and {pair.reader_b}: {_agreement(pair)}")
    for pair in summary.within:
        terminal.say(f"{pair.reader_a}, read twice: {_agreement(pair)}")
    every = summary.everybody
    if len(every.readers) > 2 and every.w.value is not None:
        terminal.say(f"all readers: W {_interval(every.w)}, ICC(2,1) {_interval(every.icc)} on {every.n} segments")
    for number in summary.numbers:
        if number.best is not None:
            terminal.say(
                f"{number.number}: tells segments that need work with an area of {number.auc:.2f} under the curve; "
                f"best at {number.best.value:.3g}, sensitivity {number.best.sensitivity:.0%}, "
                f"specificity {number.best.specificity:.0%} ({number.n_bad} of {number.n} need work)"
            )
    for total in summary.corrections:
        if not total.structure_key:
            terminal.say(_corrections_text(total))
    if summary.findings:
        terminal.say(_findings_text(summary.findings[0]))


def _corrected(study: Study) -> dict[tuple[str, str, tuple[str, str]], str]:
    return {(one.reader, one.case, (one.structure_key, one.model)): one.file for one in study.corrections}


def _corrections_text(one: CorrectionCounts) -> str:
    """Of a model, in words."""
    parts = [f"{one.model}: {counted(one.n, 'correction')}"]
    parts.append(f"median {one.seconds:.0f} s" if one.seconds is not None else "")
    parts.append(f"Dice {one.dice:.3f}" if one.dice is not None else "")
    parts.append(f"added path {one.added_path_length_mm:.0f} mm" if one.added_path_length_mm is not None else "")
    if one.consensus_dice is not None and one.corrected_consensus_dice is not None:
        parts.append(f"with the consensus {one.consensus_dice:.3f} before, {one.corrected_consensus_dice:.3f} after")
    return ", ".join(part for part in parts if part)


def _findings_text(one: FindingsAgainstVerdicts) -> str:
    """Of any finding, in words."""
    if one.sensitivity is None or one.precision is None:
        return f"findings: {one.n} of {one.n_read} segments have one, {one.all_bad} need work"
    return (
        f"findings: {one.bad} of {one.all_bad} segments that need work have one ({one.sensitivity:.0%}); "
        f"of {one.n} with one, {one.precision:.0%} need work"
    )


def _agreement(pair: ReaderPair) -> str:
    if pair.same is None:
        return "no segment in common"
    return (
        f"the same score for {pair.same:.0%} of {pair.n}, tau-b {_interval(pair.tau_b)}, "
        f"weighted kappa {_interval(pair.kappa)}"
    )


def _interval(estimate: Estimate) -> str:
    if estimate.value is None:
        return "none"
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.2f}"
    return f"{estimate.value:.2f} ({estimate.low:.2f} to {estimate.high:.2f})"
