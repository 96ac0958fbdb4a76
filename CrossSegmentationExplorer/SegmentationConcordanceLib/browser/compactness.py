"""The views of the page's rows: the chosen planes, or one of them where rows of all would be too low."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from trame_server import Server

from ..exploring.compact import grid_columns, is_compact, next_plane
from ..exploring.view_kinds import AXIAL, VIEW_KINDS, ViewKind


class Compactness:
    """Whether the page is compact, and what its rows then show. What the page sends is not trusted.

    :param n_rows: how many rows are shown.
    :param arrange: called when the rows are to get other views.
    :ivar kinds: of the views of each row, where the page is not compact.
    """

    def __init__(
        self, server: Server, kinds: tuple[ViewKind, ...], n_rows: Callable[[], int], arrange: Callable[[], None]
    ) -> None:
        self._state = server.state
        self._n_rows = n_rows
        self._arrange = arrange
        self._wanted: bool | None = None
        self._height_px = 0
        self._plane = AXIAL
        self.kinds = kinds
        self._state.update({"compact": False, "plane": AXIAL.letter, "grid_columns": 1})
        self._state.change("compact")(lambda compact, **_: self._choose(bool(compact)))
        self._state.change("plane")(lambda plane, **_: self._choose_plane(plane))
        self._state.change("kinds")(lambda kinds, **_: self._choose_kinds(kinds))
        server.trigger("room")(self._know_room)
        server.trigger("compact")(lambda *_: self._choose(not self.is_compact))
        server.trigger("plane")(lambda *_: self._step_plane())

    @property
    def is_compact(self) -> bool:
        """Whether each row shows one plane alone."""
        return is_compact(self._wanted, self._n_rows(), self._height_px)

    @property
    def shown(self) -> tuple[ViewKind, ...]:
        """The kinds of views that each row shows."""
        return (self._plane,) if self.is_compact else self.kinds

    def tell(self) -> None:
        """Put onto the page what is shown."""
        self._state.kinds = [kind.letter for kind in self.kinds]
        self._state.plane = self._plane.letter
        self._state.compact = self.is_compact
        self._state.grid_columns = grid_columns(self._n_rows())

    def _know_room(self, height_px: Any) -> None:
        """The page says once how high the place for the rows is."""
        if isinstance(height_px, (int, float)) and height_px > 0:
            before = self.is_compact
            self._height_px = int(height_px)
            if before != self.is_compact:
                self._arrange()

    def _choose(self, compact: bool) -> None:
        if compact != self.is_compact:
            self._wanted = compact
            self._arrange()

    def _choose_plane(self, letter: Any) -> None:
        plane = next((kind for kind in VIEW_KINDS if kind.letter == letter), self._plane)
        if plane is not self._plane:
            self._plane = plane
            if self.is_compact:
                self._arrange()

    def _step_plane(self) -> None:
        if self.is_compact:
            self._choose_plane(next_plane(self._plane).letter)

    def _choose_kinds(self, letters: Any) -> None:
        kinds = tuple(kind for kind in VIEW_KINDS if kind.letter in (letters or ()))
        if kinds and kinds != self.kinds:
            self.kinds = kinds
            self._arrange()
        self._state.kinds = [kind.letter for kind in self.kinds]
