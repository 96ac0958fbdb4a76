"""Label maps of the user's own on a command line; one in place of a shipped one is said."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from ..anatomy.label_map_folders import OPTION, VARIABLE, label_map_folders
from ..anatomy.vocabulary import Vocabulary, all_vocabularies, load_vocabulary
from .terminal import Terminal


def add_label_map_arguments(parser: argparse.ArgumentParser) -> None:
    """The option that names folders of label maps."""
    parser.add_argument(
        OPTION,
        action="append",
        default=[],
        metavar="DIR",
        help=f"a folder with label maps of one's own; they go before those of the program ({VARIABLE} names more)",
    )


def folders_of(args: argparse.Namespace) -> tuple[Path, ...]:
    """The user's folders: those of the option, of the environment, and their own one.

    :raises LabelMapTableError: one that was named is no folder.
    """
    return label_map_folders(args.labelmaps, os.environ)


def known_vocabulary(name: str, folders: Sequence[Path], terminal: Terminal) -> Vocabulary:
    """A label map by its name or file, see :func:`load_vocabulary`."""
    return _noted(load_vocabulary(name, folders), terminal)


def known_vocabularies(folders: Sequence[Path], terminal: Terminal) -> list[Vocabulary]:
    """Every label map; one's own that is not finished is named and left out."""
    vocabularies, errors = all_vocabularies(folders)
    for error in errors:
        terminal.warn(f"left out: {error}")
    return [_noted(vocabulary, terminal) for vocabulary in vocabularies]


def _noted(vocabulary: Vocabulary, terminal: Terminal) -> Vocabulary:
    if vocabulary.replaces_shipped:
        terminal.warn(
            f"{vocabulary.path} takes the place of the program's own label map {vocabulary.name}",
            f"The label map {vocabulary.name} is one of the user's own, in the place of the program's.",
        )
    return vocabulary
