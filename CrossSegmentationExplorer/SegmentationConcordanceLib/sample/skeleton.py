"""The bones of the synthetic chest, and the walls that they lie in. All in mm, LPS, T7 at the origin's height."""

from __future__ import annotations

import numpy as np

from .painting import Painting
from .shapes import Capsule, Ellipsoid, Loft, Point, mirrored, tube

SIDES = (("left", 1), ("right", -1))
LEVELS = ("C5", "C6", "C7", *(f"T{n}" for n in range(1, 13)), "L1", "L2", "L3")
# Height of each vertebra with its disc in mm, typical of an adult.
_HEIGHTS_MM = (17, 17, 18, 19, 20, 21, 22, 23, 23.5, 24, 25, 26, 27, 28, 29, 32, 34, 35)

# Rows: z, center y, radius x, radius y. The inside of the rib cage and of the abdominal wall.
CAVITY = Loft(
    (
        (-200, -8, 124, 82),
        (-120, -3, 132, 88),
        (-60, 0, 135, 92),
        (0, 4, 130, 89),
        (50, 7, 119, 79),
        (90, 12, 97, 65),
        (120, 15, 63, 42),
        (138, 18, 34, 20),
    )
)
BODY = Loft(
    (
        (-200, -6, 152, 106),
        (-120, 1, 158, 112),
        (-60, 3, 164, 115),
        (0, 6, 171, 114),
        (50, 10, 179, 107),
        (90, 15, 182, 97),
        (125, 21, 160, 80),
        (150, 21, 108, 68),
        (170, 17, 72, 62),
        (200, 15, 66, 60),
    )
)

# Lateral distance and height of the joint of bone and cartilage of ribs 1 to 10; height of ribs 1 to 7 at the sternum.
_RIB_ENDS = (
    (38, 86), (52, 54), (62, 28), (72, 4), (81, -19), (90, -42), (98, -63), (106, -84), (113, -105), (119, -124),
)  # fmt: skip
_STERNAL_ENDS = (90, 60, 39, 20, 2, -14, -27)
_FLOATING_END_DEGREES = {11: 108, 12: 72}


def level_heights() -> dict[str, float]:
    """Height z in mm of the middle of every vertebra, T7 at 0."""
    bottoms = -np.cumsum(_HEIGHTS_MM)
    middles = bottoms + np.array(_HEIGHTS_MM) / 2
    return dict(zip(LEVELS, (middles - middles[LEVELS.index("T7")]).tolist()))


def spine_y(z: float) -> float:
    """How far back the middle of the vertebral bodies lies at height z: the kyphosis of the thoracic spine."""
    return 55 - 30 * (z / 150) ** 2 if z > 0 else 55 - 22 * (z / 180) ** 2


def spine_line(dy: float, low: float = -200, high: float = 200, dx: float = 0.0) -> list[Point]:
    """Points along the spine, ``dy`` mm behind the middle of its bodies and ``dx`` to the left.

    :param low: height of the lowest point in mm.
    :param high: of the highest.
    """
    return [(dx, spine_y(z) + dy, float(z)) for z in np.linspace(low, high, 11)]


def sternum_y(z: float) -> float:
    """Depth of the middle of the sternum at height z, just before the inside of the chest wall."""
    center, _, depth = CAVITY.at(z)
    return float(center - depth) - 7


def vertebrae() -> list[Painting]:
    """Discs first, then every vertebra with body, arch, transverse and spinous processes."""
    heights = level_heights()
    discs = Painting("disc", tuple(_disc(level, heights[level]) for level in LEVELS))
    return [discs, *(Painting(f"vertebrae_{level}", _vertebra(level, heights[level])) for level in LEVELS)]


def _body_radii(level: str) -> tuple[float, float]:
    share = LEVELS.index(level) / (len(LEVELS) - 1)
    return 12 + 12 * share, 10 + 8 * share


def _tilt(z: float) -> float:
    return (spine_y(z + 1) - spine_y(z - 1)) / 2


def _disc(level: str, z: float) -> Ellipsoid:
    half = _HEIGHTS_MM[LEVELS.index(level)] / 2
    radius_x, radius_y = _body_radii(level)
    return Ellipsoid((0, spine_y(z + half), z + half), (radius_x - 1, radius_y - 1, 5.5))


def _vertebra(level: str, z: float) -> tuple:
    height = _HEIGHTS_MM[LEVELS.index(level)]
    radius_x, radius_y = _body_radii(level)
    y, half = spine_y(z), height / 2 - 2.2
    body = Loft(tuple((z + h, y + _tilt(z) * h, radius_x * w, radius_y * w) for h, w in _waist(half)))
    back = y + radius_y
    thick = 0.2 * height
    arch = [
        Capsule((side * 11, back - 3, z + 2), (side * 12.5, back + 10, z + 1), thick, thick) for _, side in SIDES
    ] + [Capsule((side * 12.5, back + 10, z + 1), (0, back + 22, z - 3), thick, thick) for _, side in SIDES]
    if level.startswith("L"):
        spinous, reach = ((0, back + 22, z - 3), (0, back + 44, z - 7)), 42
    elif level.startswith("C"):
        spinous, reach = ((0, back + 21, z - 3), (0, back + 44, z - 9)), 24
    else:
        spinous, reach = ((0, back + 21, z - 3), (0, back + 40, z - 19)), 37
    process = [
        Capsule((side * 13, back + 11, z + 1), (side * reach, back + 19, z + 3), thick, 4.2) for _, side in SIDES
    ]
    return (body, *arch, *process, Capsule(*spinous, 4.0, 4.4, (1, 1, 1.2)))


def _waist(half: float) -> tuple[tuple[float, float], ...]:
    return ((-half, 0.98), (-half + 2, 1.0), (0, 0.9), (half - 2, 1.0), (half, 0.98))


def spinal_canal() -> list[Painting]:
    """The canal behind the vertebral bodies, opened through their arches, and the cord in it."""
    line = []
    for level, z in level_heights().items():
        line.append((0.0, spine_y(z) + _body_radii(level)[1] + 8, z))
    return [
        Painting("spinal_canal_fluid", tube(line[::-1], 7.6, (1.15, 1, 1), step_mm=10)),
        Painting("spinal_cord", tube(line[::-1], 4.8, (1.15, 1, 1), step_mm=10)),
    ]


def ribs() -> list[Painting]:
    """All 24 ribs, and the cartilages that join ribs 1 to 10 to the sternum."""
    paintings = []
    for side_name, side in SIDES:
        for number in range(1, 13):
            path = rib_path(number, side)
            bone = tube(path, 4.3, (1, 1, 1.55), step_mm=5)
            paintings.append(Painting(f"rib_{side_name}_{number}", bone))
            if number <= len(_RIB_ENDS):
                cartilage = tube(_cartilage_path(number, side, path[-1]), 4.4, (1, 1, 1.4), step_mm=6)
                over = ("muscle", "fat", "subcutaneous_tissue")
                paintings.append(Painting("costal_cartilages", cartilage, over))
    return paintings


def rib_path(number: int, side: int) -> list[Point]:
    """Points along one rib from its joint with the spine to its front end; ``side`` 1 is left, -1 right.

    :param number: 1 to 12, from above.
    """
    level = f"T{number}"
    z = level_heights()[level]
    height = _HEIGHTS_MM[LEVELS.index(level)]
    radius_x, radius_y = _body_radii(level)
    y = spine_y(z) + radius_y
    neck = [(radius_x + 2.5, y - 2, z + 0.42 * height), (41.0, y + 16, z + 4)]
    wall = CAVITY.grown(6)
    start, start_angle = z, 0.42 if number > 1 else 0.75
    end_z, end_angle = _rib_end(number, wall, z)
    round_the_chest = []
    for share in np.linspace(0, 1, 9):
        height_here = start + (end_z - start) * share**0.92
        round_the_chest.append(wall.rim(start_angle + (end_angle - start_angle) * share, height_here))
    return mirrored([*neck, *round_the_chest], side)


def _rib_end(number: int, wall: Loft, z: float) -> tuple[float, float]:
    """Height of the front end of a rib, and its angle around the chest from the back."""
    if number in _FLOATING_END_DEGREES:
        return z - 45, np.radians(_FLOATING_END_DEGREES[number])
    lateral, end_z = _RIB_ENDS[number - 1]
    radius_x = float(wall.at(end_z)[1])
    return end_z, np.pi - np.arcsin(min(1.0, lateral / radius_x) ** 1.25)


def _cartilage_path(number: int, side: int, rib_end: Point) -> list[Point]:
    if number <= len(_STERNAL_ENDS):
        z = _STERNAL_ENDS[number - 1]
        lateral = 22.0 if number == 1 else 17.0
        middle_x = (abs(rib_end[0]) + lateral) / 2
        middle_z = rib_end[2] * 0.62 + z * 0.38
        middle = (side * middle_x, CAVITY.grown(6).rim(_front_angle(middle_x, middle_z), middle_z)[1], middle_z)
        return [rib_end, middle, (side * lateral, sternum_y(z), float(z))]
    above = rib_path(number - 1, side)[-1]
    joint_x = abs(above[0]) - 16
    joint_z = above[2] + 4
    joint_y = CAVITY.grown(6).rim(_front_angle(joint_x, joint_z), joint_z)[1]
    return [rib_end, (side * joint_x, joint_y, joint_z)]


def _front_angle(lateral: float, z: float) -> float:
    radius_x = float(CAVITY.grown(6).at(z)[1])
    return np.pi - float(np.arcsin(min(1.0, lateral / radius_x) ** 1.25))


def breast_bone() -> Painting:
    """The sternum: manubrium, body and xiphoid process in one."""
    line = [(0.0, sternum_y(z), float(z)) for z in np.linspace(96, -34, 9)]
    widths = (8.5, 8, 4.6, 4.4, 5, 5.8, 6.2, 5.6, 4.4)
    xiphoid = [(0.0, sternum_y(-34), -34.0), (0.0, sternum_y(-34) + 2, -56.0)]
    return Painting("sternum", (*tube(line, widths, (3.2, 1, 1)), *tube(xiphoid, (4, 2.5), (2, 1, 1))))


def shoulders() -> list[Painting]:
    """Clavicles, shoulder blades and the heads of the arms' bones, arms raised as for a CT of the chest."""
    paintings = []
    for name, side in SIDES:
        collar = mirrored([(22, -62, 100), (60, -60, 112), (105, -28, 124), (142, -2, 126)], side)
        paintings.append(Painting(f"clavicula_{name}", tube(collar, (8, 6, 6, 6.5))))
        spine = tube(mirrored([(92, 92, 88), (125, 68, 112), (146, 28, 126)], side), (4.5, 5, 6), (1, 1, 1.4))
        neck = tube(mirrored([(108, 74, 82), (128, 40, 100)], side), (7, 11))
        paintings.append(Painting(f"scapula_{name}", (*_blade(side), *spine, *neck)))
        arm = Capsule((side * 156, 22, 112), (side * 178, 0, 205), 13, 12)
        paintings.append(Painting(f"humerus_{name}", (Ellipsoid((side * 152, 24, 108), (22, 22, 24)), arm)))
    return paintings


def _blade(side: int) -> tuple[Capsule, ...]:
    """The flat of the shoulder blade: rods side by side that follow the chest wall, shorter towards the tip."""
    wall = CAVITY.grown(22)
    medial_angle = 0.78
    rods: list[Capsule] = []
    for z in np.arange(2, 112, 4.0):
        width = 0.24 + 0.45 * (z - 2) / 110
        points = [wall.rim(side * angle, z) for angle in np.linspace(medial_angle, medial_angle + width, 5)]
        rods += tube(points, 2.6, (1, 1, 1.2), step_mm=10)
    return tuple(rods)
