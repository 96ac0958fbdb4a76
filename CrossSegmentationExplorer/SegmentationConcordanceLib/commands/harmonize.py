"""A model's output and the DICOM series it was made on become one coded, coloured DICOM SEG: of one case, or of all
cases of a folder tree with --cases."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..cohort.known_label_maps import known_vocabularies, known_vocabulary
from ..cohort.recognition import ChosenModel, recognized_model, told_task
from ..errors import ConcordanceError
from ..imaging.harmonization import name_note, output_on_grid, write_output_seg
from ..imaging.image_series import read_image_series
from ..imaging.seg_writer import BINARY
from ..imaging.volume_files import is_volume_file
from ..imaging.whole_files import require_no_input
from ..plurals import counted
from . import arguments, harmonize_many
from .label_map_options import add_label_map_arguments, folders_of
from .output_paths import require_output_file
from .parser import examples
from .storage_options import add_storage_arguments, storage_of
from .swapped import require_not_swapped
from .terminal import Terminal

EXAMPLES = examples(
    "concordance harmonize --ct ct --segmentation total.nii.gz --output ts.dcm",
    "concordance harmonize --model moose --ct ct --segmentation CT_organs_*.nii.gz CT_ribs_*.nii.gz --output moose.dcm",
    "concordance harmonize --cases study --ct '{case}/ct' --segmentation '{case}/ts/total.nii.gz' --output segs",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``concordance harmonize``."""
    parser.add_argument(
        "--model",
        type=arguments.text,
        help="label map: a name from 'labelmaps list', or a CSV file (default: recognized, and it is said why)",
    )
    parser.add_argument(
        "--task",
        type=arguments.text,
        help="which of the model's tasks the file holds, where the file name does not tell",
    )
    parser.add_argument(
        "--name",
        type=arguments.text,
        help="what the run is called (default: the model's title), e.g. to tell two runs of one model apart",
    )
    parser.add_argument(
        "--ct", type=arguments.path_text, required=True, metavar="DIR", help="the DICOM series (CT, MR or PET)"
    )
    parser.add_argument(
        "--series", type=arguments.text, metavar="UID", help="SeriesInstanceUID, where the folder holds several series"
    )
    parser.add_argument(
        "--segmentation",
        nargs="+",
        type=arguments.path_text,
        metavar="PATH",
        help="a multi-label file, a folder of one file per structure, or the files of several tasks",
    )
    parser.add_argument(
        "--output",
        type=arguments.path_text,
        required=True,
        metavar="PATH",
        help="the DICOM SEG to write, FILE.dcm; with --cases a folder or a pattern",
    )
    add_storage_arguments(parser, BINARY)
    add_label_map_arguments(parser)
    harmonize_many.add_arguments(parser)


def run(args: argparse.Namespace, terminal: Terminal) -> dict[str, Any]:
    """Do it; the summary names every segment with its volume in ml, or what became of every case.

    :param terminal: where progress and sentences go.
    :raises ConcordanceError: if the call or an input is wrong; no file is written then.
    """
    if args.cases is not None:
        return harmonize_many.run(args, terminal)
    for option in ("plan", "redo"):
        if getattr(args, option):
            raise ConcordanceError(f"--{option}", "is for many cases", "Give --cases DIR with it.")
    if not args.segmentation:
        raise ConcordanceError("--segmentation", "is missing", "Give the files that the model wrote.")
    paths = [Path(path) for path in args.segmentation]
    require_not_swapped(Path(args.ct), paths, "--segmentation")
    if is_volume_file(Path(args.ct)):
        fact = "is an image file, and a DICOM SEG refers to the images of a DICOM series"
        remedy = "Name the series' folder; without one, concordance compare takes the model's files as they are."
        raise ConcordanceError(args.ct, fact, remedy)
    files = [file for path in paths for file in (path.iterdir() if path.is_dir() else [path])]
    require_no_input(args.output, files)
    require_output_file(Path(args.output), ".dcm", ct=Path(args.ct))
    chosen = _chosen_model(args, paths, terminal)
    terminal.progress(0.0, "reading the image series")
    series = read_image_series(args.ct, args.series)
    terminal.progress(0.1, "reading the segmentation")
    output = output_on_grid(paths, chosen.vocabulary, series.geometry, chosen.task)
    terminal.progress(0.3, "writing the DICOM SEG and reading it back")
    storage = storage_of(args)
    written = write_output_seg(
        args.output,
        output,
        series,
        chosen.vocabulary,
        args.name or "",
        kind=storage.kind,
        compression=storage.compression,
    )
    for note in (*output.notes, *written.notes, name_note(args.name or "")):
        if note:
            terminal.warn(note)
    ml = output.label_map.geometry.voxel_volume_ml
    volumes = {segment.name: count * ml for segment, count in output.label_map.voxel_counts().items()}
    name = args.name or chosen.vocabulary.title
    terminal.say(f"{args.output}: {counted(len(volumes), 'segment')} of {name}, read back voxel by voxel")
    if others := written.paths[1:]:
        listed = ", ".join(map(str, others))
        terminal.say(f"  those that overlap them are in {listed}; compare takes the files of one model for one")
    if chosen.recognized and not terminal.verbose:
        terminal.say(f"  {chosen.reason}")
    return {
        "output": str(args.output),
        "more_outputs": [str(path) for path in written.paths[1:]],
        "model": name,
        "label_map": chosen.vocabulary.name,
        "tasks": list(output.tasks),
        "recognized": list(chosen.recognized.evidence) if chosen.recognized else None,
        "volumes_ml": volumes,
    }


def _chosen_model(args: argparse.Namespace, paths: list[Path], terminal: Terminal) -> ChosenModel:
    folders = folders_of(args)
    if args.model:
        vocabulary = known_vocabulary(args.model, folders, terminal)
        return ChosenModel(vocabulary, args.task or told_task(paths, vocabulary))
    terminal.progress(0.0, "recognizing the model")
    chosen = recognized_model(paths, known_vocabularies(folders, terminal), args.task)
    terminal.detail(f"{chosen.vocabulary.title}, {chosen.reason}")
    return chosen
