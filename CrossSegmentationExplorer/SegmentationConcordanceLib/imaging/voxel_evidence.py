"""Which known segments occupy the same voxels as a label that nobody has explained."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..anatomy.concepts import CodedStructure
from ..errors import GeometryMismatchError
from .geometry import Geometry
from .label_map import LabelMap, label_boxes, label_counts


def voxel_evidence(
    voxels: NDArray[np.unsignedinteger], geometry: Geometry, known: LabelMap, *, min_dice: float = 0.5, limit: int = 3
) -> dict[int, tuple[tuple[CodedStructure, str, float], ...]]:
    """For every label the coded segments of a known label map that it shares most voxels with.

    :param voxels: unsigned labels, axes (k, j, i), 0 is background.
    :returns: label -> (structure, name, Dice), best first, at most ``limit``, from ``min_dice`` on; labels without any
        are left out. Dice = ``2 |A and B| / (|A| + |B|)``.
    :raises GeometryMismatchError: the two do not lie on one grid.
    """
    if not geometry.matches(known.geometry):
        differences = "; ".join(geometry.differences(known.geometry)) or "voxels slightly apart"
        raise GeometryMismatchError(
            "known segmentation", f"lies on another grid: {differences}", "Give one on the grid."
        )
    sizes, known_sizes = label_counts(voxels), known.voxel_counts()
    found: dict[int, list[tuple[CodedStructure, str, float]]] = {}
    boxes = [label_boxes(layer, label_counts(layer)) for layer in known.layers]
    for segment in known.segments:
        if segment.structure is None or not known_sizes[segment]:
            continue
        box = boxes[segment.layer][segment.label]
        common = voxels[box][known.layers[segment.layer][box] == segment.label]
        for label, shared in zip(*np.unique(common[common > 0], return_counts=True)):
            dice = 2 * int(shared) / (sizes[int(label)] + known_sizes[segment])
            if dice >= min_dice:
                found.setdefault(int(label), []).append((segment.structure, segment.name, dice))
    return {label: tuple(sorted(some, key=lambda one: -one[2])[:limit]) for label, some in found.items()}
