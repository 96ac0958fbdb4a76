"""Where a user keeps label maps of their own, and which map a name then means."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ..errors import LabelMapTableError, Setting

VARIABLE = "CONCORDANCE_LABEL_MAPS"
"""Environment variable: folders with label maps, separated as in PATH."""

_PLACE = Path("segmentation-concordance", "labelmaps")


def label_map_folders(given: Iterable[str | os.PathLike[str]], environment: Mapping[str, str]) -> tuple[Path, ...]:
    """The folders to look in: first those given, then those of the environment variable, then the user's own one.

    :raises LabelMapTableError: one that was named is no folder. The user's own one need not be there.
    """
    named = [Path(folder) for folder in given]
    named += [Path(folder) for folder in environment.get(VARIABLE, "").split(os.pathsep) if folder]
    for folder in named:
        if not folder.is_dir():
            raise LabelMapTableError(
                folder, "is no folder with label maps", f"Name a folder, here or in {VARIABLE}.", Setting("label_maps")
            )
    own = users_folder(environment)
    return tuple(dict.fromkeys([*named, *([own] if own is not None and own.is_dir() else [])]))


def users_folder(environment: Mapping[str, str], system: str = sys.platform) -> Path | None:
    """Where label maps are found without being asked for; it may not exist. None where the user has no home.

    Linux: $XDG_DATA_HOME or ~/.local/share; macOS: ~/Library/Application Support; Windows: %APPDATA%; in each
    segmentation-concordance/labelmaps.

    :param environment: variables, as os.environ.
    :param system: as sys.platform.
    """
    home = environment.get("USERPROFILE" if system == "win32" else "HOME", "")
    bases = {
        "win32": environment.get("APPDATA") or (home and Path(home, "AppData", "Roaming")),
        "darwin": home and Path(home, "Library", "Application Support"),
    }
    named = environment.get("XDG_DATA_HOME", "")
    base = bases.get(system, named if Path(named).is_absolute() else home and Path(home, ".local", "share"))
    return Path(base) / _PLACE if base else None


def label_maps_in(folders: Sequence[Path]) -> dict[str, Path]:
    """The CSV files of some folders by the name of the map; of one name the file in the first folder."""
    found: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.csv")):
            found.setdefault(path.stem, path)
    return found
