"""Show several models' segmentations of one image in the browser: one row of views per model, structure by structure,
worst agreement first. Served by and to this machine alone."""

from __future__ import annotations

import argparse
import importlib.util
import webbrowser
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..cohort.runs import RunFile, read_runs
from ..errors import ConcordanceError
from ..imaging.image_series import read_image_series, read_voxels
from ..imaging.nifti import read_nifti
from ..review.review_session import ReviewSession
from .interruption import interrupted
from .label_map_options import add_label_map_arguments, folders_of
from .run_arguments import add_run_arguments, parse_runs
from .terminal import Terminal

if TYPE_CHECKING:
    from ..scene.scan_nodes import Scan

_NO_OTHER_BUT_CT = -500  # HU; what a NIfTI file holds stands nowhere in it, but only a CT shows air that low


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``concordance explore``."""
    parser.add_argument(
        "--ct",
        required=True,
        type=Path,
        metavar="PATH",
        help="folder of the DICOM series (CT, MR or PET), or a NIfTI file",
    )
    parser.add_argument("--series", metavar="UID", help="SeriesInstanceUID, where the folder holds several series")
    add_run_arguments(parser)
    parser.add_argument("--case", help="what the page calls the case (default: the name of the CT's folder or file)")
    parser.add_argument(
        "--review", type=Path, metavar="FILE.csv", help="judge the models: keep the verdicts in this file, see --reader"
    )
    parser.add_argument("--reader", metavar="NAME", help="who judges")
    parser.add_argument(
        "--blinded",
        type=int,
        metavar="SEED",
        help="hide the models' names and mix their order; the same SEED for all cases of a study",
    )
    add_label_map_arguments(parser)
    parser.add_argument("--port", type=int, default=0, metavar="N", help="port (default: any free one)")
    parser.add_argument("--no-browser", action="store_true", help="print the address, open no browser")


def run(args: argparse.Namespace, terminal: Terminal) -> dict[str, Any]:
    """Serve until interrupted; the summary has the address."""
    review = _review(args)
    runs = parse_runs([path for paths in args.seg for path in paths], args.model)
    _require_trame_slicer()
    from ..browser.serving import serve

    scan = _read_scan(args, runs, terminal)
    if review is not None:
        scan = _as_read(scan, review)
        for note in review.notes:
            terminal.warn(note)

    def ready(address: str, notes: Sequence[str]) -> None:
        for note in notes:
            terminal.warn(note)
        if terminal.quiet:  # standard output is the summary's, which comes at the end, and nobody can guess the address
            terminal.err.write(f"{address}\n")
            terminal.err.flush()
        terminal.say(address)
        terminal.say("Ctrl-C ends it.")
        if not args.no_browser:
            webbrowser.open(address)

    terminal.progress(0.8, "comparing")
    with interrupted() as end:
        return {"address": serve(scan, args.port, ready, end.is_set, review)}


def _review(args: argparse.Namespace) -> ReviewSession | None:
    if args.review is None:
        if args.reader or args.blinded is not None:
            raise ConcordanceError("--reader, --blinded", "belong to a review", "Name its file: --review FILE.csv.")
        return None
    if not (args.reader or "").strip():
        raise ConcordanceError("--review", "has no reader", "Say who judges: --reader NAME.")
    return ReviewSession(args.review, args.reader, seed=args.blinded)


def _as_read(scan: Scan, review: ReviewSession) -> Scan:
    """The scan as its reader sees it: in a blinded review with other names and in another order, from here on."""
    hidden = review.open_case(scan.name, list(dict.fromkeys(file.model for file in scan.files)))
    order = hidden.order
    if not order:
        return scan
    files = sorted(scan.files, key=lambda file: order.index(file.model))
    return replace(scan, files=tuple(replace(file, model=hidden.shown(file.model)) for file in files))


def _require_trame_slicer() -> None:
    if importlib.util.find_spec("trame_slicer") is None:
        raise ConcordanceError(
            "concordance explore",
            "needs trame-slicer, which cannot share an environment with the slicer-core of the rest",
            "Run `make explore-env` in the checkout, then .venv-explore/bin/concordance explore.",
        )


def _read_scan(args: argparse.Namespace, runs: Sequence[RunFile], terminal: Terminal) -> Scan:
    from ..scene.scan_nodes import SOFT_TISSUE, ModelFile, Scan

    terminal.progress(0.0, "reading the image")
    if args.ct.is_file():
        voxels, geometry = read_nifti(args.ct)
        image, is_ct = geometry, bool(voxels.min() < _NO_OTHER_BUT_CT)
    else:
        image = read_image_series(args.ct, args.series)
        voxels, geometry, is_ct = read_voxels(image), image.geometry, image.modality == "CT"
    files = tuple(
        ModelFile(read.name, read.label_map, read.label_map_name, read.tasks)
        for read in read_runs(runs, image, terminal, resample=args.resample, folders=folders_of(args))
    )
    return Scan(args.case or args.ct.resolve().name, voxels, geometry, SOFT_TISSUE if is_ct else None, files)
