"""The colours of the agreement map: nothing else has them, and every eye tells them apart."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from agreement.test_model_looks import BLIND, seen
from SegmentationConcordanceLib.agreement.agreement_colors import agreement_steps
from SegmentationConcordanceLib.agreement.model_looks import looks_of
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary, shipped_vocabularies
from SegmentationConcordanceLib.exploring.visible_color import visible_on_black

NORMAL = BLIND["normal"]


def other_colors() -> np.ndarray:
    """CIELAB of every structure's colour, as stored and as drawn, and of models' colours."""
    stored = {label.color for name in shipped_vocabularies() for label in load_vocabulary(name).labels}
    fractions = [tuple(channel / 255 for channel in color) for color in stored]
    drawn = [visible_on_black(color) for color in fractions]
    models = [look.rgb for look in looks_of(["MOOSE", "CADS", "Auto3DSeg", *(f"run {n}" for n in range(40))]).values()]
    assert len(stored) > 100
    return np.array([seen(color, NORMAL) for color in (*fractions, *drawn, *models)])


def test_no_structure_and_no_model_has_a_colour_of_the_map():
    others = other_colors()
    for n_models in range(2, 13):
        for step in agreement_steps(n_models):
            assert np.linalg.norm(others - seen(step.color, NORMAL), axis=1).min() >= 12, step.text


@pytest.mark.parametrize("matrix", BLIND.values(), ids=BLIND)
def test_the_steps_of_six_models_fall_in_lightness_with_any_colour_vision(matrix):
    lightness = [seen(step.color, matrix)[0] for step in agreement_steps(6)]
    assert min(light - dark for light, dark in pairwise(lightness)) >= 6


def test_what_the_steps_say():
    steps = agreement_steps(3)
    assert [(step.count, step.text, step.opacity) for step in steps] == [
        (1, "1 of 3 models", 1.0),
        (2, "2 of 3 models", 1.0),
        (3, "3 of 3 models", 0.5),
    ]
    assert agreement_steps(0) == ()
    assert len(agreement_steps(1)) == 1
