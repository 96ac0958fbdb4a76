"""The list of structures as a table that people read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from ..agreement.disputed_regions import DisputedRegion
from ..agreement.severity import CUT
from ..agreement.table import AgreementRow
from .structure_list import MISSING, NOT_IN_MODEL, NOT_LOOKED_FOR, PRESENT, ListedStructure

SHOWN_COLUMNS = ("name", "lowest_dice", "n_present", "reason", "rating", "pairwise_spread", "volume_spread", "group")
"""The columns of the table, each one of ``structure_list.COLUMNS``: what decides comes first."""

Order = tuple[str, bool]
"""A column, "" for worst first; and whether it is descending."""

_SIGNS = {
    PRESENT: "\N{CHECK MARK}",
    MISSING: "\N{BALLOT X}",
    NOT_LOOKED_FOR: "\N{MIDDLE DOT}",
    NOT_IN_MODEL: "\N{EN DASH}",
}


def structure_cells(structure: ListedStructure) -> tuple[str, ...]:
    """What is written in each of :data:`SHOWN_COLUMNS`; "" for no value."""
    dice, pairs, volumes = structure.lowest_dice, structure.pairwise_spread, structure.volume_spread
    return (
        structure.name.replace("_", " "),
        "" if dice is None else f"{dice:.3f}",
        "".join(_SIGNS[state] for state in structure.presence.values()),
        structure.reason,
        structure.rating,
        "" if pairs is None else f"{pairs:.3f}",
        "" if volumes is None else f"{volumes:.0%}",
        structure.group,
    )


def next_order(order: Order, section: int) -> Order:
    """The order after a click on the heading of a column: rising, then falling, then worst first again.

    :param section: index of the column.
    """
    column = SHOWN_COLUMNS[section]
    return {(column, False): (column, True), (column, True): ("", False)}.get(order, (column, False))


def presence_text(structure: ListedStructure) -> str:
    """In words which models found it, and why it stands where it does in the list.

    E.g. "Found by A and B; missing in C; not in D; up to 12.3 ml apart".
    """
    parts = []
    phrases = ((PRESENT, "found by"), (MISSING, "missing in"), (NOT_LOOKED_FOR, "not looked for by"))
    for state, words in (*phrases, (NOT_IN_MODEL, "not in")):
        models = [model for model, found in structure.presence.items() if found == state]
        if models:
            parts.append(f"{words} {', '.join(models)}")
    if structure.disputed_ml:
        parts.append(f"up to {structure.disputed_ml:.1f} ml apart")
    if structure.part == CUT:
        parts.append("truncated by the field of view")
    text = "; ".join(parts)
    return text[:1].upper() + text[1:]


def tip_text(structure: ListedStructure) -> str:
    """The reason in full, which a narrow column cuts, and which models found the structure."""
    return ". ".join(filter(None, (structure.reason, presence_text(structure))))


def as_html(text: str) -> str:
    """Untrusted text for a tool tip, which Qt would take for HTML where it looks like it."""
    return f"<p>{escape(text)}</p>"


def region_text(regions: Iterable[DisputedRegion], current: int) -> str:
    """Which disagreement of how many is shown, and how large it is; "" without any.

    :param current: index of the one that is shown; -1 for none.
    """
    regions = list(regions)
    if not 0 <= current < len(regions):
        return ""
    return f"Disagreement {current + 1} of {len(regions)}: {regions[current].volume_ml:.2f} ml"


def model_texts(rows: Iterable[AgreementRow], key: str) -> Mapping[str, str]:
    """By model, its volume of a structure and its Dice to the consensus, e.g. "12.3 ml, Dice 0.912".

    :param rows: of one case.
    :param key: of the structure.
    """
    texts = {}
    for row in rows:
        if row.structure_key == key and row.volume_ml:
            dice = "" if row.dice is None else f", Dice {row.dice:.3f}"
            texts[row.model] = f"{row.volume_ml:.1f} ml{dice}"
    return texts


def consensus_text(rows: Iterable[AgreementRow], key: str) -> str:
    """The volume of the consensus about a structure; "" where it has none.

    :param rows: of one case.
    :param key: of the structure.
    """
    volume = next((row.consensus_volume_ml for row in rows if row.structure_key == key), None)
    return f"{volume:.1f} ml" if volume else ""
