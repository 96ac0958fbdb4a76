"""Rows added one by one, as a user does it with the check boxes of the panel."""

from __future__ import annotations

from SegmentationConcordanceLib.exploring.rows import Row, RowKind
from SegmentationConcordanceLib.scene.explorer.explorer import Explorer


def add_model_row(explorer: Explorer, model: str) -> Row:
    """A row for a model after those that are shown."""
    return _add(explorer, RowKind.MODEL, model)


def add_consensus_row(explorer: Explorer) -> Row:
    """A row for the consensus after those that are shown."""
    return _add(explorer, RowKind.CONSENSUS)


def add_overlay_row(explorer: Explorer) -> Row:
    """A row for all models' outlines after those that are shown."""
    return _add(explorer, RowKind.OVERLAY)


def _add(explorer: Explorer, kind: RowKind, model: str = "") -> Row:
    explorer.show_rows([*((row.kind, row.model) for row in explorer.rows), (kind, model)])
    return explorer.rows[-1]
