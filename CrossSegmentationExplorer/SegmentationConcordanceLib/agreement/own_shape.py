"""What is to be known of one model's segment without another one: middle, ends, pieces, its largest hole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from .case_facts import CaseFacts
from .crops import pattern_slices
from .dispute_depths import middle_voxel
from .fragments import Piece, pieces_of

HOLE_VOXELS = 12
_ENCLOSES = ("body", "fat", "skin", "tissue", "muscle")
"""Parts of names of structures that rightly lie around others, and around air."""
_IN_PIECES = (
    *("colon", "bowel", "vessel", "vein", "artery", "nodule", "cartilage", "bone"),
    *_ENCLOSES,
)
"""Parts of names of structures that rightly are in pieces, or may look so."""


@dataclass(frozen=True, slots=True)
class OwnShape:
    """One look at the voxels of a segment.

    :param center_lps: mean of its voxels in mm.
    :param first: areas of its first three slices, voxels, the outermost first; ``last`` likewise.
    :param inner: a voxel (k, j, i) of the scan inside it.
    :param pieces: the largest first; none where pieces say nothing.
    :param hole: voxels, depth in mm and the innermost voxel of the largest hole; None without one.
    """

    center_lps: NDArray[np.float64]
    first: tuple[int, ...]
    last: tuple[int, ...]
    inner: tuple[int, int, int]
    pieces: tuple[Piece, ...]
    hole: tuple[int, float, tuple[int, int, int]] | None


def own_mask(facts: CaseFacts, index: int) -> NDArray[np.bool_]:
    """The segment in its box, bool (k, j, i).

    :param facts: of one model alone.
    :param index: of a structure that it found.
    """
    return np.stack(list(pattern_slices(facts.comparison, index, facts.known_box(index)))) != 0


def own_shape(facts: CaseFacts, index: int) -> OwnShape:
    """Look at a segment.

    :param facts: of one model alone, see :meth:`.CaseFacts.alone`.
    :param index: of a structure that it found.
    """
    box, mask = facts.known_box(index), own_mask(facts, index)
    areas = np.count_nonzero(mask, axis=(1, 2))
    counts = areas, np.count_nonzero(mask, axis=(0, 2)), np.count_nonzero(mask, axis=(0, 1))
    center = [float(count @ np.arange(count.size) / count.sum()) for count in counts]
    name = facts.comparison.structures[index].name
    in_pieces_rightly = any(part in name for part in _IN_PIECES)
    encloses = any(part in name for part in _ENCLOSES)
    return OwnShape(
        facts.comparison.geometry.lps_of(np.add(center, box.lower)[::-1]),
        tuple(areas[:3].tolist()),
        tuple(areas[::-1][:3].tolist()),
        _near(mask, center, box.lower),
        () if in_pieces_rightly else tuple(pieces_of(mask)),
        None if encloses else _largest_hole(mask, box.lower, facts.spacing_kji),
    )


def _near(mask: np.ndarray, center: list[float], lower: tuple[int, int, int]) -> tuple[int, int, int]:
    """The voxel of the middle slice, or of the next one that has any, that is next to the mean."""
    k = min(np.flatnonzero(mask.any(axis=(1, 2))).tolist(), key=lambda at: abs(at - center[0]))
    places = np.argwhere(mask[k])
    j, i = places[np.argmin(((places - center[1:]) ** 2).sum(axis=1))].tolist()
    return lower[0] + k, lower[1] + j, lower[2] + i


def _largest_hole(
    mask: np.ndarray, lower: tuple[int, int, int], spacing_kji: np.ndarray
) -> tuple[int, float, tuple[int, int, int]] | None:
    """The largest part of the background that the mask encloses; None where it encloses nothing of some size."""
    labels, count = ndimage.label(~np.pad(mask, 1))
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    sizes[[0, labels[0, 0, 0]]] = 0
    largest = int(np.argmax(sizes))
    if sizes[largest] < HOLE_VOXELS:
        return None
    spans = ndimage.find_objects(labels, max_label=largest)[largest - 1]
    hole = labels[spans] == largest
    depth = float(ndimage.distance_transform_edt(np.pad(hole, 1), spacing_kji).max())
    begins = [span.start - 1 + low for span, low in zip(spans, lower)]
    return int(sizes[largest]), depth, middle_voxel(hole, (begins[0], begins[1], begins[2]), spacing_kji)
