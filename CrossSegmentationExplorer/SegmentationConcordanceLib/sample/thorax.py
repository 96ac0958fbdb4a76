"""The soft parts of the synthetic chest: wall, lungs by lobe, heart, great vessels, airways. All in mm, LPS."""

from __future__ import annotations

import numpy as np

from .painting import Painting
from .shapes import Box, Capsule, Cut, Ellipsoid, Loft, mirrored, plane_through, tube
from .skeleton import BODY, CAVITY, SIDES, spine_line, spine_y

LUNG_LOBES = (
    "lung_upper_lobe_left",
    "lung_lower_lobe_left",
    "lung_upper_lobe_right",
    "lung_middle_lobe_right",
    "lung_lower_lobe_right",
)
HEART_PARTS = (
    "heart_myocardium",
    "heart_atrium_left",
    "heart_ventricle_left",
    "heart_atrium_right",
    "heart_ventricle_right",
)
_LUNG_FLOOR_MM = -112.0
_MEDIASTINUM = Loft(
    (
        (-200, -10, 70, 75),
        (-80, -12, 62, 75),
        (-62, -15, 42, 68),
        (-30, -20, 34, 62),
        (20, -15, 33, 62),
        (50, -12, 31, 58),
        (80, -5, 34, 50),
        (105, 0, 36, 44),
        (140, 5, 40, 40),
    )
)
_HEART_CENTER = np.array([17.0, -30.0, -10.0])
# The heart's long axis runs to the left, front and foot; the second towards the right ventricle; the third to the head.
_LONG_AXIS = np.array([0.64, -0.55, -0.536])
_ACROSS = np.cross(_LONG_AXIS, [0.25, -0.2, 0.95])
_HEART_AXES = np.array([_LONG_AXIS, _ACROSS, np.cross(_LONG_AXIS, _ACROSS)])
_HEART_AXES /= np.linalg.norm(_HEART_AXES, axis=1, keepdims=True)


def body_wall() -> list[Painting]:
    """The couch, skin, fat and the muscles of the wall, from outside in."""
    arms = tuple(Capsule((side * 150, 18, 100), (side * 178, 0, 215), 46, 40) for _, side in SIDES)
    inner_arms = tuple(Capsule((side * 152, 18, 100), (side * 178, 0, 215), 33, 27) for _, side in SIDES)
    thin_arms = tuple(Capsule((side * 150, 18, 100), (side * 178, 0, 215), 43.5, 37.5) for _, side in SIDES)
    return [
        Painting("couch", (Box((-220, 134, -300), (220, 138, 300)), Box((-220, 156, -300), (220, 159, 300)))),
        Painting("skin", (BODY, *arms)),
        Painting("subcutaneous_tissue", (BODY.grown(-2.2), *thin_arms)),
        Painting("muscle", (CAVITY.grown(13), *inner_arms)),
        Painting("muscle", _outer_muscles(), over=("subcutaneous_tissue",)),
    ]


def _outer_muscles() -> tuple[Capsule, ...]:
    shapes: list[Capsule] = []
    for _, side in SIDES:
        shapes += tube(mirrored([(30, -76, 66), (80, -72, 74), (132, -30, 88)], side), (9, 15, 17), (1, 1, 1.9))
        shapes += tube(mirrored([(135, 40, 96), (146, 40, 40), (145, 38, -20), (132, 52, -90)], side), (17, 15, 11, 6))
        shapes += tube(mirrored([(18, 88, 145), (60, 84, 122), (120, 55, 122)], side), (17, 16, 14))
        shapes += tube(mirrored([(12, 100, 60), (70, 100, 62), (128, 66, 66)], side), (12, 13, 17), (1, 1, 3.2))
        shapes += tube(mirrored([(26, 25, 200), (34, 28, 160), (50, 34, 120)], side), (17, 18, 20))
        shapes += tube(mirrored([(26, -8, 200), (22, -30, 150), (16, -48, 108)], side), (10, 9, 6))
        shapes += tube(mirrored([(22, 75, 200), (22, 82, 150)], side), (20, 18))
    return tuple(shapes)


def back_muscles() -> list[Painting]:
    """Left and right autochthonous muscles of the back, beside the spinous processes."""
    paintings = [Painting("muscle", tube(spine_line(32), 20, (2.15, 1, 1), step_mm=10), over=LUNG_LOBES)]
    for name, side in SIDES:
        line = spine_line(37, dx=side * 23.0)
        paintings.append(Painting(f"autochthon_{name}", tube(line, (22, 16, 13, 13, 15), (1.15, 0.85, 1), step_mm=10)))
    return paintings


def lungs() -> list[Painting]:
    """Fat as the base of chest and abdomen, then the five lobes, cut by the oblique and horizontal fissures."""
    base = Painting("fat", (CAVITY,))
    inside = CAVITY.grown(-1)
    floor = ((0.0, 0.0, -1.0), -_LUNG_FLOOR_MM)
    fissure_left = plane_through(((60, 75, 62), (20, 75, 62), (60, -60, -72)), keep=(60, 60, -40))
    fissure_right = plane_through(((-60, 75, 58), (-20, 75, 58), (-60, -60, -70)), keep=(-60, 60, -40))
    horizontal = plane_through(((-30, -60, 8), (-90, -60, 2), (-60, 30, 12)), keep=(-60, -40, -30))
    left, right = ((-1.0, 0.0, 0.0), 0.0), ((1.0, 0.0, 0.0), 0.0)
    return [
        base,
        Painting("lung_upper_lobe_left", (Cut(inside, (left, floor)),)),
        Painting("lung_lower_lobe_left", (Cut(inside, (left, floor, fissure_left)),)),
        Painting("lung_upper_lobe_right", (Cut(inside, (right, floor)),)),
        Painting("lung_middle_lobe_right", (Cut(inside, (right, floor, horizontal)),)),
        Painting("lung_lower_lobe_right", (Cut(inside, (right, floor, fissure_right)),)),
        Painting("fat", (_MEDIASTINUM, Ellipsoid((20, -36, -18), (64, 52, 56))), over=LUNG_LOBES),
        Painting("fat", (*tube(spine_line(0, -120, 140), 25, step_mm=12),), over=LUNG_LOBES),
    ]


def _in_heart(long: float, across: float, up: float) -> tuple[float, float, float]:
    return tuple((_HEART_CENTER + np.array([long, across, up]) @ _HEART_AXES).tolist())


def _heart_ellipsoid(center: tuple[float, float, float], radii: tuple[float, float, float]) -> Ellipsoid:
    x, y, z = (tuple(axis) for axis in _HEART_AXES.tolist())
    return Ellipsoid(_in_heart(*center), radii, (x, y, z))


def heart() -> list[Painting]:
    """The four chambers in the muscle of the heart: together they are the whole heart. With the left appendage."""
    wall = Painting(
        "heart_myocardium",
        (_heart_ellipsoid((0, 0, 0), (63, 47, 45)), _heart_ellipsoid((-40, -16, 8), (26, 30, 29))),
    )
    return [
        wall,
        Painting("heart_ventricle_right", (_heart_ellipsoid((8, 22, -2), (45, 22, 36)),)),
        Painting("heart_myocardium", (_heart_ellipsoid((12, -14, 0), (45, 30, 32)),)),
        Painting("heart_ventricle_left", (_heart_ellipsoid((8, -14, 0), (41, 20, 22)),)),
        Painting("heart_atrium_left", (_heart_ellipsoid((-42, -17, 8), (21, 27, 26)),)),
        Painting("heart_atrium_right", (_heart_ellipsoid((-32, 27, -2), (24, 19, 29)),)),
    ]


def great_vessels() -> list[Painting]:
    """Aorta, pulmonary arteries and veins, caval veins and the vessels to head and arms."""
    descending = [(17.0 - 11 * max(0.0, (-40 - z) / 150), spine_y(z) - 24, float(z)) for z in range(40, -201, -40)]
    aorta = [(6, -26, 8), (-12, -33, 34), (-14, -28, 58), (0, -12, 80), (16, 10, 82), (22, 26, 64), *descending]
    paintings = [
        Painting("pulmonary_vein", _pulmonary_veins()),
        Painting("pulmonary_artery", _pulmonary_arteries()),
        Painting("superior_vena_cava", tube([(-28, -22, 88), (-27, -20, 60), (-26, -18, 24)], (8, 9, 9.5))),
        Painting("inferior_vena_cava", tube([(-20, 10, -200), (-22, 6, -110), (-20, -4, -60), (-20, -6, -40)], 11)),
        Painting("brachiocephalic_vein_right", tube([(-30, -22, 88), (-38, -22, 108), (-50, -20, 124)], 7)),
        Painting("brachiocephalic_vein_left", tube([(-24, -26, 90), (0, -38, 97), (30, -32, 110), (48, -22, 124)], 6)),
        Painting("brachiocephalic_trunk", tube([(-4, -18, 86), (-14, -16, 100), (-20, -14, 116)], 6.5)),
        Painting("common_carotid_artery_right", tube([(-20, -14, 118), (-22, -10, 150), (-26, -12, 200)], 3.8)),
        Painting("common_carotid_artery_left", tube([(7, -6, 90), (18, -6, 118), (22, -10, 150), (26, -12, 200)], 3.8)),
        Painting("subclavian_artery_right", tube([(-23, -13, 117), (-46, -4, 130), (-80, -14, 124)], 4.4)),
        Painting("subclavian_artery_left", tube([(17, 8, 92), (26, 6, 118), (46, -2, 130), (80, -14, 124)], 4.4)),
        Painting("aorta", tube(aorta, (15, 15, 14.5, 13.5, 12.5, 12, 11.5, 11.5, 11, 10.5, 10, 10, 9.5), step_mm=5)),
        Painting("atrial_appendage_left", tube([(42, -14, 18), (52, -30, 20), (54, -44, 14)], (8, 8, 5)), ("fat",)),
    ]
    return paintings


def _pulmonary_arteries() -> tuple[Capsule, ...]:
    trunk = tube([(22, -54, 12), (22, -40, 34), (16, -16, 46)], 12.5, step_mm=5)
    left = tube([(16, -16, 46), (36, 6, 46), (56, 18, 34)], (11, 10, 8), step_mm=5)
    right = tube([(16, -16, 46), (-18, -6, 40), (-50, 8, 34)], (11, 10.5, 8), step_mm=5)
    return (*trunk, *left, *right)


def _pulmonary_veins() -> tuple[Capsule, ...]:
    ends = ((-46, 12, 18), (-46, 24, -14), (50, 10, 16), (46, 28, -12))
    return tuple(rod for end in ends for rod in tube([(-4, 8, 6), end], (8, 6.5)))


def airways_and_gullet() -> list[Painting]:
    """Trachea to its bifurcation, the main bronchi, esophagus, thyroid gland."""
    trachea = [(0, -16, 200), (0, -12, 150), (-2, 2, 110), (-4, 14, 80), (-4, 20, 62)]
    right_bronchus = tube([(-4, 20, 60), (-26, 20, 40), (-48, 22, 22)], (7.5, 7, 4.5))
    left_bronchus = tube([(-4, 20, 60), (24, 20, 38), (46, 24, 24)], (7, 6, 4.5))
    gullet = [(5, spine_y(z) - 19 + 3 * (z < 60), float(z)) for z in (200, 150, 110, 70)]
    gullet += [(3, 31, 30), (2, 32, -10), (6, 22, -50), (20, 4, -80), (30, 0, -92)]
    lobe = [(16, -22, 152), (17, -18, 170), (15, -14, 184)]
    lobes = [Painting(f"thyroid_gland_{name}", tube(mirrored(lobe, side), (8, 9, 6))) for name, side in SIDES]
    isthmus = Painting("thyroid_gland_left", tube([(0, -28, 158), (16, -22, 158)], 4.5))
    return [
        Painting("esophagus", tube(gullet, 7)),
        *lobes,
        isthmus,
        Painting("airway_wall", tube(trachea, 10.5)),
        Painting("airway_air", (*right_bronchus, *left_bronchus)),
        Painting("trachea", tube(trachea, 9)),
    ]
