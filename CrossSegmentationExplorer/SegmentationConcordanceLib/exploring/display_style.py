"""How the rows draw segments."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DisplayStyle:
    """The user's choices for all rows.

    :param fill: fill the structure in the slices; its outline is always drawn. The overlay has outlines only.
    :param fill_opacity: 0 to 1.
    :param outline_opacity: 0 to 1.
    :param neighbour_opacity: of the neighbours' outlines in the slices, and of their surfaces in 3D; 0 to 1.
    :param color_by_model: the colour of the row's model instead of the structure's, which is the same in all rows.
    :param neighbours: show what touches the structure.
    :param neighbour_distance_mm: show what comes as close as this; 0 for contact.
    """

    fill: bool = True
    fill_opacity: float = 0.4
    outline_opacity: float = 1.0
    neighbour_opacity: float = 0.4
    color_by_model: bool = False
    neighbours: bool = False
    neighbour_distance_mm: float = 0.0

    def __post_init__(self) -> None:
        for value in (self.fill_opacity, self.outline_opacity, self.neighbour_opacity):
            if not 0 <= value <= 1:
                raise ValueError(f"an opacity of {value}")
        if not self.neighbour_distance_mm >= 0:
            raise ValueError(f"a distance of {self.neighbour_distance_mm} mm")
