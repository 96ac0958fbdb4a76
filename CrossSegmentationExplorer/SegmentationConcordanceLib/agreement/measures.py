"""The measures of the agreement table, as data: tables, panels, the report and docs/measures.md are made from them.

A new measure is a field of :class:`MeasuredRow`, its computation in a file of its own, and a test. One that is computed
from two masks names its function here and is filled in by itself; ``Scripts/update_measure_docs.py`` writes the docs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import Field, dataclass, field, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .centroids import centroid_distance_mm
from .row_facts import RowFacts

MORE, LESS, NEITHER = "more is better", "less is better", "neither"

OfMasks = Callable[[NDArray[np.bool_], NDArray[np.bool_], tuple[float, float, float]], "float | None"]
"""A measure of the model's mask and that of the consensus, bool (k, j, i), with the spacing in mm along these axes."""

_MEASURE = "measure"


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure.

    :param key: the column's name.
    :param title: a heading, without the unit.
    :param unit: "ml", "mm" or "".
    :param digits: behind the decimal point, where people read it.
    :param better: :data:`MORE`, :data:`LESS` or :data:`NEITHER`.
    :param highest: the highest value that it can have; None without a limit. The lowest is 0.
    :param sentence: what it is, in one plain sentence.
    :param source: of the definition.
    :param empty: what it is where a segment or the consensus is empty.
    :param section: of docs/measures.md: "overlap", "surface" or "order".
    :param of_masks: computes it from two masks; None where it is filled in elsewhere.
    """

    key: str
    title: str
    unit: str
    digits: int
    better: str
    highest: float | None
    sentence: str
    source: str
    empty: str
    section: str
    of_masks: OfMasks | None = None

    @property
    def heading(self) -> str:
        """The title with its unit, e.g. "Volume (ml)"."""
        return f"{self.title} ({self.unit})" if self.unit else self.title

    def shown(self, value: float | None) -> str:
        """The value as people read it; "" for None."""
        return "" if value is None else f"{value:.{self.digits}f}"


def _measured(
    section: str,
    title: str,
    sentence: str,
    *,
    unit: str = "",
    digits: int,
    better: str = NEITHER,
    highest: float | None = None,
    source: str = "",
    empty: str = "",
    of_masks: OfMasks | None = None,
    **default: Any,
) -> Any:
    made = Measure("", title, unit, digits, better, highest, sentence, source, empty, section, of_masks)
    return field(metadata={_MEASURE: made}, **default)


@dataclass(frozen=True, slots=True)
class MeasuredRow(RowFacts):
    """The measures of a model's segment against the consensus; None where one has no meaning. See :data:`MEASURES`."""

    volume_ml: float | None = _measured(
        "overlap", "Volume", "volume of the model's segment: voxels times the volume of a voxel",
        unit="ml", digits=1, empty="0",
    )  # fmt: skip
    consensus_volume_ml: float | None = _measured(
        "overlap", "Consensus volume", "volume of what the model is held against",
        unit="ml", digits=1, empty="0",
    )  # fmt: skip
    dice: float | None = _measured(
        "overlap", "Dice", "2 |A and B| / (|A| + |B|) of segment A and consensus B",
        digits=3, better=MORE, highest=1, source="Dice, Ecology 1945;26:297-302",
        empty="0 where one is empty, no value where both are",
    )  # fmt: skip
    jaccard: float | None = _measured(
        "overlap", "Jaccard", "|A and B| / |A or B|; equals dice / (2 - dice)",
        digits=3, better=MORE, highest=1, source="Jaccard, New Phytologist 1912;11:37-50", empty="as Dice",
    )  # fmt: skip
    volume_ratio: float | None = _measured(
        "overlap", "Consensus / volume",
        "consensus volume / volume of the segment; equals dice / (2 - dice) for the intersection",
        digits=3, empty="no value for a missing segment",
    )  # fmt: skip
    hd95_mm: float | None = _measured(
        "surface", "HD95", "the larger of the two directed distances within which 95 % of a surface's area lies",
        unit="mm", digits=1, better=LESS, source="Nikolov et al., J Med Internet Res 2021;23:e26151",
        empty="no value", default=None,
    )  # fmt: skip
    assd_mm: float | None = _measured(
        "surface", "ASSD",
        "average symmetric surface distance: the integral of the distance over both surfaces / their area",
        unit="mm", digits=2, better=LESS, source="Nikolov et al., J Med Internet Res 2021;23:e26151",
        empty="no value", default=None,
    )  # fmt: skip
    nsd: float | None = _measured(
        "surface", "NSD", "normalized surface Dice: the share of both surfaces within `nsd_tolerance_mm` of the other",
        digits=3, better=MORE, highest=1, source="Nikolov et al., J Med Internet Res 2021;23:e26151",
        empty="0 where one is empty, no value where both are", default=None,
    )  # fmt: skip
    nsd_tolerance_mm: float | None = _measured(
        "surface", "NSD tolerance", "tolerance of the normalized surface Dice", unit="mm", digits=1, default=None,
    )  # fmt: skip
    centroid_mm: float | None = _measured(
        "surface", "Centroid distance", "distance of the middles of segment and consensus: the means of their voxels",
        unit="mm", digits=1, better=LESS, empty="no value", of_masks=centroid_distance_mm, default=None,
    )  # fmt: skip
    dice_others: float | None = _measured(
        "order", "Dice with the others",
        "Dice with the majority of the other models that found the structure, whatever the consensus of the table",
        digits=3, better=MORE, highest=1,
        empty="0 where the model missed it, or found it alone", default=None,
    )  # fmt: skip
    disputed_ml: float | None = _measured(
        "order", "Apart", "volume of what the model and the majority of the finders do not share",
        unit="ml", digits=1, better=LESS, empty="of a missed structure all of it", default=None,
    )  # fmt: skip
    depth_mm: float | None = _measured(
        "order", "Depth", "how deep that is: the distance of its deepest voxel to its border",
        unit="mm", digits=1, better=LESS, empty="no value where it was not measured", default=None,
    )  # fmt: skip
    severity: float | None = _measured(
        "order", "Severity",
        "depth in mm x (1 + log10(1 + ml apart)), twice that where nothing is shared: the order of all lists",
        digits=1, better=LESS, empty="as that of the worst finder, or more, for a missed structure", default=None,
    )  # fmt: skip


def _of(one: Field) -> Measure:
    return replace(one.metadata[_MEASURE], key=one.name)


MEASURES: dict[str, Measure] = {one.name: _of(one) for one in fields(MeasuredRow) if _MEASURE in one.metadata}
"""By the column's name, in the order of the table."""
