"""The options of a comparison on the command line."""

from __future__ import annotations

import argparse

from ..agreement import options as choices
from ..agreement.option_texts import named_numbers
from ..agreement.options import AnalysisOptions
from . import arguments


def add_analysis_arguments(parser: argparse.ArgumentParser) -> None:
    """What to compute, as arguments."""
    group = parser.add_argument_group("what to compute")
    group.add_argument(
        "--consensus",
        choices=choices.METHODS,
        default=choices.MAJORITY,
        help="majority: more than half of the models that found the structure (a tie is no majority; where two "
        "found it, each is compared with the other); intersection: all that know it agree, as published; at least: see "
        "--at-least; STAPLE; reference: see --reference (default: majority)",
    )
    group.add_argument(
        "--missing",
        choices=choices.MISSING_RULES,
        default=choices.BY_METHOD,
        help="a structure that a model knows and did not find: zero: it has no say in the consensus, and Dice 0; "
        "votes: it votes for an empty structure (default: votes for intersection and reference, else zero)",
    )
    group.add_argument(
        "--at-least",
        type=arguments.natural,
        default=2,
        metavar="K",
        help="how many models must carry a voxel (default: %(default)d)",
    )
    group.add_argument("--reference", default="", metavar="NAME", help="the run that the others are held against")
    group.add_argument(
        "--leave-one-out", action="store_true", help="hold each model against the consensus of the others"
    )
    group.add_argument(
        "--staple-margin", type=float, default=choices.DEFAULT_STAPLE_MARGIN_MM, metavar="MM",
        help="margin of STAPLE's region around all that was marked (default: %(default)g mm); it sets the prior",
    )  # fmt: skip
    group.add_argument(
        "--staple-threshold", type=float, default=0.5, metavar="P",
        help="probability from which on a voxel belongs to STAPLE's consensus (default: %(default)g)",
    )  # fmt: skip
    _add_selection(group)
    _add_measures(group)


def _add_selection(group: argparse._ArgumentGroup) -> None:
    """Who and what takes part."""
    group.add_argument(
        "--only-models", nargs="+", default=(), metavar="NAME",
        help="the runs that take part; leaving one out can only raise agreement under the intersection",
    )  # fmt: skip
    group.add_argument(
        "--only-structures", nargs="+", default=(), metavar="NAME", help="the structures to report, e.g. liver 'rib_*'"
    )
    group.add_argument(
        "--only-groups", nargs="+", default=(), metavar="GROUP", help="the groups to report, e.g. Ribs 'Head and neck'"
    )
    group.add_argument(
        "--min-models", type=arguments.natural, default=1, metavar="N", help="leave out what fewer models know"
    )
    group.add_argument(
        "--leave-out-truncated", action="store_true", help="leave out what is truncated by the field of view"
    )
    group.add_argument(
        "--combine", nargs="+", default=(), metavar="NAME",
        help="put parts together before comparing: heart, lungs, lung_left, lung_right, kidneys, ribs_left, ...",
    )  # fmt: skip


def _add_measures(group: argparse._ArgumentGroup) -> None:
    """What is measured, and how."""
    group.add_argument("--no-surfaces", action="store_true", help="leave out HD95, ASSD and NSD")
    group.add_argument(
        "--nsd-tolerance", nargs="+", default=(), metavar="[NAME=]MM",
        help=f"tolerance of NSD, for all or for one structure (default: {choices.DEFAULT_NSD_TOLERANCE_MM:g} mm)",
    )  # fmt: skip
    group.add_argument(
        "--penalize-missing", action="store_true",
        help="with --reference: a missed structure counts as Dice 0, NSD 0 and the scan's diagonal in mm",
    )  # fmt: skip
    group.add_argument(
        "--typical-volume", nargs="+", default=(), metavar="NAME=ML",
        help="with --penalize-missing: no penalty where the reference has a tenth of this volume or less",
    )  # fmt: skip


def analysis_options(args: argparse.Namespace) -> AnalysisOptions:
    """The options that the arguments say.

    :raises ConcordanceError: they make no sense.
    """
    tolerances = named_numbers("--nsd-tolerance", "mm", args.nsd_tolerance)
    everywhere = tolerances.pop("", choices.DEFAULT_NSD_TOLERANCE_MM)
    return AnalysisOptions(
        method=choices.REFERENCE if args.reference else args.consensus,
        missing=args.missing,
        at_least=args.at_least,
        reference=args.reference,
        leave_one_out=args.leave_one_out,
        staple_margin_mm=args.staple_margin,
        staple_threshold=args.staple_threshold,
        models=tuple(args.only_models),
        structures=tuple(args.only_structures),
        groups=tuple(args.only_groups),
        min_models=args.min_models,
        leave_out_truncated=args.leave_out_truncated,
        surfaces=not args.no_surfaces,
        nsd_tolerance_mm=everywhere,
        nsd_tolerances_mm=tolerances,
        penalize_missing=args.penalize_missing,
        typical_volumes_ml=named_numbers("--typical-volume", "ml", args.typical_volume),
    )
