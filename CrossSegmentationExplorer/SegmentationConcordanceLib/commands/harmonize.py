"""One model's output and the DICOM series it was made on become one coded, coloured DICOM SEG."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..anatomy.vocabulary import load_vocabulary
from ..imaging.image_series import read_image_series
from ..imaging.model_output import read_model_output
from ..imaging.resampling import bring_to_grid
from ..imaging.seg_writer import write_dicom_seg
from .terminal import Terminal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``concordance harmonize``."""
    parser.add_argument("--model", required=True, help="label map: a name from 'labelmaps list', or a CSV file")
    parser.add_argument("--task", help="which of the model's tasks the file holds, where the file name does not tell")
    parser.add_argument("--name", help="what the run is called (default: the model's title), e.g. for two runs of one")
    parser.add_argument("--ct", required=True, type=Path, metavar="DIR", help="the DICOM series (CT, MR or PET)")
    parser.add_argument("--series", metavar="UID", help="SeriesInstanceUID, where the folder holds several series")
    parser.add_argument(
        "--segmentation",
        required=True,
        nargs="+",
        type=Path,
        metavar="PATH",
        help="a multi-label file, a folder of one file per structure, or the files of several tasks",
    )
    parser.add_argument("--output", required=True, type=Path, metavar="FILE.dcm", help="the DICOM SEG to write")


def run(args: argparse.Namespace, terminal: Terminal) -> dict[str, Any]:
    """Do it; the summary names every segment with its volume in ml."""
    vocabulary = load_vocabulary(args.model)
    terminal.progress(0.0, "reading the image series")
    series = read_image_series(args.ct, args.series)
    terminal.progress(0.1, "reading the segmentation")
    output = read_model_output(args.segmentation, vocabulary, args.task)
    label_map = bring_to_grid(output.label_map, series.geometry, ", ".join(str(path) for path in args.segmentation))
    name = args.name or vocabulary.title
    terminal.progress(0.3, "writing the DICOM SEG and reading it back")
    write_dicom_seg(
        args.output,
        label_map,
        series,
        model_name=name,
        series_description=name,
        label_map_name=vocabulary.name,
        tasks=output.tasks,
        short_tasks=vocabulary.short_task_names(output.tasks),
    )
    ml = label_map.geometry.voxel_volume_ml
    volumes = {segment.name: count * ml for segment, count in label_map.voxel_counts().items()}
    terminal.say(f"{args.output}: {len(volumes)} segments of {name}, read back voxel by voxel")
    return {"output": str(args.output), "model": name, "label_map": vocabulary.name, "volumes_ml": volumes}
