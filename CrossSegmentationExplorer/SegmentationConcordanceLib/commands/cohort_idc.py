"""``concordance cohort idc``: cases of NCI Imaging Data Commons become a cohort file, fetched on wish."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..cohort.cases import CohortCase
from ..cohort.cohort_file import MODEL, NAME, SEGMENTATION, TASK
from ..cohort.cohort_writer import cohort_rows, write_cohort_table
from ..cohort.found_cases import found_cases
from ..cohort.idc import Idc, IdcSeries
from ..csv_tables import table_lines
from ..errors import ConcordanceError, OutputError
from ..plurals import counted
from . import arguments
from .parser import Parser
from .terminal import Terminal

_UID_COLUMNS = ("series", "series_uid", "SeriesInstanceUID")
_OF_OUTPUTS = (SEGMENTATION, MODEL, TASK, NAME)
_GB_OF_MB = 1000


def add_idc_arguments(parser: Parser) -> None:
    """The arguments of ``concordance cohort idc``."""
    parser.add_argument("--series", nargs="+", default=[], metavar="UID", help="SeriesInstanceUIDs of images")
    parser.add_argument(
        "--from", dest="table", type=arguments.path, metavar="FILE.csv",
        help="a table with the column series or series_uid, such as docs/examples/nlst_18.csv; its column case names "
        "the cases, further ones are facts",
    )  # fmt: skip
    parser.add_argument("--collection", nargs="+", default=[], metavar="NAME", help="all image series of, e.g., nlst")
    parser.add_argument("--limit", type=arguments.natural, metavar="N", help="take the first N series only")
    parser.add_argument(
        "--segmentations", nargs="*", metavar="RESULT",
        help="also the DICOM SEGs of these studies: of some analysis results, e.g. totalsegmentator_ct_segmentations, "
        "or of all",
    )  # fmt: skip
    parser.add_argument("--fetch", action="store_true", help="fetch what is not there yet from IDC's public bucket")
    parser.add_argument("--folder", required=True, type=arguments.path, metavar="DIR", help="where the files go")
    parser.add_argument(
        "--output", type=arguments.path, metavar="FILE.csv", help="the file to write (default: cohort.csv in DIR)"
    )


def run_idc(args: argparse.Namespace, terminal: Terminal) -> dict[str, Any]:
    """Do it; the summary counts series and gigabytes.

    :raises ConcordanceError: IDC does not know a series, or not all could be fetched.
    """
    path = args.output or args.folder / "cohort.csv"
    before = [cells for _, cells in table_lines(path)] if path.exists() else []
    lines = _lines(args.table) if args.table else []
    told = {line["series"]: line for line in lines}
    uids = [*args.series, *(line["series"] for line in lines)]
    if not uids and not args.collection:
        raise ConcordanceError("--series", "or --from or --collection is needed", "Say which images.")
    terminal.progress(0.0, "reading IDC's index")
    idc = Idc()
    images = idc.images(uids, args.collection)[: args.limit]
    segs = idc.segmentations(images, args.segmentations) if args.segmentations is not None else []
    _require_nothing_lost(
        path, before, cohort_rows(path, _cases(args.folder, images, told, fetched=False)), outputs=False
    )
    size = sum(one.megabytes for one in (*images, *segs)) / _GB_OF_MB
    terminal.say(f"IDC {idc.version}: {len(images)} image series, {len(segs)} segmentations, {size:.2f} GB")
    if args.fetch:
        terminal.progress(0.1, f"fetching {size:.2f} GB")
        idc.fetch([*images, *segs], args.folder)
    elif segs:
        terminal.warn("which segmentation belongs to which series stands in the files: --fetch them first")
    cases = _cases(args.folder, images, told, fetched=args.fetch)
    _require_nothing_lost(path, before, cohort_rows(path, cases), outputs=True)
    write_cohort_table(path, cases)
    terminal.say(
        f"{path}: {counted(len(cases), 'case')} with {counted(sum(len(case.outputs) for case in cases), 'output')}"
    )
    return {"file": str(path), "images": len(images), "segmentations": len(segs), "gigabytes": round(size, 3)}


def _require_nothing_lost(
    path: Path, before: Sequence[Mapping[str, str]], rows: Sequence[tuple[str, ...]], *, outputs: bool
) -> None:
    """The cohort file of an earlier call may give way to one that has the same cases, and all of its outputs.

    :raises OutputError: somebody wrote something into it, or it is of other series.
    """
    new = [dict(zip(rows[0], row)) for row in rows[1:]]
    cases, lines = {_told(line, _OF_OUTPUTS) for line in new}, {_told(line) for line in new}
    for line in before:
        lost = outputs and line.get(SEGMENTATION) and _told(line) not in lines
        if lost or _told(line, _OF_OUTPUTS) not in cases:
            fact = "is there already, and has lines that the new one would not have"
            raise OutputError(path, fact, "Name another file with --output, or move it away.")


def _told(line: Mapping[str, str], left_out: Sequence[str] = ()) -> frozenset[tuple[str, str]]:
    return frozenset((column, text) for column, text in line.items() if text and column not in left_out)


def _cases(
    folder: Path, images: Sequence[IdcSeries], told: dict[str, dict[str, str]], *, fetched: bool
) -> list[CohortCase]:
    """The cases in the order of the images, with what the table says of them."""
    outputs = {case.image: case.outputs for case in found_cases(folder).cases} if fetched else {}
    made = []
    for one in images:
        line = told.get(one.series_uid, {})
        facts = {"patient_id": one.patient, "manufacturer": one.manufacturer, "description": one.description}
        facts |= {name: value for name, value in line.items() if name not in ("case", "series") and value}
        place = one.folder(folder)
        name = line.get("case") or f"{one.patient}_{one.series_uid.rpartition('.')[2][-8:]}"
        case = CohortCase(name, place, outputs.get(place, ()), one.series_uid)
        made.append(replace(case, facts=tuple(facts.items())))
    return made


def _lines(path: Path) -> list[dict[str, str]]:
    """The lines of a table of series, with the UID under "series"; the columns of outputs are left out."""
    lines = [cells for _, cells in table_lines(path)]
    column = next((name for name in _UID_COLUMNS if lines and name in lines[0]), None)
    if column is None:
        raise ConcordanceError(path, "has no line with a column series or series_uid", "Name the image series.")
    left_out = {column, "ct", "segmentation", "model", "task", "name"}
    return [
        {"series": line[column], **{k: v for k, v in line.items() if k not in left_out}}
        for line in lines
        if line[column]
    ]
