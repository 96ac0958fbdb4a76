"""What the models say about one point."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from .explored_scan import ExploredScan, key_of


@dataclass(frozen=True, slots=True)
class UnderCursor:
    """What one model has at a point; no structures for background."""

    model: str
    keys: tuple[str, ...]
    names: tuple[str, ...]


def under_cursor(scan: ExploredScan, ras: tuple[float, float, float]) -> tuple[UnderCursor, ...]:
    """What every model has at a point, RAS in mm of the world; empty outside of the volume.

    :returns: one item per model, in their order.
    """
    geometry = scan.comparison.geometry
    ijk = np.rint(geometry.ijk_of((-ras[0], -ras[1], ras[2]))).astype(int)
    at = tuple(int(n) for n in ijk[::-1])
    if any(not 0 <= n < size for n, size in zip(at, geometry.shape)):
        return ()
    name_of = {key_of(structure): structure.name for structure in scan.comparison.structures}
    found = []
    for name, drawn in scan.drawn.items():
        layers = drawn.segmentation.label_map.layers
        keys = tuple(
            key
            for key, segments in drawn.segments.items()
            if any(layers[segment.layer][at] == segment.label for segment in segments)
        )
        found.append(UnderCursor(name, keys, tuple(name_of[key] for key in keys)))
    return tuple(found)


def cursor_text(found: Iterable[UnderCursor], model: str = "") -> str:
    """What people read of it: the model first whose row the cursor is in; "" where no model has anything.

    Models that say the same are named together, e.g. "liver: A, B; nothing: C".

    :param model: of the row that the cursor is in; may be empty.
    """
    found = sorted(found, key=lambda one: one.model != model)
    said: dict[str, list[str]] = {}
    for one in found:
        said.setdefault(" + ".join(name.replace("_", " ") for name in one.names), []).append(one.model)
    if not any(said):
        return ""
    return "; ".join(f"{names or 'nothing'}: {', '.join(models)}" for names, models in said.items())
