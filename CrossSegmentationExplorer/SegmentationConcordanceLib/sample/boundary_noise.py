"""How the outlines of one model differ from the truth, everywhere and by about half a voxel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from .noise import NoiseField

_LARGEST_DEVIATION = 2.5
_SLICES_AT_ONCE = 16


def outline_zone(
    labels: NDArray[np.unsignedinteger], spacing_kji: NDArray[np.float64], amplitude_mm: float
) -> NDArray[np.bool_]:
    """The voxels that :func:`displaced` can change, bool (k, j, i): those with another label within its reach.

    :param labels: unsigned (k, j, i).
    :param spacing_kji: of the voxels in mm.
    :param amplitude_mm: the standard deviation of the displacement.
    """
    reach = _reach(spacing_kji, amplitude_mm)
    size = [2 * n + 1 for n in reach]
    zone = np.empty(labels.shape, dtype=bool)
    depth = labels.shape[0]
    for start in range(0, depth, _SLICES_AT_ONCE):
        stop = min(start + _SLICES_AT_ONCE, depth)
        low, high = max(0, start - reach[0]), min(depth, stop + reach[0])
        part = labels[low:high]
        mixed = ndimage.maximum_filter(part, size) != ndimage.minimum_filter(part, size)
        zone[start:stop] = mixed[start - low : stop - low]
    return zone


def displaced(
    labels: NDArray[np.unsignedinteger],
    zone: NDArray[np.bool_],
    spacing_kji: NDArray[np.float64],
    fields: Sequence[NoiseField],
    amplitude_mm: float,
) -> NDArray[np.unsignedinteger]:
    """The labels with every outline moved by a smooth random field; a new array of the same dtype and shape.

    Each voxel takes the label found at its place plus the displacement. All outlines move together, so neighbours
    keep touching without a gap and no voxel gets two labels.

    :param labels: unsigned (k, j, i).
    :param zone: from :func:`outline_zone` with the same arguments; it is the same for every model of a case.
    :param fields: three, the displacement along k, j, i in units of ``amplitude_mm``, cut off at 2.5 units.
    """
    moved = labels.copy()
    reach = _reach(spacing_kji, amplitude_mm)
    for start in range(0, labels.shape[0], _SLICES_AT_ONCE):
        places = list(np.nonzero(zone[start : start + _SLICES_AT_ONCE]))
        places[0] += start
        sources = []
        for axis, (field, spacing) in enumerate(zip(fields, spacing_kji)):
            steps = np.rint(field.at(tuple(places)) * np.float32(amplitude_mm / spacing)).astype(np.intp)
            np.clip(steps, -reach[axis], reach[axis], out=steps)
            sources.append(np.clip(places[axis] + steps, 0, labels.shape[axis] - 1))
        moved[tuple(places)] = labels[tuple(sources)]
    return moved


def _reach(spacing_kji: np.ndarray, amplitude_mm: float) -> list[int]:
    return [round(_LARGEST_DEVIATION * amplitude_mm / float(spacing)) for spacing in spacing_kji]
