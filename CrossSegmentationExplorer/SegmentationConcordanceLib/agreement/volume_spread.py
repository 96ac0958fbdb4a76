"""How far the models' volumes of one structure lie apart. It needs no consensus."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .table import AgreementRow


@dataclass(frozen=True, slots=True)
class VolumeSpread:
    """The spread of one structure in one case, over all models that found it.

    :param largest: place in the table of the row with the largest volume; of equal ones the first.
    :param smallest: the same of the smallest.
    :param n_models: how many found it, 2 or more.
    :param spread: see :func:`volume_spread`.
    """

    largest: int
    smallest: int
    n_models: int
    spread: float


def volume_spreads(rows: Sequence[AgreementRow]) -> list[VolumeSpread]:
    """The spreads of a table: one for each consensus, case and structure that two models or more found.

    :param rows: of any number of cases and consensus methods. A structure is told by its key, by its name without one.
    :returns: in the order in which they appear in the table; empty for an empty table.
    """
    places: dict[tuple[str, str, str], list[int]] = {}
    for at, row in enumerate(rows):
        if row.volume_ml:
            places.setdefault((row.consensus, row.case, row.structure_id), []).append(at)
    found = []
    for own in places.values():
        spread = volume_spread(rows[at].volume_ml for at in own)
        if spread is not None:
            volume = {at: rows[at].volume_ml or 0.0 for at in own}
            largest, smallest = max(own, key=volume.__getitem__), min(own, key=volume.__getitem__)
            found.append(VolumeSpread(largest, smallest, len(own), spread))
    return found


def volume_spread(volumes_ml: Iterable[float | None]) -> float | None:
    """(largest - smallest) / mean volume of the models that found the structure; 0 or more.

    A model that missed it has no volume to compare: that it missed it is told by itself.

    :param volumes_ml: in ml; None and 0 for a model that has none.
    :returns: 0.6 for 50, 100 and 100 ml; None for fewer than two volumes.
    """
    found = [volume for volume in volumes_ml if volume]
    if len(found) < 2:
        return None
    return (max(found) - min(found)) * len(found) / sum(found)
