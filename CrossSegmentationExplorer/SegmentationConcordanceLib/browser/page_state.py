"""What the page shows, as plain values that a browser can be sent. Names are untrusted; the page shows them as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..agreement.model_looks import Color
from ..exploring.rows import Row
from ..exploring.structure_cells import SHOWN_COLUMNS, presence_text, structure_cells
from ..exploring.structure_list import ListedStructure
from ..exploring.under_cursor import UnderCursor
from ..exploring.view_kinds import ViewKind, view_name


def structure_line(structure: ListedStructure) -> dict[str, Any]:
    """One line of the table: its cells by the column, and how it is shown."""
    return {
        **dict(zip(SHOWN_COLUMNS, structure_cells(structure), strict=True)),
        "key": structure.key,
        "color": css_color(structure.color),
        "missing": bool(structure.missing_in),
        "presence": presence_text(structure),
    }


def row_line(row: Row, kinds: Sequence[ViewKind]) -> dict[str, Any]:
    """One row of the page: its views in their order.

    :param kinds: of the views, from left to right.
    :returns: fit for JSON.
    """
    views = [{"name": view_name(row.number, kind), "title": kind.title, "color": kind.color} for kind in kinds]
    return {"number": row.number, "title": row.title, "color": css_color(row.color), "views": views}


def cursor_lines(found: Iterable[UnderCursor]) -> list[dict[str, str]]:
    """What each model says under the cursor."""
    return [{"model": one.model, "names": ", ".join(one.names).replace("_", " ") or "-"} for one in found]


def css_color(color: Color) -> str:
    """A colour as CSS has it; channels from 0 to 1."""
    return "#" + "".join(f"{round(255 * channel):02x}" for channel in color)
