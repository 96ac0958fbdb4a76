"""Make a synthetic cohort of chest CTs with the outputs of six models, compare the models, and write the report."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from ..agreement.analysis import Analysis, CaseResult
from ..agreement.models import ModelSegmentation
from ..agreement.options import AnalysisOptions
from ..agreement.table import PairwiseRow
from ..agreement.table_findings import worst_findings
from ..anatomy.vocabulary import load_vocabulary
from ..errors import OutputError
from ..imaging.harmonization import output_on_grid, write_output_seg
from ..imaging.image_series import ImageSeries, read_image_series
from ..imaging.resampling import bring_to_grid
from ..imaging.seg_reader import read_dicom_seg
from ..reporting.case_files import (
    AGREEMENT_FILE,
    CONSENSUS_FILE,
    PAIRWISE_FILE,
    REPORT_FILE,
    series_pictures,
    write_case,
)
from ..reporting.case_identifiers import case_identifiers, joined_identifiers, with_consensus
from ..reporting.case_table import CaseTable
from ..reporting.pictures import Picture
from ..reporting.report import write_report
from ..reporting.tables import write_agreement, write_pairwise
from ..sample.cohort import Sample, SampleCase, make_sample
from ..sample.model_files import ModelOutput
from ..sample.plans import SIZES
from ..sample.planted_errors import PlantedError
from ..viewer.links import LOCAL, link_template
from .terminal import Terminal, command_to_type


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``concordance demo``."""
    parser.add_argument("--output", required=True, type=Path, metavar="DIR", help="folder for everything")
    parser.add_argument(
        "--size",
        choices=SIZES,
        default="small",
        help="small: seconds; full: 512 x 512 x 300 voxels, minutes and 1.6 GB of disk",
    )
    parser.add_argument("--seed", type=int, default=2026, help="another seed draws other noise")


def run(args: argparse.Namespace, terminal: Terminal) -> dict[str, Any]:
    """Do it; the summary says how well the tables show each planted error."""
    folder = args.output.resolve()
    _make_room(folder)
    terminal.say("Making the sample: a synthetic chest and six synthetic models with planted errors")
    sample = make_sample(
        folder / "sample", size=args.size, seed=args.seed, progress=lambda what: terminal.progress(0.1, what)
    )
    viewer = link_template(LOCAL)
    compared = [_compare(case, folder / case.name, viewer, terminal) for case in sample.cases]
    results = [result for result, _, _ in compared]
    agreement = [row for result in results for row in result.agreement]
    pairwise = [row for result in results for row in result.pairwise]
    write_agreement(folder / AGREEMENT_FILE, agreement)
    write_pairwise(folder / PAIRWISE_FILE, pairwise)
    write_report(
        folder / REPORT_FILE,
        agreement,
        pairwise,
        title="Concordance of the synthetic sample",
        cases=joined_identifiers(cases for _, cases, _ in compared),
        viewer=viewer,
        pictures=[picture for _, _, pictures in compared for picture in pictures],
    )
    findings = [_finding(error, sample, pairwise) for error in sample.planted_errors]
    _say_findings(findings, folder, terminal)
    return {"report": str(folder / REPORT_FILE), "cases": [result.case for result in results], "planted": findings}


def _make_room(folder: Path) -> None:
    """Remove an earlier demo; refuse a folder that holds anything else."""
    if folder.is_file():
        raise OutputError(folder, "is a file", "Name a new folder.")
    if not folder.exists() or not any(folder.iterdir()):
        return
    if not (folder / "sample" / "sample.json").is_file():
        raise OutputError(folder, "is not empty and holds no earlier demo", "Name a new folder.")
    for path in folder.iterdir():
        if path.is_dir() and (path.name == "sample" or (folder / "sample" / path.name).is_dir()):
            shutil.rmtree(path)


def _compare(
    case: SampleCase, folder: Path, viewer: str, terminal: Terminal
) -> tuple[CaseResult, CaseTable, list[Picture]]:
    series = read_image_series(case.ct_folder)
    models, segs = [], {}
    for number, output in enumerate(case.outputs):
        terminal.progress(number / len(case.outputs), f"{case.name}: {output.title} to DICOM SEG and back")
        path = folder / "segmentations" / f"{output.label_map_name}.dcm"
        model, segs[output.title] = _through_dicom(output, series, path)
        models.append(model)
    result = Analysis(models, case=case.name, series_uid=series.series_uid).result(AnalysisOptions(surfaces=True))
    cases = case_identifiers(case.name, series, segs)
    pictures = series_pictures(result, series)
    write_case(folder, result, series, cases=cases, viewer=viewer, pictures=pictures)
    terminal.say(
        f"{case.name}: {len(models)} models as DICOM SEG, {len(result.comparison.structures)} structures compared"
    )
    for finding in worst_findings(result.agreement, result.pairwise, limit=1):
        terminal.say(f"  {finding.sentence}")
    return result, with_consensus(cases, case.name, folder / CONSENSUS_FILE), pictures


def _through_dicom(output: ModelOutput, series: ImageSeries, path: Path) -> tuple[ModelSegmentation, str]:
    """The model's output as a user would bring it in: written as DICOM SEG and read again; and its series UID."""
    vocabulary = load_vocabulary(output.label_map_name)
    read = output_on_grid(output.paths, vocabulary, series.geometry, output.task)
    write_output_seg(path, read, series, vocabulary)
    seg = read_dicom_seg(path, series)
    again = bring_to_grid(seg.label_map, series.geometry, str(path), allow_extent_change=True)
    return ModelSegmentation(output.title, again, vocabulary.structures_known(read.tasks)), seg.series_uid


def _finding(error: PlantedError, sample: Sample, pairwise: Sequence[PairwiseRow]) -> dict[str, Any]:
    """How the model agrees with the others, on the worst of the structures concerned, and the others among themselves.

    Pairs tell whose error it is: under the intersection one failing model lowers everyone. And the median of them is
    not moved by the error of a second model.
    """
    title = {o.label_map_name: o.title for case in sample.cases for o in case.outputs}[error.model]
    found = []
    for structure in error.structures:
        rows = [r for r in pairwise if r.case == error.case and r.structure == structure and r.dice is not None]
        own = [row.dice for row in rows if title in (row.model_a, row.model_b)]
        others = [row.dice for row in rows if title not in (row.model_a, row.model_b)]
        if own and others:
            found.append({"structure": structure, "model": median(own), "others": median(others)})
    worst = min(found, key=lambda item: item["model"] - item["others"], default=None)
    return {"case": error.case, "model": title, "kind": error.kind, "description": error.description, "dice": worst}


def _say_findings(findings: Sequence[dict[str, Any]], folder: Path, terminal: Terminal) -> None:
    terminal.say("Planted errors, and the median pairwise Dice of the model with the others | of the others:")
    for finding in findings:
        dice = finding["dice"]
        shown = f"{dice['model']:.2f} | {dice['others']:.2f} ({dice['structure']})" if dice else "no pair knows it"
        terminal.say(f"  {finding['case']}  {finding['model']:<20} {finding['kind']:<20} {shown}")
    terminal.say(f"Report: {folder / REPORT_FILE}")
    terminal.say(f"The images behind its points: {command_to_type('view', '--study', folder)}")
