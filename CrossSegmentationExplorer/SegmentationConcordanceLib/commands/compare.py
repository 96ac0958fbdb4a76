"""Several models' segmentations of one image -> tables, the consensus and report.html."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..agreement.analysis import CaseResult
from ..agreement.finding import finding_json
from ..agreement.severity import concerned, in_words, reason
from ..cohort.case_comparison import Settings, compare_case
from ..cohort.case_image import case_name, read_case_image
from ..cohort.runs import read_runs
from ..errors import ConcordanceError
from ..imaging.seg_writer import BINARY
from ..imaging.whole_files import require_no_input
from ..plurals import counted
from ..reporting.case_files import CONSENSUS_FILE, CONSENSUS_STEM, is_result
from . import arguments, compare_many
from .analysis_options import add_analysis_arguments, analysis_options
from .finding_lines import finding_lines
from .label_map_options import add_label_map_arguments, folders_of
from .output_paths import require_output_folder
from .parser import examples
from .run_arguments import add_run_arguments, parse_runs
from .storage_options import add_storage_arguments, storage_of
from .structure_names import require_known_structures
from .swapped import require_not_swapped
from .terminal import Terminal
from .viewer_option import add_viewer_argument, viewer_of

EXAMPLES = examples(
    "concordance compare --ct ct --seg ts.dcm moose.dcm --output results",
    'concordance compare --ct ct --seg "run 1=a.nii.gz" "run 2=b.nii.gz" --model totalsegmentator_v2 --output out',
    "concordance compare --ct ct --seg a.dcm b.dcm c.dcm --consensus majority --only-structures 'rib_*' --output out",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``concordance compare``."""
    parser.add_argument(
        "--ct",
        type=arguments.path,
        metavar="PATH",
        help="what was segmented: folder of the DICOM series (CT, MR or PET), or an image file such as NIfTI; without "
        "it the outputs are compared on their own grid",
    )
    parser.add_argument(
        "--series", type=arguments.text, metavar="UID", help="SeriesInstanceUID, where the folder holds several series"
    )
    add_run_arguments(parser)
    parser.add_argument(
        "--case",
        type=arguments.text,
        help="what the case is called in the tables (default: the name of the CT's folder or file, or of the folder "
        "around one that is called ct, images or the like; without --ct of the first --seg)",
    )
    parser.add_argument("--output", required=True, type=arguments.path, metavar="DIR", help="folder for the results")
    add_storage_arguments(parser, BINARY)
    add_viewer_argument(parser)
    add_label_map_arguments(parser)
    compare_many.add_arguments(parser)
    add_analysis_arguments(parser)


def run(args: argparse.Namespace, terminal: Terminal) -> dict[str, Any]:
    """Do it; the summary names the files and the worst agreement.

    :param terminal: where progress, notes and the summary's sentences go.
    :raises ConcordanceError: if the call or an input is wrong; nothing is written then.
    """
    options = analysis_options(args)
    viewer = viewer_of(args)
    settings = Settings(options, tuple(args.combine), args.resample, folders_of(args), viewer, storage=storage_of(args))
    if args.cases is not None:
        return compare_many.run(args, settings, terminal)
    for option in ("redo", "case_reports", "parquet", "workers", "memory", "scheduler"):
        if getattr(args, option):
            raise ConcordanceError(f"--{option.replace('_', '-')}", "is for many cases", "Give --cases DIR with it.")
    runs = parse_runs([path for paths in args.seg for path in paths], args.model)
    paths = [one.path for one in runs]
    require_not_swapped(args.ct, paths, "--seg")
    require_output_folder(args.output, image_folders=[args.ct] if args.ct and args.ct.is_dir() else [])
    for file in args.output.glob("*"):
        if is_result(file.name):
            require_no_input(file, paths)
    if args.series and (args.ct is None or args.ct.is_file()):
        raise ConcordanceError("--series", "chooses among the series of a folder", "Give the folder as --ct.")
    terminal.progress(0.0, "reading the image")
    image = read_case_image(args.ct, args.series)
    reads = read_runs(runs, image, terminal, resample=args.resample, folders=settings.label_map_folders)
    case = args.case or case_name(args.ct or runs[0].path)
    file = args.ct if args.ct and args.ct.is_file() else None
    compared = compare_case(case, image, reads, settings, terminal, file)
    result = compared.result
    require_known_structures("--only-structures", options.structures, compared.structures)
    terminal.progress(0.9, "writing")
    files = compared.write(args.output, settings, terminal.report_notes)
    for line in summary_lines(result):
        terminal.say(line)
    if compared.series is None and any(path.name == f"{CONSENSUS_STEM}.nii.gz" for path in files):
        terminal.say(f"without a DICOM series there is no {CONSENSUS_FILE}; the consensus is {CONSENSUS_STEM}.nii.gz")
    for path in files:
        terminal.say(str(path))
    return _summary(result, files)


def summary_lines(result: CaseResult) -> list[str]:
    """What was compared, and the worst of what was found, in words."""
    compared = [structure for structure in result.comparison.structures if structure.n_voters > 1]
    n_models, n_structures = len(result.comparison.models), len(result.comparison.structures)
    lines = [f"{result.case}: {counted(len(compared), 'structure')} that two or more of {n_models} models know"]
    if n_models == 1:
        lines = [f"{result.case}: {counted(n_structures, 'structure')} of one model; there is no agreement to tell"]
    worst = result.worst()
    if worst is not None:
        lines.append(f"worst: {in_words(worst, result.agreement)}")
    return [*lines, *finding_lines(result.findings), *result.notes]


def _summary(result: CaseResult, files: list[Path]) -> dict[str, Any]:
    worst = result.worst()
    return {
        "case": result.case,
        "models": list(result.comparison.models),
        "structures": len(result.comparison.structures),
        "consensus": result.consensus.method,
        "worst": None
        if worst is None
        else {
            "structure": worst.structure,
            "model": worst.model,
            "models": list(concerned(worst, result.agreement)),
            "dice": worst.dice,
            "severity": worst.severity,
            "reason": reason(worst),
        },
        "findings": [finding_json(finding) for finding in result.findings],
        "notes": list(result.notes),
        "staple": [asdict(row) for row in result.staple],
        "files": [str(path) for path in files],
    }
