"""One entry of the table that the synthetic chest is painted from."""

from __future__ import annotations

from dataclasses import dataclass

from .shapes import Shape


@dataclass(frozen=True)
class Painting:
    """Shapes that become one structure or tissue; a structure may have several entries.

    :param name: a harmonized structure name ("rib_left_4"), or a tissue that no model segments ("fat").
    :param over: names that this paint may cover; None for all.
    """

    name: str
    shapes: tuple[Shape, ...]
    over: tuple[str, ...] | None = None
