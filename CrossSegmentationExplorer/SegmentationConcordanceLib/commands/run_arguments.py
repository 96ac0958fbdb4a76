"""The runs of models on a command line: ``[NAME=]PATH``, and ``[NAME=]LABELMAP[:TASK]`` for what is no DICOM SEG."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from ..cohort.runs import RunFile
from ..errors import ConcordanceError
from . import arguments


def add_run_arguments(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """The arguments that name the models' files.

    :param parser: of the command.
    :param required: whether ``--seg`` must be given.
    """
    parser.add_argument(
        "--seg",
        required=required,
        default=[],
        action="append",
        nargs="+",
        type=arguments.path_text,
        metavar="[NAME=]PATH",
        help="a DICOM SEG, or a model's own output together with --model; paths of one NAME are one model; "
        "without NAME the algorithm name in the SEG, or the label map's title, is the name",
    )
    parser.add_argument(
        "--model",
        action="append",
        default=[],
        type=arguments.text,
        metavar="[NAME=]LABELMAP[:TASK]",
        help="label map for paths that are no DICOM SEG: of the run NAME, or of all of them",
    )
    parser.add_argument(
        "--resample",
        action="store_true",
        help="bring what lies on other voxels to those of the CT, by nearest neighbour",
    )


def parse_runs(segs: Sequence[str], models: Sequence[str]) -> list[RunFile]:
    """Parse ``[NAME=]PATH`` and ``[NAME=]LABELMAP[:TASK]``. A path that exists as it stands has no NAME.

    :raises ConcordanceError: a label map for a NAME that no path has, or two label maps for one NAME.
    """
    named = [_split(text) for text in segs]
    label_maps: dict[str, str] = {}
    for name, label_map_name in (_split(text) for text in models):
        if name and name not in {run for run, _ in named}:
            raise ConcordanceError(f"--model {name}={label_map_name}", f"no --seg is called {name}", "Check the names.")
        if name in label_maps:
            raise ConcordanceError(f"--model {label_map_name}", "a second label map for the same runs", "Give one.")
        label_maps[name] = label_map_name
    return [RunFile(name, Path(path), *_task_of(label_maps.get(name, label_maps.get("", "")))) for name, path in named]


def _split(text: str) -> tuple[str, str]:
    name, equals, rest = text.partition("=")
    return ("", text) if not equals or Path(text).exists() else (name.strip(), rest)


def _task_of(label_map_name: str) -> tuple[str, str]:
    """Label map and task of ``LABELMAP[:TASK]``; a colon behind a drive's letter is part of a path."""
    name, colon, task = label_map_name.rpartition(":")
    return (name, task) if colon and len(name) > 1 else (label_map_name, "")
