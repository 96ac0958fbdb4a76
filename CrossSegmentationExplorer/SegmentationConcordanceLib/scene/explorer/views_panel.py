"""What the panel's widgets for the views show and do, without Qt."""

from __future__ import annotations

from collections.abc import Iterable

from ...exploring.compact import next_plane
from ...exploring.view_kinds import VIEW_KINDS
from .explorer_logic import ExplorerLogic


class ViewsPanel:
    """Which views each row has; what is chosen goes to the logic."""

    def __init__(self, logic: ExplorerLogic) -> None:
        self._logic = logic

    @property
    def shown(self) -> list[bool]:
        """Which of ``VIEW_KINDS`` are chosen for rows."""
        return [kind in self._logic.choices.kinds for kind in VIEW_KINDS]

    def show(self, shown: Iterable[bool]) -> None:
        """Choose these of ``VIEW_KINDS``; at least one stays."""
        kinds = tuple(kind for kind, is_shown in zip(VIEW_KINDS, shown) if is_shown)
        self._logic.change(kinds=kinds or self._logic.choices.kinds)

    @property
    def is_compact(self) -> bool:
        """Whether each row shows one plane alone, by choice or for want of room."""
        explorer = self._logic.explorer
        return explorer.as_grid if explorer is not None else bool(self._logic.choices.compact)

    def set_compact(self, compact: bool) -> None:
        """Show one plane of each row, larger, or all that are chosen; from now on whatever the room is."""
        self._logic.change(compact=compact)

    @property
    def plane(self) -> int:
        """The plane of compact mode, as its place in ``VIEW_KINDS``."""
        return VIEW_KINDS.index(self._logic.choices.plane)

    def set_plane(self, number: int) -> None:
        """Show this one of ``VIEW_KINDS`` in compact mode."""
        self._logic.change(plane=VIEW_KINDS[number])

    def step_plane(self) -> None:
        """Show the next plane, in compact mode; nothing happens in another one."""
        if self.is_compact:
            self._logic.change(plane=next_plane(self._logic.choices.plane))
