"""What each of the six synthetic models makes of a patient: the truth with moved outlines and planted errors."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .boundary_noise import displaced, outline_zone
from .models import SAMPLE_MODELS, SampleModel
from .noise import NoiseField
from .phantom import Patient, Phantom, draw_phantom, labels_of
from .plans import SamplePlan
from .planted_errors import Prediction, plant

_SHARED_BY_FAMILY = 0.5


def drawn_patient(plan: SamplePlan, patient: Patient, seed: int) -> Phantom:
    """The patient's chest on the plan's grid.

    :param seed: of the sample.
    """
    return draw_phantom(as_drawn(patient, seed), plan.geometry)


def truth_of(plan: SamplePlan, phantom: Phantom) -> NDArray[np.unsignedinteger]:
    """The phantom's labels of what models look for; uint8 (k, j, i).

    :param plan: which structures are looked for.
    """
    return _only(phantom.labels, plan.structures)


def predictions(
    plan: SamplePlan, patient: Patient, phantom: Phantom, truth: NDArray[np.unsignedinteger], seed: int
) -> Iterator[tuple[SampleModel, Prediction]]:
    """What each model says, one after the other.

    :param truth: of :func:`truth_of`.
    """
    zone = outline_zone(truth, phantom.geometry.spacing_mm[::-1], plan.outline_mm)
    for model in SAMPLE_MODELS:
        yield model, _predict(plan, patient, model, phantom, truth, zone, seed)


def rng_for(seed: int, *purpose: str) -> np.random.Generator:
    """A generator of its own for each purpose, so that one step does not depend on what another one drew.

    :param purpose: words that tell this use from all others; the same words give the same numbers.
    """
    return np.random.default_rng([seed, *(zlib.crc32(word.encode()) for word in purpose)])


def as_drawn(patient: Patient, seed: int) -> Patient:
    """The patient with a body that differs by a few per cent from seed to seed.

    :param seed: of the sample; the same gives the same body.
    """
    factors = 1 + 0.01 * np.clip(rng_for(seed, patient.name, "body").standard_normal(3), -1.5, 1.5)
    return replace(patient, scale=tuple((np.array(patient.scale) * factors).tolist()))


def _only(labels: np.ndarray, structures: tuple[str, ...]) -> np.ndarray:
    table = np.zeros(256, dtype=np.uint8)
    kept = [label for structure in structures for label in labels_of(structure)]
    table[kept] = kept
    return table[labels]


def _predict(
    plan: SamplePlan,
    patient: Patient,
    model: SampleModel,
    phantom: Phantom,
    truth: np.ndarray,
    zone: np.ndarray,
    seed: int,
) -> Prediction:
    spacing_kji = phantom.geometry.spacing_mm[::-1]
    fields = []
    for axis in "kji":
        own, shared = (
            NoiseField.drawn(truth.shape, spacing_kji, plan.correlation_mm, rng_for(seed, patient.name, source, axis))
            for source in (model.label_map_name, model.family)
        )
        fields.append(own.mixed_with(shared, _SHARED_BY_FAMILY))
    labels = displaced(truth, zone, spacing_kji, tuple(fields), plan.outline_mm)
    prediction = Prediction(labels, phantom, as_drawn(patient, seed), plan.structures)
    for error in plan.errors:
        if (error.case, error.model) == (patient.name, model.label_map_name):
            plant(prediction, error)
    return prediction
