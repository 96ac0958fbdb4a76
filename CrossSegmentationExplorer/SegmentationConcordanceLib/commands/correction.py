"""What a reader changed about a model's segmentation: Dice, surface distances and added path length of each structure
that differs; of lesions and the like also component by component. Both may come from any tool."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from ..agreement.correction import corrected_structures
from ..agreement.options import DEFAULT_NSD_TOLERANCE_MM, AnalysisOptions
from ..cohort.case_image import case_name, read_case_image
from ..cohort.correction_pair import name_of_seg, read_pair
from ..errors import ConcordanceError
from ..imaging.image_series import ImageSeries
from ..imaging.whole_files import require_no_input
from ..plurals import counted
from ..review.correction import CorrectionOrigin, append_correction, corrections_of
from ..review.review_session import utc_now
from . import arguments
from .analysis_options import named_numbers
from .label_map_options import add_label_map_arguments, folders_of
from .parser import examples
from .structure_names import require_known_structures
from .terminal import Terminal

EXAMPLES = examples(
    "concordance correction totalsegmentator.dcm corrected.dcm --ct ct",
    "concordance correction ts.nii.gz edited.nii.gz --model totalsegmentator_v2:total --only-structures liver",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``concordance correction``.

    :param parser: of the command.
    """
    parser.add_argument(
        "original", type=arguments.path, metavar="MODEL", help="what the model gave: a SEG, or its file"
    )
    parser.add_argument("corrected", type=arguments.path, metavar="CORRECTED", help="the same, corrected")
    parser.add_argument("--ct", type=arguments.path, metavar="PATH", help="what was segmented: folder or image file")
    parser.add_argument(
        "--series", type=arguments.text, metavar="UID", help="SeriesInstanceUID, where the folder holds several series"
    )
    parser.add_argument(
        "--model", type=arguments.text, metavar="LABELMAP[:TASK]", help="label map of what is no DICOM SEG"
    )
    parser.add_argument("--resample", action="store_true", help="bring what lies on other voxels to those of the CT")
    parser.add_argument(
        "--only-structures", nargs="+", default=(), metavar="NAME",
        help="what was corrected, e.g. liver, where the corrected file holds nothing else",
    )  # fmt: skip
    parser.add_argument(
        "--nsd-tolerance", nargs="+", default=(), metavar="[NAME=]MM",
        help=f"tolerance of NSD, for all or for one structure (default: {DEFAULT_NSD_TOLERANCE_MM:g} mm)",
    )  # fmt: skip
    add_label_map_arguments(parser)
    group = parser.add_argument_group("to keep the numbers")
    group.add_argument("--output", type=arguments.path, metavar="FILE.csv", help="append them to this corrections.csv")
    group.add_argument("--reader", type=arguments.text, metavar="NAME", help="who corrected it")
    group.add_argument("--case", type=arguments.text, help="what the case is called")
    group.add_argument("--name", type=arguments.text, help="of the model (default: as the SEG says)")
    group.add_argument("--seconds", type=arguments.natural, metavar="N", help="how long it took")


def run(args: argparse.Namespace, terminal: Terminal) -> dict[str, Any]:
    """Do it; the summary holds the numbers.

    :param args: as parsed. :param terminal: where results go.
    """
    if args.output is not None:
        require_no_input(args.output, [args.original, args.corrected])
        if not args.reader:
            raise ConcordanceError("--output", "is kept by reader", "Say who corrected it: --reader NAME.")
    label_map, _, task = (args.model or "").partition(":")
    tolerances = named_numbers("--nsd-tolerance", "mm", args.nsd_tolerance)
    everywhere = tolerances.pop("", DEFAULT_NSD_TOLERANCE_MM)
    options = AnalysisOptions(
        structures=tuple(args.only_structures), nsd_tolerance_mm=everywhere, nsd_tolerances_mm=tolerances
    )
    image = read_case_image(args.ct, args.series)
    model, corrected = read_pair(
        args.original,
        args.corrected,
        image,
        terminal,
        label_map=label_map,
        task=task,
        resample=args.resample,
        folders=folders_of(args),
    )
    names = {segment.name for one in (model, corrected) for segment in one.segments}
    require_known_structures("--only-structures", options.structures, names)
    measured = corrected_structures(model, corrected, options)
    origin = CorrectionOrigin(
        reader=args.reader or "",
        case=args.case or case_name(args.ct or args.original),
        model=args.name or name_of_seg(args.original) or label_map,
        series_uid=image.series_uid if isinstance(image, ImageSeries) else "",
        seconds=args.seconds,
        file=args.corrected.name,
        time=utc_now(),
    )
    corrections = corrections_of(measured, origin)
    for one in corrections:
        terminal.say(f"{one.structure}: {one.text}")
        if args.output is not None:
            append_correction(args.output, one)
    same = len(measured) - len(corrections)
    terminal.say(f"{counted(len(corrections), 'structure')} changed, {counted(same, 'structure')} unchanged")
    return {"corrections": [asdict(one) for one in corrections], "unchanged": same}
