"""What a row's label says about the shown structure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..agreement.model_looks import Color
from .explored_scan import ExploredScan
from .label_line import LabelLine
from .rows import Row, RowKind
from .structure_list import MISSING, NOT_IN_MODEL, NOT_LOOKED_FOR, PRESENT, ListedStructure

_WHITE: Color = (1.0, 1.0, 1.0)
_WARNING: Color = (1.0, 0.85, 0.3)


def row_status(row: Row, structure: ListedStructure | None, *, in_consensus: bool) -> str:
    """Why a row shows no structure, in a few words; "" where it shows it.

    :param structure: None where none is chosen.
    :param in_consensus: whether the consensus has a voxel of it.
    """
    if structure is None or row.kind is RowKind.OVERLAY:
        return ""
    if row.kind is RowKind.CONSENSUS:
        known = sum(state not in (NOT_IN_MODEL, NOT_LOOKED_FOR) for state in structure.presence.values())
        return "" if in_consensus else "consensus is empty" if known > 1 else "one model alone knows it"
    presence = structure.presence.get(row.model, NOT_IN_MODEL)
    return {PRESENT: "", MISSING: f"{row.title} found none"}.get(presence, presence)


def label_lines(
    row: Row, structure: ListedStructure | None, status: str, legend: dict[str, Color], *, titled: bool
) -> list[LabelLine]:
    """The lines of one view.

    :param legend: for the overlay: the models' colours.
    :param titled: False for a view that only says what is missing.
    """
    lines = [LabelLine(row.title, row.color)] if titled else []
    if titled and row.kind is RowKind.OVERLAY:
        for model, color in legend.items():
            presence = structure.presence.get(model, NOT_IN_MODEL) if structure else PRESENT
            note = {PRESENT: "", MISSING: " (found none)"}.get(presence, f" ({presence})")
            lines.append(LabelLine(model + note, color))
    elif titled and structure is not None:
        lines.append(LabelLine(structure.name.replace("_", " "), _WHITE))
    if status:
        lines.append(LabelLine(status, _WARNING))
    return lines


def unlabelled(legend: dict[str, Color], structure: ListedStructure | None) -> dict[str, Color]:
    """Of the models' colours, those of models that have no outline with their name at it: they found nothing.

    :param legend: of all models.
    :param structure: that is shown; None for none.
    """
    presence = structure.presence if structure is not None else {}
    return {model: color for model, color in legend.items() if presence.get(model) != PRESENT}


def renamed_row(row: Row, node_ids: Sequence[str], scan: ExploredScan, colors: Mapping[str, Color]) -> Row | None:
    """The row of a model that may be called something else now; None where it has gone.

    :param node_ids: of the segmentations that the model had.
    :param colors: of the scan's models.
    """
    if row.kind is not RowKind.MODEL:
        return row
    names = [name for name, drawn in scan.drawn.items() if set(drawn.node_ids) & set(node_ids)]
    if not names:
        return None
    name = row.model if row.model in names else names[0]
    return replace(row, model=name, title=name, color=colors[name])
