"""Make a synthetic cohort of chest CTs with the outputs of six models, compare the models, and write the report."""

from __future__ import annotations

import argparse
import itertools
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from ..agreement.finding import Finding
from ..agreement.finding_kinds import KINDS
from ..agreement.options import AnalysisOptions
from ..agreement.table import PairwiseRow
from ..cohort.case_comparison import Settings
from ..cohort.cohort_file import read_cohort
from ..cohort.machinery import Machinery
from ..cohort.run_cohort import CASES, run_cohort
from ..errors import ConcordanceError, OutputError
from ..reporting.case_files import FINDINGS_FILE, PAIRWISE_FILE, REPORT_FILE
from ..reporting.finding_tables import read_findings
from ..reporting.tables import read_pairwise
from ..sample.cohort import Sample, make_sample
from ..sample.plans import SIZES
from ..sample.planted_errors import PlantedError
from ..viewer.links import LOCAL, link_template
from . import arguments
from .output_paths import require_output_folder
from .parser import examples
from .terminal import Terminal, command_to_type

COHORT_FILE = "cohort.toml"
_SHARE_OF_SAMPLE = 0.3
EXAMPLES = examples("concordance demo --output demo", "concordance demo --size full --output large")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``concordance demo``."""
    parser.add_argument("--output", required=True, type=arguments.path, metavar="DIR", help="folder for everything")
    parser.add_argument(
        "--size",
        choices=SIZES,
        default="small",
        help="small: seconds; full: 512 x 512 x 300 voxels, minutes and 1.6 GB of disk",
    )
    parser.add_argument("--seed", type=arguments.natural, default=2026, help="another seed draws other noise")


def run(args: argparse.Namespace, terminal: Terminal) -> dict[str, Any]:
    """Do it; the summary says how well the tables show each planted error.

    :param terminal: where progress and sentences go.
    :raises ConcordanceError: if the folder is in use, or a case of the sample could not be compared.
    """
    folder = args.output.resolve()
    _make_room(folder)
    terminal.say("Making the sample: a synthetic chest and six synthetic models with planted errors")
    steps = itertools.count(1)
    terminal.part(0, _SHARE_OF_SAMPLE)
    sample = make_sample(
        folder / "sample",
        size=args.size,
        seed=args.seed,
        # How many steps there are the sample's plan knows alone: each goes a tenth of what is left.
        progress=lambda what: terminal.progress(1 - 0.9 ** next(steps), what),
    )
    terminal.part(_SHARE_OF_SAMPLE, 1)
    cohort = sample.folder / COHORT_FILE
    cohort.write_text(_cohort_text(sample), encoding="utf-8")
    terminal.say(f"Comparing: {command_to_type('run', '--cohort', cohort, '--output', folder)}")
    settings = Settings(AnalysisOptions(surfaces=True), viewer=link_template(LOCAL))
    outcome = run_cohort(read_cohort(cohort, settings), folder, Machinery(os.cpu_count() or 1), terminal)
    if outcome.problems:
        raise ConcordanceError(outcome.problems[0].case, outcome.problems[0].error, "This is a fault of the program.")
    pairwise, found = read_pairwise(folder / PAIRWISE_FILE), read_findings(folder / FINDINGS_FILE)
    findings = [_finding(error, sample, pairwise, found) for error in sample.planted_errors]
    _say_findings(findings, folder, terminal)
    return {"report": str(folder / REPORT_FILE), "cases": [case.name for case in sample.cases], "planted": findings}


def _make_room(folder: Path) -> None:
    """Remove an earlier demo; refuse a folder that holds anything else."""
    require_output_folder(folder)
    if not folder.exists() or not any(folder.iterdir()):
        return
    if not (folder / "sample" / "sample.json").is_file():
        raise OutputError(folder, "is not empty and holds no earlier demo", "Name a new folder.")
    for path in folder.iterdir():
        if path.is_dir() and (path.name in ("sample", CASES) or (folder / "sample" / path.name).is_dir()):
            shutil.rmtree(path)


def _cohort_text(sample: Sample) -> str:
    """The cohort file of the sample: a pattern for each model, as a user would write it."""
    lines = ['title = "Concordance of the synthetic sample"', 'ct = "{case}/ct"']
    for output in sample.cases[0].outputs:
        lines += ["", "[[model]]", f'segmentation = "{{case}}/models/{output.label_map_name}/*"']
        lines.append(f'model = "{output.label_map_name}"')
        lines += [f'task = "{output.task}"'] if output.task else []
    return "\n".join(lines) + "\n"


def _finding(
    error: PlantedError, sample: Sample, pairwise: Sequence[PairwiseRow], found: Sequence[Finding]
) -> dict[str, Any]:
    """The finding that names a planted error; and how the model agrees with the others, on the worst of the structures
    concerned, and the others among themselves.

    Pairs tell whose error it is: under the intersection one failing model lowers everyone. And the median of them is
    not moved by the error of a second model.
    """
    title = {o.label_map_name: o.title for case in sample.cases for o in case.outputs}[error.model]
    dice = []
    for structure in error.structures:
        rows = [r for r in pairwise if r.case == error.case and r.structure == structure]
        pairs = [(row.dice, title in (row.model_a, row.model_b)) for row in rows if row.dice is not None]
        own, others = ([value for value, is_own in pairs if is_own is wanted] for wanted in (True, False))
        if own and others:
            dice.append((structure, median(own), median(others)))
    lowest = min(dice, key=lambda item: item[1] - item[2], default=None)
    worst = None if lowest is None else dict(zip(("structure", "model", "others"), lowest))
    named = next((finding for finding in found if _names(finding, error, title)), None)
    told = None if named is None else {"kind": named.kind, "sentence": named.sentence}
    about = {"case": error.case, "model": title, "kind": error.kind, "description": error.description}
    return {**about, "finding": told, "dice": worst}


def _names(finding: Finding, error: PlantedError, title: str) -> bool:
    """Whether a finding names a failure of a planted error's model, in its case, on one of its structures."""
    in_case = error.case == finding.case or error.case in finding.cases
    about_it = not set(error.structures).isdisjoint(finding.names)
    return in_case and about_it and finding.names_failure_of(title)


def _say_findings(findings: Sequence[dict[str, Any]], folder: Path, terminal: Terminal) -> None:
    terminal.say(
        "Planted errors, how the findings name them, and the median pairwise Dice of the model | of the others:"
    )
    for finding in findings:
        dice, told = finding["dice"], finding["finding"]
        shown = f"{dice['model']:.2f} | {dice['others']:.2f} ({dice['structure']})" if dice else "no pair knows it"
        name = KINDS[told["kind"]].title if told else "not named"
        terminal.say(f"  {finding['case']}  {finding['model']:<20} {finding['kind']:<18} {name:<32} {shown}")
    terminal.say(f"Report: {folder / REPORT_FILE}")
    terminal.say(f"The images behind its points: {command_to_type('view', '--study', folder)}")
