"""What the two sizes of the sample hold: grids, patients, structures, and the errors to plant."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..imaging.geometry import Geometry
from . import planted_errors as kinds
from .phantom import TISSUES, UNIONS, Patient, painted_names
from .planted_errors import PlantedError
from .thorax import HEART_PARTS, LUNG_LOBES


@dataclass(frozen=True)
class SamplePlan:
    """One size of the sample.

    :param structures: harmonized names of what models look for; unions are given by themselves and by their parts.
    :param outline_mm: how far a model's outlines deviate, as a standard deviation at the nodes of a smooth field.
    :param correlation_mm: distance of these nodes.
    """

    patients: tuple[Patient, ...]
    shape: tuple[int, int, int]
    spacing_mm: tuple[float, float, float]
    center_z_mm: float
    structures: tuple[str, ...]
    errors: tuple[PlantedError, ...]
    outline_mm: float
    correlation_mm: float

    @property
    def geometry(self) -> Geometry:
        """An axial grid, axes L, P, S, around the middle of the chest."""
        middle = np.array([0.0, 0.0, self.center_z_mm])
        origin = middle - (np.array(self.shape[::-1]) - 1) * np.array(self.spacing_mm) / 2
        return Geometry.from_parts(self.shape, self.spacing_mm, origin, np.eye(3))


SIZES = ("small", "full")
_TS1, _TS2, _AUTO3DSEG, _MOOSE, _MULTITALENT, _CADS = (
    "totalsegmentator_v1",
    "totalsegmentator_v2",
    "auto3dseg",
    "moose",
    "multitalent",
    "cads",
)


def plan_of(size: str) -> SamplePlan:
    """The plan of "small" (four coarse cases of 32 structures) or "full" (one case, 512 x 512 x 300, about 100)."""
    return {"small": _small, "full": _full}[size]()


def _small() -> SamplePlan:
    patients = (
        Patient("SAMPLE-001", "Sample^One"),
        Patient("SAMPLE-002", "Sample^Two", scale=(0.93, 0.95, 0.96), tilt_degrees=(1.5, -1.0, 3.0)),
        Patient("SAMPLE-003", "Sample^Three", scale=(1.04, 1.05, 1.03), tilt_degrees=(-2.0, 1.5, -2.5)),
        Patient("SAMPLE-004", "Sample^Four", scale=(0.98, 1.02, 0.99), tilt_degrees=(1.0, 2.0, -1.5)),
    )
    structures = (
        *LUNG_LOBES,
        *HEART_PARTS,
        "heart",
        "sternum",
        *_vertebrae("T2 T3 T4 T5 T6 T7 T8 T9 T10"),
        *_ribs(range(3, 7)),
        "aorta",
        "trachea",
        "esophagus",
    )
    return SamplePlan(patients, (60, 96, 96), (4.0, 4.0, 4.5), 20.0, structures, _small_errors(), 2.6, 16.0)


def _full() -> SamplePlan:
    patient = Patient("SAMPLE-001", "Sample^One", scale=(0.99, 1.0, 1.0), tilt_degrees=(0.5, -0.5, 1.0))
    segmented = (name for name in painted_names()[1:] if name not in TISSUES)
    structures = (*segmented, *UNIONS, "spinal_canal_fluid")
    return SamplePlan(
        (patient,), (300, 512, 512), (0.74, 0.74, 1.25), 0.0, structures, _full_errors(patient.name), 1.2, 10.0
    )


def _vertebrae(levels: str) -> tuple[str, ...]:
    return tuple(f"vertebrae_{level}" for level in levels.split())


def _ribs(numbers: range) -> tuple[str, ...]:
    return tuple(f"rib_{side}_{number}" for side in ("left", "right") for number in numbers)


def _small_errors() -> tuple[PlantedError, ...]:
    first, second, third, fourth = (f"SAMPLE-00{number}" for number in range(1, 5))
    every_case = [
        error
        for case in (first, second, third, fourth)
        for error in (_larger_heart(case), _short_ribs(case, _MOOSE, range(3, 7)))
    ]
    return (
        *every_case,
        _adjacent(first, _TS1, "vertebrae_T5", "vertebrae_T6"),
        _neighbouring_rib(first, _MULTITALENT, "rib_left_4", "rib_left_5"),
        _merged(second, _AUTO3DSEG, "vertebrae_T7", "vertebrae_T8"),
        _missing(second, _MOOSE, "sternum"),
        _neighbouring_rib(second, _TS2, "rib_right_5", "rib_right_6"),
        _shifted(third, _TS1, _vertebrae("T2 T3 T4 T5 T6 T7 T8 T9 T10 T11")),
        _adjacent(third, _CADS, "vertebrae_T9", "vertebrae_T8"),
        _adjacent(fourth, _TS2, "vertebrae_T5", "vertebrae_T6"),
        _adjacent(fourth, _MULTITALENT, "vertebrae_T5", "vertebrae_T6"),
        _split(fourth, _CADS, "vertebrae_T10", "vertebrae_T11"),
        _swapped(fourth, _TS1, ("lung_lower_lobe_left", "lung_lower_lobe_right")),
        _blob(fourth, _MULTITALENT, "aorta"),
        _hole(fourth, _MOOSE, "lung_upper_lobe_right"),
        _stopped(fourth, _AUTO3DSEG),
    )


def _full_errors(case: str) -> tuple[PlantedError, ...]:
    return (
        _larger_heart(case),
        _short_ribs(case, _MOOSE, range(1, 13)),
        _adjacent(case, _TS1, "vertebrae_T8", "vertebrae_T9"),
        _adjacent(case, _CADS, "vertebrae_T11", "vertebrae_T10"),
        _merged(case, _AUTO3DSEG, "vertebrae_T12", "vertebrae_L1"),
        _shifted(case, _MULTITALENT, _vertebrae("C5 C6 C7 T1 T2 T3")),
        _neighbouring_rib(case, _MULTITALENT, "rib_left_4", "rib_left_5"),
        _neighbouring_rib(case, _TS2, "rib_right_7", "rib_right_8"),
        _missing(case, _MOOSE, "sternum"),
        _adjacent(case, _TS2, "vertebrae_T5", "vertebrae_T6"),
        _adjacent(case, _AUTO3DSEG, "vertebrae_T5", "vertebrae_T6"),
        _swapped(case, _CADS, ("kidney_left", "kidney_right")),
        _blob(case, _MULTITALENT, "spleen"),
        _hole(case, _AUTO3DSEG, "liver"),
    )


def _adjacent(case: str, model: str, taker: str, giver: str) -> PlantedError:
    return PlantedError(
        case,
        model,
        kinds.ADJACENT_VERTEBRA,
        (taker, giver),
        f"{taker} includes the adjacent 40 % of {giver}",
        f"{taker} too large, {giver} 40 % too small, in this model only",
    )


def _neighbouring_rib(case: str, model: str, taker: str, giver: str) -> PlantedError:
    return PlantedError(
        case,
        model,
        kinds.NEIGHBOURING_RIB,
        (taker, giver),
        f"{taker} includes the front 35 % of {giver}",
        f"{taker} too large and in two pieces, {giver} 35 % too small, in this model only",
    )


def _merged(case: str, model: str, kept: str, lost: str) -> PlantedError:
    return PlantedError(
        case,
        model,
        kinds.MERGED_VERTEBRAE,
        (kept, lost),
        f"{kept} and {lost} are one segment, named {kept}",
        f"{lost} missing in this model and its consensus empty; {kept} about twice as large",
    )


def _shifted(case: str, model: str, levels: tuple[str, ...]) -> PlantedError:
    return PlantedError(
        case,
        model,
        kinds.SHIFTED_VERTEBRAE,
        levels,
        f"{levels[0]} to {levels[-2]} are each named one level too low",
        f"{levels[0]} missing in this model; no overlap left, or nearly none, from {levels[1]} to {levels[-2]}",
    )


def _short_ribs(case: str, model: str, numbers: range) -> PlantedError:
    return PlantedError(
        case,
        model,
        kinds.SHORT_RIBS,
        _ribs(numbers),
        "the ribs stop beside the spine, before the costovertebral joint",
        "every rib smaller in this model, the difference at its back end",
    )


def _missing(case: str, model: str, structure: str) -> PlantedError:
    return PlantedError(
        case,
        model,
        kinds.MISSING_STRUCTURE,
        (structure,),
        f"{structure} is not found, though the model knows it",
        f"{structure} missing in this model and its consensus empty",
    )


def _larger_heart(case: str) -> PlantedError:
    return PlantedError(
        case,
        _CADS,
        kinds.LARGER_HEART,
        ("heart",),
        "the heart includes pericardial fat and the roots of the great vessels: another definition, not an accident",
        "heart 27 % larger than its parts together, in every case",
    )


def _split(case: str, model: str, whole: str, second: str) -> PlantedError:
    return PlantedError(
        case,
        model,
        kinds.SPLIT_VERTEBRA,
        (whole, second),
        f"the lower half of {whole} is named {second}",
        f"{whole} half as large in this model, {second} found by it alone",
    )


def _swapped(case: str, model: str, pairs: tuple[str, ...]) -> PlantedError:
    return PlantedError(
        case,
        model,
        kinds.SWAPPED_SIDES,
        pairs,
        "left and right have each other's name",
        "no voxel in common with the others on both",
    )


def _blob(case: str, model: str, structure: str) -> PlantedError:
    return PlantedError(
        case,
        model,
        kinds.FALSE_BLOB,
        (structure,),
        f"a ball of 7.4 ml hangs on {structure} at its left",
        f"{structure} has a compact region in this model that no other has",
    )


def _hole(case: str, model: str, structure: str) -> PlantedError:
    return PlantedError(
        case,
        model,
        kinds.HOLE,
        (structure,),
        f"a ball in the middle of {structure} is left out",
        f"{structure} lacks a compact region in this model that all others have",
    )


def _stopped(case: str, model: str) -> PlantedError:
    return PlantedError(
        case,
        model,
        kinds.STOPPED_OUTPUT,
        ("aorta", "lung_lower_lobe_left", "lung_lower_lobe_right"),
        "the output stops above the lowest quarter of the scan",
        "every structure that lies there ends at one slice in this model, or is missing",
    )
