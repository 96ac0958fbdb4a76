"""Agreement tables of any origin -> the interactive report."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from ..agreement.table import AgreementRow, PairwiseRow
from ..errors import ConcordanceError
from ..imaging.seg_correction import corrected_name, correction_by
from ..imaging.whole_files import require_no_input
from ..plurals import counted
from ..reporting.beside_tables import finding_renamed, findings_beside, picture_renamed, pictures_beside
from ..reporting.case_share import structures_in_cases
from ..reporting.case_table import NO_CASES, CaseTable, read_cases
from ..reporting.published_tables import is_published_layout, read_published
from ..reporting.report import MOST_FINDINGS, write_report
from ..reporting.tables import read_agreement, read_pairwise
from ..review.report_section import readers_called, report_section
from ..review.review_summary import summarize
from ..review.study import read_study
from ..review.verdict_and_numbers import numbers_of
from . import arguments
from .finding_lines import finding_lines
from .output_paths import require_output_file
from .parser import examples
from .terminal import Terminal
from .viewer_option import add_viewer_argument, viewer_of

EXAMPLES = examples(
    "concordance report --agreement results/agreement.csv --pairwise results/pairwise.csv --output report.html",
    "concordance report --agreement */agreement.csv --cases patients.csv --min-case-share 0.5 --output all.html",
)

_SAID = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``concordance report``."""
    parser.add_argument(
        "--agreement",
        required=True,
        nargs="+",
        type=arguments.path,
        metavar="FILE",
        help="agreement.csv of one or more cases, with what findings.csv and pictures.json beside it tell; or Dice and"
        " volume tables in the layout of the published comparison",
    )
    parser.add_argument(
        "--pairwise", nargs="+", type=arguments.path, default=[], metavar="FILE", help="pairwise.csv of the same"
    )
    parser.add_argument(
        "--cases",
        type=arguments.path,
        metavar="FILE",
        help="a line per case: case or series_uid, patient_id, kernel, slice_thickness_mm, manufacturer, or any other"
        " column to show and filter by; study_uid and seg_<model> for links",
    )
    parser.add_argument(
        "--reviews",
        nargs="+",
        type=arguments.path,
        default=[],
        metavar="PATH",
        help="review files of readers, or folders of them: their verdicts, agreement and corrections, without names",
    )
    parser.add_argument("--name-readers", action="store_true", help="show the readers' names, not Reader 1, Reader 2")
    parser.add_argument(
        "--min-case-share",
        type=arguments.share,
        default=0.0,
        metavar="SHARE",
        help="leave out structures that were found in less than this share of the cases, 0 to 1 (default: 0)",
    )
    add_viewer_argument(parser, default="none")
    parser.add_argument(
        "--data-beside",
        action="store_true",
        help="write the data into a second file, FILE.data.js, for more than some 100,000 rows",
    )
    parser.add_argument(
        "--title", type=arguments.text, help="heading of the page (default: how many cases and models it compares)"
    )
    parser.add_argument("--output", required=True, type=arguments.path, metavar="FILE.html", help="the page to write")


def run(args: argparse.Namespace, terminal: Terminal) -> dict[str, Any]:
    """Do it; the summary counts what the report holds and repeats its worst findings.

    :param terminal: where the sentences go.
    :raises ConcordanceError: if a table cannot be read; no report is written then.
    """
    viewer = viewer_of(args)
    require_no_input(
        args.output, [*args.agreement, *args.pairwise, *args.reviews, *([args.cases] if args.cases else [])]
    )
    require_output_file(args.output, ".html")
    agreement, cases, tables = _agreement(args.agreement)
    if args.cases:
        cases = _merged(cases, read_cases(args.cases, agreement))
    pairwise = [row for path in args.pairwise for row in read_pairwise(path)]
    review, called = _review(args, agreement, terminal)
    agreement = [dataclasses.replace(row, model=called(row.model)) for row in agreement]
    pairwise = [dataclasses.replace(row, model_a=called(row.model_a), model_b=called(row.model_b)) for row in pairwise]
    agreement, pairwise, notes = _common(agreement, pairwise, args.min_case_share)
    found = findings_beside(tables, agreement, pairwise, cases.labels, MOST_FINDINGS)
    findings = [finding_renamed(finding, called) for finding in found]
    counts = {name: len({getattr(row, name) for row in agreement}) for name in ("case", "model", "structure")}
    title = args.title or f"Concordance of {counted(counts['model'], 'model')} on {counted(counts['case'], 'case')}"
    write_report(
        args.output,
        agreement,
        pairwise,
        title=title,
        notes=notes,
        cases=cases,
        viewer=viewer,
        data_beside=args.data_beside,
        review=review,
        findings=findings,
        pictures=[picture_renamed(picture, called) for picture in pictures_beside(tables)],
    )
    sentences = [finding.sentence for finding in findings[:_SAID]]
    terminal.say(
        f"{args.output}: {counted(len(agreement), 'row')}, {', '.join(counted(n, name) for name, n in counts.items())}"
    )
    for line in (*notes, *finding_lines(findings, place=args.output.name)):
        terminal.say(line)
    return {
        "report": str(args.output),
        "rows": len(agreement),
        **{f"{name}s": count for name, count in counts.items()},
        "notes": notes,
        "findings": sentences,
    }


def _review(
    args: argparse.Namespace, agreement: list[AgreementRow], terminal: Terminal
) -> tuple[dict[str, Any] | None, Callable[[str], str]]:
    """The section of the review, None where none was asked for; and what the page calls a model, as the name of a
    corrected one has its reader's in it."""
    if not args.reviews:
        if args.name_readers:
            raise ConcordanceError("--name-readers", "there is no review", "Give its files: --reviews PATH.")
        return None, lambda model: model
    study, numbers = read_study(args.reviews), numbers_of(agreement)
    for note in study.notes:
        terminal.warn(note)
    summary = summarize(study.verdicts, numbers, corrections=study.corrections)
    dice = numbers["dice"][0] if "dice" in numbers else None
    readers = readers_called(summary, name_readers=args.name_readers)
    names = {
        corrected_name(one.model, correction_by(reader)): f"{one.model}, corrected by {shown}"
        for one in summary.corrections
        for reader, shown in readers.items()
    }
    return report_section(summary, dice, name_readers=args.name_readers), lambda model: names.get(model, model)


def _common(
    agreement: list[AgreementRow], pairwise: list[PairwiseRow], min_share: float
) -> tuple[list[AgreementRow], list[PairwiseRow], list[str]]:
    """The rows of the structures that enough cases show, and a sentence on what was left out."""
    kept = structures_in_cases(agreement, min_share)
    left_out = sorted({row.structure for row in agreement if (row.structure, row.structure_key) not in kept})
    if not left_out:
        return agreement, pairwise, []
    note = f"Left out, found in less than {min_share:.0%} of the cases: {', '.join(left_out)}."
    return (
        [row for row in agreement if (row.structure, row.structure_key) in kept],
        [row for row in pairwise if (row.structure, row.structure_key) in kept],
        [note],
    )


def _agreement(paths: Iterable[Path]) -> tuple[list[AgreementRow], CaseTable, dict[Path, set[str]]]:
    """The rows of all files, those of the published layout joined; the first file's consensus comes first.

    And the cases of each file of our own layout.
    """
    published: list[Path] = []
    own: list[Path] = []
    for path in paths:
        (published if is_published_layout(path) else own).append(path)
    rows, cases = read_published(published) if published else ([], NO_CASES)
    joined, tables = _joined(own)
    return [*joined, *rows], cases, tables


def _joined(paths: Iterable[Path]) -> tuple[list[AgreementRow], dict[Path, set[str]]]:
    """The rows of all files, and the cases of each; a row that two of them hold would count twice in every mean."""
    rows: list[AgreementRow] = []
    file_of: dict[tuple[str, ...], Path] = {}
    cases_of: dict[Path, set[str]] = {}
    for path in paths:
        for row in read_agreement(path):
            what = (row.case, row.structure, row.structure_key, row.model, row.consensus)
            if what in file_of:
                raise ConcordanceError(
                    path,
                    f"case {row.case}, structure {row.structure}, model {row.model}, consensus {row.consensus} is a"
                    f" second time in the tables, first in {file_of[what]}",
                    "Give every table once, and every case a name of its own, with 'concordance compare --case NAME'.",
                )
            file_of[what] = path
            cases_of.setdefault(path, set()).add(row.case)
            rows.append(row)
    return rows, cases_of


def _merged(published: CaseTable, cases: CaseTable) -> CaseTable:
    """Identifiers of both; the table of cases wins."""
    return dataclasses.replace(
        cases,
        study_uids={**published.study_uids, **cases.study_uids},
        seg_uids={**published.seg_uids, **cases.seg_uids},
    )
