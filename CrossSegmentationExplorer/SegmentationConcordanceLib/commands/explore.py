"""Show several models' segmentations of one image in the browser: one row of views per model, structure by structure,
worst agreement first. Served by and to this machine alone."""

from __future__ import annotations

import argparse
import importlib.util
import webbrowser
from collections.abc import Sequence
from typing import Any

from ..cohort.case_image import case_name
from ..cohort.case_list import open_case_list
from ..cohort.case_scan import read_scan
from ..cohort.runs import RunFile
from ..errors import ConcordanceError
from ..exploring.scan import Scan
from ..review.case_walk import CaseWalk
from ..review.review_session import ReviewSession
from ..review.work_list import Order, Reading
from . import arguments
from .interruption import interrupted
from .label_map_options import add_label_map_arguments, folders_of
from .parser import examples
from .run_arguments import add_run_arguments, parse_runs
from .terminal import Terminal

_ORDERS = {
    "given": Order.GIVEN,
    "findings": Order.FINDINGS,
    "unread": Order.UNREAD,
    "random": Order.RANDOM,
}

EXAMPLES = examples(
    "concordance explore --ct ct --seg ts.dcm moose.dcm",
    "concordance explore --cases cohort.csv --order random --review review.csv --reader Ann --blinded 7",
    "concordance explore --ct ct.nii.gz --seg full=full.nii.gz fast=fast.nii.gz --model totalsegmentator_v2:total",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``concordance explore``."""
    parser.add_argument(
        "--ct",
        type=arguments.path,
        metavar="PATH",
        help="folder of the DICOM series (CT, MR or PET), or a NIfTI file",
    )
    parser.add_argument(
        "--series", type=arguments.text, metavar="UID", help="SeriesInstanceUID, where the folder holds several series"
    )
    add_run_arguments(parser, required=False)
    parser.add_argument(
        "--case",
        type=arguments.text,
        help="what the page calls the case (default: as in compare, the name of the image or of the folder around it)",
    )
    parser.add_argument(
        "--cases",
        type=arguments.path,
        metavar="COHORT",
        help="a cohort file: look at its cases one after the other, instead of --ct and --seg",
    )
    parser.add_argument(
        "--order",
        choices=_ORDERS,
        default="given",
        help="of --cases: as listed, the most serious findings first (findings.csv beside the file), the fewest"
        " verdicts first, or at random (default: %(default)s)",
    )
    parser.add_argument(
        "--twice",
        type=arguments.share,
        default=0.0,
        metavar="SHARE",
        help="of --cases: this share of them is read twice, unannounced, 0 to 1",
    )
    parser.add_argument(
        "--review",
        type=arguments.path,
        metavar="FILE.csv",
        help="judge the models: keep the verdicts in this file, see --reader",
    )
    parser.add_argument("--reader", type=arguments.text, metavar="NAME", help="who judges")
    parser.add_argument(
        "--blinded",
        type=arguments.natural,
        metavar="SEED",
        help="hide the models' names and mix their order; the same SEED for all cases of a study",
    )
    add_label_map_arguments(parser)
    parser.add_argument("--port", type=arguments.port, default=0, metavar="N", help="port (default: any free one)")
    parser.add_argument("--no-browser", action="store_true", help="print the address, open no browser")


def run(args: argparse.Namespace, terminal: Terminal) -> dict[str, Any]:
    """Serve until interrupted; the summary has the address.

    :param terminal: where progress, notes and the address go.
    :raises ConcordanceError: if the call or an input is wrong, or trame-slicer is missing.
    """
    review = _review(args)
    _require_one_way(args)
    runs = parse_runs([path for paths in args.seg for path in paths], args.model)
    _require_trame_slicer()
    from ..browser.serving import serve

    walk = _walk(args, review) if args.cases else None
    if walk is None:
        scan = _scan(args, runs, terminal)
        reading = Reading(scan.name)
    else:
        terminal.progress(0.0, "reading the first case")
        first = walk.go(1)
        if first is None:
            raise ConcordanceError(args.cases, "names no cases", "Give another cohort file.")
        reading, scan = first
    if review is not None:
        case, uid = reading.case, scan.series_uid
        scan = scan.blinded(review.open_case(case, scan.models, series_uid=uid, repeat=reading.repeat))
        for note in review.notes:
            terminal.warn(note)

    def ready(address: str, link: str, notes: Sequence[str]) -> None:
        for note in notes:
            terminal.warn(note)
        if terminal.quiet:  # standard output is the summary's, which comes at the end, and nobody can guess the address
            terminal.err.write(f"{address}\n")
            terminal.err.flush()
        terminal.say(address)
        terminal.say("Ctrl-C ends it.")
        if not args.no_browser:
            webbrowser.open(link)

    terminal.progress(0.8, "comparing")
    with interrupted() as end:
        return {"address": serve(scan, args.port, ready, end.is_set, review, terminal.warn, walk)}


def _review(args: argparse.Namespace) -> ReviewSession | None:
    if args.review is None:
        if args.reader or args.blinded is not None:
            raise ConcordanceError("--reader, --blinded", "belong to a review", "Name its file: --review FILE.csv.")
        return None
    if not (args.reader or "").strip():
        raise ConcordanceError("--review", "has no reader", "Say who judges: --reader NAME.")
    return ReviewSession(args.review, args.reader, seed=args.blinded)


def _require_one_way(args: argparse.Namespace) -> None:
    """One case by its files, or the cases of a cohort."""
    if args.cases and (args.ct or args.seg or args.model or args.case or args.series):
        raise ConcordanceError(
            "--cases", "names images and models itself", "Leave out --ct, --seg and what goes along."
        )
    if not args.cases and (args.ct is None or not args.seg):
        raise ConcordanceError("explore", "has nothing to show", "Give --ct and --seg, or --cases.")


def _scan(args: argparse.Namespace, runs: Sequence[RunFile], terminal: Terminal) -> Scan:
    return read_scan(
        args.case or case_name(args.ct),
        args.ct,
        runs,
        terminal,
        series_uid=args.series,
        resample=args.resample,
        folders=folders_of(args),
    )


def _walk(args: argparse.Namespace, review: ReviewSession | None) -> CaseWalk[Scan]:
    return open_case_list(
        args.cases,
        _ORDERS[args.order],
        verdicts=review.verdicts if review else (),
        seed=args.blinded or 0,
        repeated_share=args.twice,
    )


def _require_trame_slicer() -> None:
    if importlib.util.find_spec("trame_slicer") is None:
        raise ConcordanceError(
            "concordance explore",
            "needs trame-slicer, which cannot share an environment with the slicer-core of the rest",
            "Run `make explore-env` in the checkout, then the same command again.",
        )
