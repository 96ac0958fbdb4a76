"""Bones that are thin and bent, with noise on every outline: which side is off, and whether it is the boundary."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from agreement.bricks import STRUCTURES
from SegmentationConcordanceLib.agreement.analysis import Analysis
from SegmentationConcordanceLib.agreement.findings import findings_of
from SegmentationConcordanceLib.agreement.models import ModelSegmentation
from SegmentationConcordanceLib.anatomy.identity import structure_identity
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment

SHAPE, SPACING_MM, NOISE_MM = (80, 60, 60), 2.0, 1.0
GEOMETRY = Geometry.from_parts(SHAPE, (SPACING_MM,) * 3, (0.0, 0.0, 0.0), np.eye(3))
K, J, I = np.indices(SHAPE) * SPACING_MM  # noqa: E741
KNOWN = ("sternum", "kidney_right", "kidney_left")
Distance = NDArray[np.float64]


def box(axes, lower, upper) -> Distance:
    """Distance from a box in mm, negative inside."""
    return np.max([np.maximum(low - axis, axis - up) for axis, low, up in zip(axes, lower, upper)], axis=0)


def sternum(front: float, back: float) -> Distance:
    """12 x 110 x 40 mm, bowed."""
    return box((K, J - 40 - ((K - 80) / 40) ** 2 * 4, I), (25, -6 - front, 40), (135, 6 + back, 80))


def scapula(front: float, back: float) -> Distance:
    """A wing of 6 mm, with the ridge upon it."""
    wing = box((K, J - 40 - 10 * np.sin(I / 30), I), (25, -3 - front, 20), (125, 3 + back, 100))
    return np.minimum(wing, box((K, J, I), (85, 12, 25), (93, 40, 80)))


def ilium(front: float, back: float) -> Distance:
    """A part of a shell of 8 mm."""
    radius = np.sqrt((K - 80) ** 2 + (J + 20) ** 2 + (I - 60) ** 2)
    return np.max([radius - 80 - back, 72 - front - radius, 12 - J, np.abs(K - 80) - 55], axis=0)


def voxels_of(bone: Distance, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The bone and two kidneys, their boundaries moved by a smooth noise."""
    voxels = np.zeros(SHAPE, np.uint8)
    kidneys = [np.sqrt(((K - 50) / 1.5) ** 2 + (J - 95) ** 2 + (I - right) ** 2) - 16 for right in (25, 95)]
    for label, distance in enumerate((bone, *kidneys), start=1):
        noise = ndimage.gaussian_filter(rng.standard_normal(SHAPE), 2)
        voxels[distance + noise * (NOISE_MM / noise.std()) < 0] = label
    return voxels


def kinds_told(bone: Callable[[float, float], Distance], front: float, back: float) -> list[str]:
    rng = np.random.default_rng(1)
    segments = tuple(Segment(label, name, STRUCTURES[name]) for label, name in enumerate(KNOWN, start=1))
    known = frozenset(structure_identity(STRUCTURES[name]) for name in KNOWN)
    models = [
        ModelSegmentation(name, LabelMap((voxels_of(bone(*sides), rng),), GEOMETRY, segments), known)
        for name, sides in {"Odd": (front, back), **dict.fromkeys(("M1", "M2", "M3", "M4", "M5"), (0.0, 0.0))}.items()
    ]
    analysis = Analysis(models, case="a", series_uid="")
    told = findings_of("a", analysis.comparison, analysis.boxes)
    assert all((one.models, one.names) == (("Odd",), ("sternum",)) for one in told)
    return [one.kind for one in told]


@pytest.mark.parametrize("bone", [sternum, scapula, ilium])
@pytest.mark.parametrize(
    ("front", "back", "kinds"),
    [(0, 0, []), (6, 0, ["false_blob"]), (0, 6, ["false_blob"]), (3, 3, ["boundary_offset"])],
)
def test_a_bone_that_is_thicker_on_one_side_has_a_blob_too_much(bone, front, back, kinds):
    """6 mm on one side are as much in the mean as 3 mm on both."""
    assert kinds_told(bone, front, back) == kinds


@pytest.mark.parametrize("bone", [sternum, ilium])
@pytest.mark.parametrize(
    ("front", "back", "kinds"), [(-6, 0, ["hole"]), (0, -6, ["hole"]), (-3, -3, ["boundary_offset"])]
)
def test_a_bone_that_is_thinner_on_one_side_leaves_a_part_out(bone, front, back, kinds):
    assert kinds_told(bone, front, back) == kinds
