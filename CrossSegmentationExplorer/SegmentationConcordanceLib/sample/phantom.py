"""The synthetic chest as a volume of labels: which structures there are, and one patient's chest on a grid."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..imaging.geometry import Geometry
from . import abdomen, skeleton, thorax
from .canvas import Canvas
from .painting import Painting

AIR = "air"
# Structures that are the union of painted ones. They overlap their parts, so no file may hold both.
UNIONS = {
    "heart": thorax.HEART_PARTS,
    "spinal_canal": ("spinal_canal_fluid", "spinal_cord"),
    "thyroid_gland": ("thyroid_gland_left", "thyroid_gland_right"),
}
# What is painted and segmented by none of the six models.
TISSUES = ("couch", "skin", "fat", "disc", "airway_wall", "airway_air", "spinal_canal_fluid")
# Structures that come in pieces by their nature.
IN_PIECES = ("costal_cartilages", "muscle", "subcutaneous_tissue", "pulmonary_vein", "colon", "small_bowel", "duodenum")
_FILLS_GAPS = "fat"


@dataclass(frozen=True)
class Patient:
    """How one patient differs from the drawn body.

    :param name: a made-up code such as "SAMPLE-001".
    :param person_name: as DICOM writes it, made up as well.
    :param scale: factors along x, y, z.
    :param tilt_degrees: rotations about the x, y and z axis, in this order.
    """

    name: str
    person_name: str
    scale: tuple[float, float, float] = (1.0, 1.0, 1.0)
    tilt_degrees: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @property
    def body_to_lps(self) -> NDArray[np.float64]:
        """float64 (4, 4): from the mm in which the body is drawn to the patient's LPS mm."""
        affine = np.diag([*self.scale, 1.0])
        for axis, degrees in enumerate(self.tilt_degrees):
            first, second = (n for n in range(3) if n != axis)
            rotation = np.eye(4)
            cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
            rotation[[first, second], [first, second]] = cosine
            rotation[first, second], rotation[second, first] = -sine, sine
            affine = rotation @ affine
        return affine


@dataclass(frozen=True, eq=False)
class Phantom:
    """One patient's chest on a grid.

    :param labels: uint8 (k, j, i); each voxel is the index of its name in :func:`painted_names`.
    """

    labels: NDArray[np.uint8]
    geometry: Geometry

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Voxels of every name, int64 (256,)."""
        return np.sum([np.bincount(part.ravel(), minlength=256) for part in self.labels], axis=0)


@cache
def paintings() -> tuple[Painting, ...]:
    """The whole body in the order in which it is painted."""
    return (
        *thorax.body_wall(),
        *thorax.lungs(),
        *thorax.back_muscles(),
        *abdomen.diaphragm(),
        *abdomen.organs(),
        *thorax.great_vessels(),
        *thorax.heart(),
        *thorax.airways_and_gullet(),
        *skeleton.vertebrae(),
        *skeleton.ribs(),
        skeleton.breast_bone(),
        *skeleton.shoulders(),
        *skeleton.spinal_canal(),
    )


@cache
def painted_names() -> tuple[str, ...]:
    """Every painted structure and tissue; the place of a name is its label, 0 is the air around the body."""
    return (AIR, *dict.fromkeys(painting.name for painting in paintings()))


@cache
def labels_of(structure: str) -> tuple[int, ...]:
    """The labels that make up a structure, itself or a union; empty for one that is not painted."""
    names = painted_names()
    return tuple(names.index(part) for part in UNIONS.get(structure, (structure,)) if part in names)


def draw_phantom(patient: Patient, geometry: Geometry) -> Phantom:
    """Paint one patient's chest on a grid, every structure in one piece unless it is known to have several.

    :param geometry: in LPS mm; its axes need not be straight.
    """
    canvas = Canvas(geometry.shape, np.linalg.inv(patient.body_to_lps) @ geometry.ijk_to_lps)
    names = painted_names()
    for painting in paintings():
        over = None if painting.over is None else [names.index(name) for name in painting.over if name in names]
        canvas.paint(names.index(painting.name), painting.shapes, over)
    _drop_fragments(canvas.labels)
    return Phantom(canvas.labels, geometry)


def _drop_fragments(labels: np.ndarray) -> None:
    """Give all but the largest piece of every structure to the fat around it."""
    names = painted_names()
    single = [n for n, name in enumerate(names) if n > 0 and name not in IN_PIECES and name not in TISSUES]
    for label, box in enumerate(ndimage.find_objects(labels), start=1):
        if box is None or label not in single:
            continue
        mask = labels[box] == label
        pieces, count = ndimage.label(mask)
        if count > 1:
            sizes = np.bincount(pieces.ravel())
            sizes[0] = 0
            labels[box][mask & (pieces != sizes.argmax())] = names.index(_FILLS_GAPS)
