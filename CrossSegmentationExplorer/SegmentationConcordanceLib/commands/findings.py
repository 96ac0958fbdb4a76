"""The findings of a comparison: list them, choose among them, put them into a DICOM structured report."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..agreement.finding import Finding, finding_json, gravest_first
from ..agreement.finding_kinds import FORMER_KEYS, KINDS
from ..agreement.findings import findings_of_cohort
from ..agreement.table_findings import worst_findings
from ..errors import ConcordanceError, UnreadableFileError
from ..imaging.whole_files import require_no_input
from ..near_matches import did_you_mean
from ..reporting.case_files import AGREEMENT_FILE, FINDINGS_FILE, PAIRWISE_FILE
from ..reporting.finding_tables import read_findings, write_findings
from ..reporting.tables import read_agreement, read_pairwise
from . import arguments
from .finding_lines import finding_lines
from .parser import examples
from .terminal import Terminal

EXAMPLES = examples(
    "concordance findings demo-output",
    "concordance findings results --model MOOSE --kind missing ends_early",
    "concordance findings results --sr findings.dcm --seg results/segmentations/*.dcm",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``concordance findings``."""
    parser.add_argument(
        "results",
        nargs="+",
        type=arguments.path,
        metavar="PATH",
        help="folders of comparisons, or findings.csv; a folder without one is read from agreement.csv",
    )
    parser.add_argument("--case", nargs="+", default=[], metavar="NAME", help="only of these cases")
    parser.add_argument("--model", nargs="+", default=[], metavar="NAME", help="only about these models")
    parser.add_argument("--structure", nargs="+", default=[], metavar="NAME", help="only about these structures")
    parser.add_argument(
        "--kind",
        nargs="+",
        default=[],
        type=lambda text: FORMER_KEYS.get(text, text),
        choices=list(KINDS),
        metavar="KIND",
        help=", ".join(KINDS),
    )
    parser.add_argument("--limit", type=arguments.natural, default=20, metavar="N", help="how many (default: 20)")
    parser.add_argument("--output", type=arguments.path, metavar="FILE.csv", help="write the chosen ones as a table")
    parser.add_argument("--sr", type=arguments.path, metavar="FILE.dcm", help="write a DICOM structured report of them")
    parser.add_argument(
        "--seg",
        nargs="+",
        default=[],
        type=arguments.path_text,
        metavar="[NAME=]FILE",
        help="with --sr: the DICOM SEGs to refer to; without NAME by their algorithm name",
    )


def run(args: argparse.Namespace, terminal: Terminal) -> dict[str, Any]:
    """Do it; the summary holds the findings that were chosen.

    :param terminal: where the sentences go.
    :raises ConcordanceError: if a table cannot be read, or nothing is called as an option says.
    """
    if bool(args.sr) != bool(args.seg):
        raise ConcordanceError("--sr", "goes with --seg", "Give the DICOM SEGs that the report is to refer to.")
    findings = gravest_first(finding for path in args.results for finding in _read(path))
    for option, known in (
        (args.case, {case for one in findings for case in (one.case, *one.cases)}),
        (args.model, {model for one in findings for model in (*one.models, *one.others)}),
        (args.structure, {name for one in findings for name in one.names}),
    ):
        _require_known(option, known, terminal)
    chosen = [finding for finding in findings if _is_chosen(finding, args)]
    for line in finding_lines(chosen, args.limit):
        terminal.say(line)
    files = [path for path in (args.output, args.sr) if path is not None]
    for path in files:
        require_no_input(path, [*args.results, *(Path(_split(seg)[1]) for seg in args.seg)])
    if args.output is not None:
        write_findings(args.output, chosen)
    if args.sr is not None:
        from ..reporting.finding_sr import read_referenced, write_finding_sr  # highdicom takes a while to load

        segs = [read_referenced(file, name) for name, file in map(_split, args.seg)]
        held = write_finding_sr(args.sr, chosen, segs)
        terminal.say(f"{args.sr}: {held} of {len(chosen)} findings")
    shown = chosen[: args.limit]
    return {
        "findings": [finding_json(finding) for finding in shown],
        "count": len(chosen),
        "files": [str(path) for path in files],
    }


def _read(path: Path) -> Sequence[Finding]:
    """The findings of a folder or a table; from agreement.csv and pairwise.csv where there is no findings.csv."""
    if path.is_file():
        return read_findings(path)
    if not path.is_dir():
        raise UnreadableFileError(path, "does not exist", "Give the folder of a comparison, or its findings.csv.")
    if (path / FINDINGS_FILE).is_file():
        return read_findings(path / FINDINGS_FILE)
    if (path / AGREEMENT_FILE).is_file():
        pairs = read_pairwise(path / PAIRWISE_FILE) if (path / PAIRWISE_FILE).is_file() else []
        return worst_findings(read_agreement(path / AGREEMENT_FILE), pairs, limit=1000)
    below = sorted(path.glob(f"*/{FINDINGS_FILE}"))
    if not below:
        raise UnreadableFileError(path, f"holds no {FINDINGS_FILE}", "Give the folder of a comparison.")
    return findings_of_cohort([read_findings(table) for table in below])


def _require_known(names: Sequence[str], known: set[str], terminal: Terminal) -> None:
    for name in names:
        if name not in known and known:
            raise ConcordanceError(name, "is in no finding", did_you_mean(name, known) or "Check the name.")


def _is_chosen(finding: Finding, args: argparse.Namespace) -> bool:
    return (
        (not args.case or not {finding.case, *finding.cases}.isdisjoint(args.case))
        and (not args.model or not set(finding.models).isdisjoint(args.model))
        and (not args.structure or not set(finding.names).isdisjoint(args.structure))
        and (not args.kind or finding.kind in args.kind)
    )


def _split(text: str) -> tuple[str, str]:
    name, equals, rest = text.partition("=")
    return (name, rest) if equals and not Path(text).exists() else ("", text)
