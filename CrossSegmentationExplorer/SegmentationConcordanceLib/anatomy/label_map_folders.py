"""Where a user keeps label maps of their own, and which map a name then means."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ..errors import LabelMapTableError

VARIABLE = "CONCORDANCE_LABEL_MAPS"
"""Environment variable: folders with label maps, separated as in PATH."""


def label_map_folders(given: Iterable[str | os.PathLike[str]], environment: Mapping[str, str]) -> tuple[Path, ...]:
    """The folders to look in, first those given, then those of the environment variable.

    :raises LabelMapTableError: one of them is no folder.
    """
    named = [Path(folder) for folder in given]
    named += [Path(folder) for folder in environment.get(VARIABLE, "").split(os.pathsep) if folder]
    for folder in named:
        if not folder.is_dir():
            raise LabelMapTableError(folder, "is no folder with label maps", f"See --label-maps and {VARIABLE}.")
    return tuple(dict.fromkeys(named))


def label_maps_in(folders: Sequence[Path]) -> dict[str, Path]:
    """The CSV files of some folders by the name of the map; of one name the file in the first folder."""
    found: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.csv")):
            found.setdefault(path.stem, path)
    return found
