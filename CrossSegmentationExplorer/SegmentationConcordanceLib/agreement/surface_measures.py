"""Measures of two surfaces from their distances, each patch weighted by its area. A value without meaning is None.

The definitions are those of DeepMind's surface-distance 0.1. Other packages of the same names differ: many count voxels
instead of areas, and take the percentile of both directions together, which can differ by more than 10 mm.
"""

from __future__ import annotations

import numpy as np

from .surface_distances import DirectedDistances, SurfaceDistances

_ROUNDING = 1e-9


def hausdorff_percentile(distances: SurfaceDistances, percent: float = 95.0) -> float | None:
    """Robust Hausdorff distance in mm: the larger of the two directions' percentiles. None where a mask is empty.

    The percentile of a direction is the smallest distance within which at least ``percent`` % of the area lies. At
    100 % it is the Hausdorff distance (Huttenlocher et al., IEEE TPAMI 1993;15(9):850-863).

    :param percent: 0 to 100.
    :raises ValueError: ``percent`` is not in 0 to 100.
    """
    if not 0 <= percent <= 100:
        raise ValueError(f"the percentile of {percent} %")
    if not _both_present(distances):
        return None
    return max(_percentile(direction, percent) for direction in distances.directions)


def average_symmetric(distances: SurfaceDistances) -> float | None:
    """Average symmetric surface distance (ASSD) in mm. None where a mask is empty.

    Pooled: the integral of the distance over both surfaces / the area of both. surface-distance gives the two
    directions' averages apart; where the areas differ, the mean of these two is another number.
    """
    if not _both_present(distances):
        return None
    integral = sum(float(direction.distance_mm @ direction.area_mm2) for direction in distances.directions)
    return integral / _total_area(distances)


def normalized_surface_dice(distances: SurfaceDistances, tolerance_mm: float) -> float | None:
    """Normalized surface Dice (NSD), 0 to 1: the share of both surfaces' area within the tolerance of the other.

    0 where one mask is empty, None where both are. A distance equal to the tolerance is within it, whatever the
    rounding of the spacing (0.1 + 0.2 is 0.3).

    Nikolov S et al. J Med Internet Res 2021;23(7):e26151.

    :raises ValueError: the tolerance is negative.
    """
    if not tolerance_mm >= 0:
        raise ValueError(f"a tolerance of {tolerance_mm} mm")
    if not _both_present(distances):
        return 0.0 if distances.area_a_mm2 + distances.area_b_mm2 > 0 else None
    reach = tolerance_mm + _ROUNDING
    within = sum(float(d.area_mm2[d.distance_mm <= reach].sum()) for d in distances.directions)
    return within / _total_area(distances)


def _both_present(distances: SurfaceDistances) -> bool:
    return distances.area_a_mm2 > 0 and distances.area_b_mm2 > 0


def _total_area(distances: SurfaceDistances) -> float:
    """Both areas, summed as their parts are, so that two equal surfaces have an NSD of exactly 1."""
    return sum(float(direction.area_mm2.sum()) for direction in distances.directions)


def _percentile(direction: DirectedDistances, percent: float) -> float:
    share = np.cumsum(direction.area_mm2)
    place = np.searchsorted(share, share[-1] * (percent / 100 - _ROUNDING))
    return float(direction.distance_mm[place])
