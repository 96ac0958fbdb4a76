"""The pictures of a case's findings, kept beside its tables for reports that are made later, or of all cases."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from ..imaging.whole_files import whole_file
from .pictures import Picture

PICTURES_FILE = "pictures.json"


def keep_pictures(folder: Path, pictures: Sequence[Picture]) -> Path:
    """Write them; the same pictures give the same bytes.

    :raises OutputError: the file cannot be written.
    """
    path = folder / PICTURES_FILE
    with whole_file(path) as temporary:
        temporary.write_text(json.dumps([asdict(one) for one in pictures], sort_keys=True) + "\n", encoding="ascii")
    return path


def kept_pictures(folder: Path) -> list[Picture]:
    """The pictures of a case; none where there is no such file, or it is damaged."""
    try:
        held = json.loads((folder / PICTURES_FILE).read_text(encoding="ascii"))
        return [Picture(one["case"], one["structure"], tuple(one["place_ras"]), one["data"]) for one in held]
    except (OSError, ValueError, KeyError, TypeError):
        return []
