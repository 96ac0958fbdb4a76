"""The rows of views, and what each of them shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from ..agreement.model_looks import Color
from ..errors import ConcordanceError

CONSENSUS_COLOR: Color = (1.0, 1.0, 1.0)
OVERLAY_COLOR: Color = (1.0, 1.0, 1.0)
CONSENSUS_TITLE = "Consensus"
OVERLAY_TITLE = "All models"


class RowKind(Enum):
    """What a row shows."""

    MODEL = "model"
    CONSENSUS = "consensus"
    OVERLAY = "overlay"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of views.

    :param number: its views are named after it. It stays the same when rows are moved or removed, and so do the views
        with their zoom and place.
    :param model: name of the model; "" for the consensus and the overlay.
    :param title: what its label says; untrusted text.
    """

    number: int
    kind: RowKind
    model: str
    title: str
    color: Color


def new_row(kind: RowKind, model: str, rows: Sequence[Row], colors: Mapping[str, Color]) -> Row:
    """A row beside others, with the title and colour of what it shows.

    :param model: name of the model; "" where the row is no model's.
    :param rows: those that are there.
    :param colors: of the models by name.
    :raises ConcordanceError: there is no such model.
    """
    if kind is RowKind.MODEL and model not in colors:
        raise ConcordanceError(model, "is none of the models", f"There are {', '.join(colors)}.")
    if kind is RowKind.MODEL:
        return Row(free_number(rows), kind, model, model, colors[model])
    consensus = kind is RowKind.CONSENSUS
    title, color = (CONSENSUS_TITLE, CONSENSUS_COLOR) if consensus else (OVERLAY_TITLE, OVERLAY_COLOR)
    return Row(free_number(rows), kind, model, title, color)


def free_number(rows: Sequence[Row]) -> int:
    """The lowest number, from 1, that no row has."""
    used = {row.number for row in rows}
    return next(number for number in range(1, len(used) + 2) if number not in used)
