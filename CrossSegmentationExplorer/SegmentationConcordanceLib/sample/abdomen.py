"""The upper abdomen below the synthetic chest: diaphragm, liver and the organs around it. All in mm, LPS."""

from __future__ import annotations

from .painting import Painting
from .shapes import Cut, Ellipsoid, mirrored, tube
from .skeleton import SIDES, spine_line
from .thorax import LUNG_LOBES

_BELOW_THE_LUNGS = ("fat", *LUNG_LOBES)
_DOMES = (
    ((-66, 2, -140), (67, 90, 90)),
    ((66, 2, -146), (66, 90, 84)),
    ((0, -18, -140), (70, 70, 78)),
)
_ABOVE_THE_LOINS = ((0.0, 0.0, -1.0), 118.0)


def diaphragm() -> list[Painting]:
    """Two muscular domes; what lies below them is fat until organs are painted in."""
    outer = tuple(Cut(Ellipsoid(center, radii), (_ABOVE_THE_LOINS,)) for center, radii in _DOMES)
    inner = tuple(Cut(Ellipsoid(center, (x - 3, y - 3, z - 3)), (_ABOVE_THE_LOINS,)) for center, (x, y, z) in _DOMES)
    return [
        Painting("muscle", outer, over=_BELOW_THE_LUNGS),
        Painting("fat", inner, over=("muscle", *LUNG_LOBES)),
        Painting("muscle", tuple(tube(spine_line(-20, -200, -90, 16), (9, 5))), over=("fat",)),
        Painting("muscle", tuple(tube(spine_line(-20, -200, -90, -16), (9, 5))), over=("fat",)),
    ]


def organs() -> list[Painting]:
    """Liver to bowel, later ones in front of earlier ones where they would overlap."""
    return [*_large_organs(), *_retroperitoneum(), *_bowel_and_vessels()]


def _large_organs() -> list[Painting]:
    right_lobe = Cut(Ellipsoid((-66, 0, -130), (64, 84, 77)), (((0.5, 0.1, -0.86), 122.0),))
    left_lobe = Ellipsoid((6, -40, -92), (66, 42, 28))
    stomach = tube([(48, 12, -84), (62, -18, -112), (44, -48, -146), (8, -58, -160)], (30, 32, 25, 17), step_mm=5)
    return [
        Painting("stomach", stomach, over=("fat",)),
        Painting("liver", (right_lobe, left_lobe), over=("fat",)),
        Painting("spleen", (Ellipsoid((100, 40, -108), (24, 40, 46)),), over=("fat",)),
        Painting("gallbladder", (Ellipsoid((-42, -56, -138), (14, 15, 27)),), over=("fat", "liver")),
    ]


def _retroperitoneum() -> list[Painting]:
    paintings = []
    for name, side in SIDES:
        top = -4 if name == "right" else 0
        shape = Ellipsoid((side * 56, 40, -150 + top), (27, 25, 52))
        paintings.append(Painting(f"kidney_{name}", (shape,), over=("fat", "liver")))
        gland = tube(mirrored([(26, 20, -112), (34, 22, -98), (36, 30, -110)], side), 4.5)
        paintings.append(Painting(f"adrenal_gland_{name}", gland, over=("fat", "liver", "stomach", "muscle")))
        psoas = tube(mirrored([(20, 32, -140), (32, 26, -170), (40, 16, -205)], side), (6, 13, 19))
        paintings.append(Painting(f"iliopsoas_{name}", psoas, over=("fat", "muscle", f"kidney_{name}")))
    return paintings


def _bowel_and_vessels() -> list[Painting]:
    over = ("fat", "liver", "stomach", "muscle", "spleen", "kidney_left", "kidney_right")
    pancreas = tube([(-24, -26, -166), (-8, -34, -152), (26, -24, -140), (72, 10, -124)], (15, 12, 11, 8), step_mm=5)
    duodenum = tube([(-4, -56, -160), (-30, -42, -156), (-48, -24, -172), (-40, -14, -205)], (13, 12, 12, 12))
    colon = [(-100, -10, -205), (-98, -46, -170), (-50, -70, -180), (20, -76, -186), (80, -62, -168)]
    colon += [(112, -14, -140), (112, 14, -165), (110, 14, -210)]
    portal = tube([(-34, -24, -122), (-10, -20, -150), (30, -8, -140), (80, 24, -118)], (7, 7, 5, 4.5))
    small_bowel = tube([(30, -40, -205), (60, -30, -184), (84, -14, -196), (60, 0, -212)], 15)
    return [
        Painting("pancreas", pancreas, over=over),
        Painting("duodenum", duodenum, over=over),
        Painting("small_bowel", small_bowel, over=over),
        Painting("colon", tube(colon, (22, 24, 20, 18, 18, 18, 17, 16)), over=over),
        Painting("portal_vein_and_splenic_vein", portal, over=(*over, "pancreas")),
    ]
