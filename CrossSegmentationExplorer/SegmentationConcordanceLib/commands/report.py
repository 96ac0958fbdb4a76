"""Agreement tables of any origin -> the interactive report."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..agreement.table import AgreementRow
from ..errors import ConcordanceError
from ..reporting.findings import worst_findings
from ..reporting.report import write_report
from ..reporting.tables import read_agreement, read_pairwise
from .terminal import Terminal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``concordance report``."""
    parser.add_argument(
        "--agreement", required=True, nargs="+", type=Path, metavar="FILE", help="agreement.csv of one or more cases"
    )
    parser.add_argument("--pairwise", nargs="+", type=Path, default=[], metavar="FILE", help="pairwise.csv of the same")
    parser.add_argument("--title", help="heading of the page (default: how many cases and models it compares)")
    parser.add_argument("--output", required=True, type=Path, metavar="FILE.html", help="the page to write")


def run(args: argparse.Namespace, terminal: Terminal) -> dict[str, Any]:
    """Do it; the summary counts what the report holds and repeats its worst findings."""
    agreement = _joined(args.agreement)
    pairwise = [row for path in args.pairwise for row in read_pairwise(path)]
    counts = {name: len({getattr(row, name) for row in agreement}) for name in ("case", "model", "structure")}
    title = args.title or f"Concordance of {counts['model']} models on {counts['case']} cases"
    write_report(args.output, agreement, pairwise, title=title)
    findings = worst_findings(agreement, pairwise)
    terminal.say(f"{args.output}: {len(agreement)} rows, {', '.join(f'{n} {name}s' for name, n in counts.items())}")
    for sentence in findings:
        terminal.say(f"  {sentence}")
    return {
        "report": str(args.output),
        "rows": len(agreement),
        **{f"{name}s": count for name, count in counts.items()},
        "findings": findings,
    }


def _joined(paths: Iterable[Path]) -> list[AgreementRow]:
    """The rows of all files; a row that two of them hold would count twice in every mean."""
    rows: list[AgreementRow] = []
    file_of: dict[tuple[str, ...], Path] = {}
    for path in paths:
        for row in read_agreement(path):
            what = (row.case, row.structure, row.structure_key, row.model, row.consensus)
            if what in file_of:
                raise ConcordanceError(
                    path,
                    f"case {row.case}, structure {row.structure}, model {row.model}, consensus {row.consensus} is a"
                    f" second time in the tables, first in {file_of[what]}",
                    "Give every table once, and every case a name of its own.",
                )
            file_of[what] = path
            rows.append(row)
    return rows
