"""The tables that come with the library: CSV in UTF-8, with comments behind "#" at the beginning of a line."""

from __future__ import annotations

import csv
from pathlib import Path


def shipped_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a table by the names of its columns, in their order."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))
