"""The tables that come with the library: CSV in UTF-8, with comments behind "#" at the beginning of a line."""

from __future__ import annotations

from pathlib import Path

from ..csv_tables import table_lines


def shipped_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a table by the names of its columns, in their order."""
    return [cells for _, cells in table_lines(path, comments=True)]
