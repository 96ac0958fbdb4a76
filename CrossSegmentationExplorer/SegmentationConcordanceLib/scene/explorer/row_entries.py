"""The rows that a user can choose from, those of models first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...agreement.model_looks import Color, looks_of
from ...exploring.rows import CONSENSUS_COLOR, CONSENSUS_TITLE, OVERLAY_COLOR, OVERLAY_TITLE, RowKind
from ...exploring.structure_cells import consensus_text, model_texts
from .explorer import Explorer
from .review_choices import WantedRow


@dataclass(frozen=True, slots=True)
class RowEntry:
    """A row that is shown or could be.

    :param title: untrusted text.
    :param text: what its model has of the selected structure, in a few words; what the shown finding says of it first.
    """

    row: WantedRow
    title: str
    color: Color
    shown: bool
    text: str = ""


def row_entries(explorer: Explorer | None, wanted: Sequence[WantedRow], models: Sequence[str]) -> list[RowEntry]:
    """The shown rows in their order, then what else could be shown.

    :param explorer: None while nothing is shown; then no row counts as shown, unless it is wanted.
    :param models: of the volume, those that could not be compared included.
    """
    colors = {model: look.rgb for model, look in looks_of(models).items()}
    texts: Mapping[str, str] = {}
    consensus = ""
    statuses: dict[WantedRow, str] = {}
    marks: dict[str, str] = {}
    shown = [row for row in wanted if row.kind is not RowKind.MODEL or row.model in colors]
    if explorer is not None:
        colors |= explorer.legend
        scan = explorer.scan
        structure = scan.structure(explorer.selected)
        if structure is not None:
            texts = model_texts(scan.result.agreement, structure.key)
            consensus = consensus_text(scan.result.agreement, structure.key)
        marks = {model: explorer.finding_mark(model) for model in scan.drawn}
        statuses = {WantedRow(row.kind, row.model): explorer.status(row) for row in explorer.rows}
        shown = list(statuses)
    every = [
        *(WantedRow(RowKind.MODEL, model) for model in models),
        WantedRow(RowKind.CONSENSUS),
        WantedRow(RowKind.OVERLAY),
    ]
    fixed = {RowKind.CONSENSUS: (CONSENSUS_TITLE, CONSENSUS_COLOR), RowKind.OVERLAY: (OVERLAY_TITLE, OVERLAY_COLOR)}
    entries = []
    for row in [*shown, *(row for row in every if row not in shown)]:
        title, color = fixed.get(row.kind) or (row.model, colors[row.model])
        text = consensus if row.kind is RowKind.CONSENSUS else texts.get(row.model, "")
        mark = marks.get(row.model, "") if row.kind is RowKind.MODEL else ""
        said = [f"\N{BLACK UP-POINTING TRIANGLE} {mark}" if mark else "", statuses.get(row) or text]
        entries.append(RowEntry(row, title, color, row in shown, "; ".join(part for part in said if part)))
    return entries
