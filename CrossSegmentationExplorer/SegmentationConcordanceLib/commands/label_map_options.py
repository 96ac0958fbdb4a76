"""Label maps of the user's own on a command line."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from ..anatomy.label_map_folders import VARIABLE, label_map_folders
from . import arguments


def add_label_map_arguments(parser: argparse.ArgumentParser) -> None:
    """The option that names folders of label maps."""
    parser.add_argument(
        "--labelmaps",
        action="append",
        default=[],
        type=arguments.path_text,
        metavar="DIR",
        help=f"a folder with label maps of one's own; they go before those of the program ({VARIABLE} names more)",
    )


def folders_of(args: argparse.Namespace) -> tuple[Path, ...]:
    """The user's folders: those of the option, of the environment, and their own one.

    :raises LabelMapTableError: one that was named is no folder.
    """
    return label_map_folders(args.labelmaps, os.environ)
