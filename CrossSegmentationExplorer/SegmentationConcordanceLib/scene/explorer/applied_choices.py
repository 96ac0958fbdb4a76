"""What the user chose, brought to the rows that are shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ...agreement.options import INTERSECTION, MAJORITY, AnalysisOptions
from .explorer import Explorer
from .review_choices import ReviewChoices
from .shown_views import views_of


def apply_choices(
    explorer: Explorer,
    choices: ReviewChoices,
    former: ReviewChoices | None,
    list_anew: Callable[[], None],
    height_px: int = 0,
) -> None:
    """Bring the rows to the choices; what is as in the former ones is not touched.

    :param former: None where the rows have just been opened, and nothing was applied yet.
    :param list_anew: called where the structures are listed in other groups now.
    :param height_px: of the place for the rows; 0 where it is not known.
    """

    def changed(*names: str) -> bool:
        return former is None or any(getattr(choices, name) != getattr(former, name) for name in names)

    if changed("kinds", "as_columns", "compact", "plane"):
        explorer.set_views(**views_of(choices, len(explorer.rows), height_px))
    if changed("style"):
        explorer.set_style(choices.style)
    if changed("links"):
        explorer.set_links(choices.links)
    if changed("shows_map"):
        explorer.set_map(choices.shows_map)
    if changed("shows_crosshair") and (former is not None or choices.shows_crosshair):
        explorer.set_crosshair(choices.shows_crosshair)
    if former is not None and changed("majority"):
        explorer.refresh(options_of(choices))
    if changed("groups"):
        list_anew()
    if changed("order"):
        order = choices.order
        explorer.walk = replace(
            explorer.walk, text=order.text, group=order.group, column=order.column, descending=order.descending
        )
    if choices.shows_listed != explorer.shows_listed or (choices.shows_listed and changed("order", "groups")):
        explorer.set_shows_listed(choices.shows_listed)


def options_of(choices: ReviewChoices) -> AnalysisOptions:
    """Of the consensus that was chosen."""
    return AnalysisOptions(method=MAJORITY if choices.majority else INTERSECTION)
