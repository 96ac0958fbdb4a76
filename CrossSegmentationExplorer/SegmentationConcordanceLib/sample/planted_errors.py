"""Known mistakes, of the kinds that published comparisons found in real models, planted into the synthetic ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..imaging.label_map import label_counts
from .phantom import Patient, Phantom, labels_of
from .skeleton import LEVELS

ADJACENT_VERTEBRA = "adjacent_vertebra"
MERGED_VERTEBRAE = "merged_vertebrae"
SHIFTED_VERTEBRAE = "shifted_vertebrae"
NEIGHBOURING_RIB = "neighbouring_rib"
SHORT_RIBS = "short_ribs"
LARGER_HEART = "larger_heart"
MISSING_STRUCTURE = "missing_structure"
SPLIT_VERTEBRA = "split_vertebra"
SWAPPED_SIDES = "swapped_sides"
FALSE_BLOB = "false_blob"
HOLE = "hole"
STOPPED_OUTPUT = "stopped_output"

_SHARE_OF_VERTEBRA = 0.4
_SHARE_OF_RIB = 0.35
_HEART_GROWTH = 0.27
_RIB_STOPS_MM = 46.0
_BLOB_RADIUS_MM = 12.1
_HOLE_RADIUS_MM = 16.0
_SHARE_OF_SCAN = 0.25
_AROUND_THE_HEART = (
    "fat", "aorta", "pulmonary_artery", "pulmonary_vein", "superior_vena_cava", "inferior_vena_cava",
    "atrial_appendage_left",
)  # fmt: skip


@dataclass(frozen=True)
class PlantedError:
    """One mistake of one model in one case.

    :param case: name of the case.
    :param model: name of the model's label map, e.g. "cads".
    :param kind: one of the kinds of this file.
    :param structures: harmonized names; their order has a meaning of its own for each kind.
    :param description: what is wrong, in a sentence.
    :param expected_effect: what a comparison should show.
    """

    case: str
    model: str
    kind: str
    structures: tuple[str, ...]
    description: str
    expected_effect: str


@dataclass(eq=False)
class Prediction:
    """What one model says about one case, while it is being made.

    :param labels: uint8 (k, j, i), the phantom's labels of the structures that models look for; changed in place.
    :param structures: harmonized names of what models look for.
    :param own_definitions: structures that the model delineates apart from ``labels``, as bool masks (k, j, i).
    """

    labels: NDArray[np.unsignedinteger]
    phantom: Phantom
    patient: Patient
    structures: tuple[str, ...]
    own_definitions: dict[str, NDArray[np.bool_]] = field(default_factory=dict)

    def labels_found(self) -> frozenset[int]:
        """The labels that occur, background left out."""
        return frozenset(label_counts(self.labels))


def plant(prediction: Prediction, error: PlantedError) -> None:
    """Make one mistake in a prediction.

    :param prediction: is changed.
    :param error: which, of which structures.
    """
    _MAKERS[error.kind](prediction, error.structures)


def _label(structure: str) -> int:
    (label,) = labels_of(structure)
    return label


def _include_adjacent_vertebra(prediction: Prediction, structures: tuple[str, ...]) -> None:
    """The first takes the part of the second that lies next to it."""
    taker, giver = structures
    places = np.argwhere(prediction.labels == _label(giver))
    upper_part = LEVELS.index(taker.rpartition("_")[2]) < LEVELS.index(giver.rpartition("_")[2])
    order = np.argsort(places[:, 0], kind="stable")
    taken = places[order[::-1] if upper_part else order][: round(_SHARE_OF_VERTEBRA * len(places))]
    prediction.labels[tuple(taken.T)] = _label(taker)


def _merge_vertebrae(prediction: Prediction, structures: tuple[str, ...]) -> None:
    """The first takes all of the second."""
    kept, lost = structures
    prediction.labels[prediction.labels == _label(lost)] = _label(kept)


def _shift_vertebrae(prediction: Prediction, structures: tuple[str, ...]) -> None:
    """Each is called by the name of the next; the last keeps its name."""
    table = np.arange(256, dtype=np.uint8)
    for wrong, right in zip(structures[1:], structures):
        table[_label(right)] = _label(wrong)
    prediction.labels[:] = table[prediction.labels]


def _include_neighbouring_rib(prediction: Prediction, structures: tuple[str, ...]) -> None:
    """The first takes the front part of the second."""
    taker, giver = structures
    places = np.argwhere(prediction.labels == _label(giver))
    front = places[np.argsort(places[:, 1], kind="stable")][: round(_SHARE_OF_RIB * len(places))]
    prediction.labels[tuple(front.T)] = _label(taker)


def _stop_ribs(prediction: Prediction, structures: tuple[str, ...]) -> None:
    """Each rib ends beside the spine, before it reaches its joint."""
    lps_to_body = np.linalg.inv(prediction.patient.body_to_lps)
    for structure in structures:
        places = np.argwhere(prediction.labels == _label(structure))
        positions = prediction.phantom.geometry.lps_of(places[:, ::-1]) @ lps_to_body[:3, :3].T
        near_spine = (np.abs(positions[:, 0]) < _RIB_STOPS_MM) & (positions[:, 1] > 0)
        prediction.labels[tuple(places[near_spine].T)] = 0


def _enlarge_heart(prediction: Prediction, structures: tuple[str, ...]) -> None:
    """The heart takes the fat and the roots of the great vessels nearest to it; the parts stay as they are."""
    (structure,) = structures
    heart = np.isin(prediction.labels, labels_of(structure))
    (box,) = ndimage.find_objects(heart.astype(np.uint8))
    margin_mm = 40.0
    spacing_kji = prediction.phantom.geometry.spacing_mm[::-1]
    box = tuple(
        slice(max(0, part.start - int(margin_mm / spacing)), part.stop + int(margin_mm / spacing))
        for part, spacing in zip(box, spacing_kji)
    )
    around = [label for name in _AROUND_THE_HEART for label in labels_of(name)]
    free = np.isin(prediction.phantom.labels[box], around) & ~heart[box]
    distance = ndimage.distance_transform_edt(~heart[box], sampling=spacing_kji)
    places = np.flatnonzero(free)
    nearest = places[np.argsort(distance.ravel()[places], kind="stable")]
    grown = heart[box].ravel()
    grown[nearest[: round(_HEART_GROWTH * np.count_nonzero(heart))]] = True
    heart[box] = grown.reshape(free.shape)
    prediction.own_definitions[structure] = heart


def _find_nothing(prediction: Prediction, structures: tuple[str, ...]) -> None:
    """The structures are left out."""
    for structure in structures:
        prediction.labels[np.isin(prediction.labels, labels_of(structure))] = 0


def _split_vertebra(prediction: Prediction, structures: tuple[str, ...]) -> None:
    """The second, which is not there otherwise, takes the lower half of the first."""
    whole, second = structures
    places = np.argwhere(prediction.labels == _label(whole))
    lower = places[np.argsort(places[:, 0], kind="stable")][: len(places) // 2]
    prediction.labels[tuple(lower.T)] = _label(second)


def _swap_sides(prediction: Prediction, structures: tuple[str, ...]) -> None:
    """Each pair of the structures takes the other's name."""
    table = np.arange(256, dtype=np.uint8)
    for left, right in zip(structures[::2], structures[1::2]):
        table[[_label(left), _label(right)]] = _label(right), _label(left)
    prediction.labels[:] = table[prediction.labels]


def _add_blob(prediction: Prediction, structures: tuple[str, ...]) -> None:
    """A ball of 7.4 ml hangs on the structure at its left side, whatever is there."""
    (structure,) = structures
    places = np.argwhere(np.isin(prediction.labels, labels_of(structure)))
    k, j, i = places[np.argmax(places[:, 2])]
    middle = (k, j, i + round(0.8 * _BLOB_RADIUS_MM / _spacing_kji(prediction)[2]))
    prediction.labels[_ball(prediction, middle) <= _BLOB_RADIUS_MM] = _label(structure)


def _make_hole(prediction: Prediction, structures: tuple[str, ...]) -> None:
    """A ball in the middle of the structure is left out."""
    (structure,) = structures
    mask = np.isin(prediction.labels, labels_of(structure))
    (box,) = ndimage.find_objects(mask.astype(np.uint8))
    depth = ndimage.distance_transform_edt(mask[box], sampling=_spacing_kji(prediction))
    middle = np.add(np.unravel_index(np.argmax(depth), depth.shape), [part.start for part in box])
    radius = min(_HOLE_RADIUS_MM, 0.8 * float(depth.max()))
    prediction.labels[mask & (_ball(prediction, middle) <= radius)] = 0


def _stop_output(prediction: Prediction, structures: tuple[str, ...]) -> None:
    """Nothing is segmented in the lowest quarter of the scan."""
    prediction.labels[: round(_SHARE_OF_SCAN * len(prediction.labels))] = 0


def _ball(prediction: Prediction, middle: Iterable[float]) -> np.ndarray:
    """The distance of every voxel to one of them in mm, float32 (k, j, i)."""
    k, j, i = (
        ((np.arange(n, dtype=np.float32) - at) * np.float32(spacing)) ** 2
        for n, at, spacing in zip(prediction.labels.shape, middle, _spacing_kji(prediction))
    )
    return np.sqrt(k[:, None, None] + j[:, None] + i)


def _spacing_kji(prediction: Prediction) -> np.ndarray:
    return prediction.phantom.geometry.spacing_mm[::-1]


_MAKERS: dict[str, Callable[[Prediction, tuple[str, ...]], None]] = {
    ADJACENT_VERTEBRA: _include_adjacent_vertebra,
    MERGED_VERTEBRAE: _merge_vertebrae,
    SHIFTED_VERTEBRAE: _shift_vertebrae,
    NEIGHBOURING_RIB: _include_neighbouring_rib,
    SHORT_RIBS: _stop_ribs,
    LARGER_HEART: _enlarge_heart,
    MISSING_STRUCTURE: _find_nothing,
    SPLIT_VERTEBRA: _split_vertebra,
    SWAPPED_SIDES: _swap_sides,
    FALSE_BLOB: _add_blob,
    HOLE: _make_hole,
    STOPPED_OUTPUT: _stop_output,
}
