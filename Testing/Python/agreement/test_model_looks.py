"""One colour and symbol per model."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from SegmentationConcordanceLib.agreement.model_looks import ModelLook, known_first, looks_of, parsed_look
from SegmentationConcordanceLib.review.blinding import blinding

STUDY = ["Auto3DSeg", "MOOSE", "MultiTalent", "CADS", "TotalSegmentator 1.5", "TotalSegmentator 2.6"]
# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB: no red, no green, no blue cones.
BLIND = {
    "normal": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def linear(rgb):
    rgb = np.asarray(rgb)
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def seen(rgb, matrix):
    """CIELAB of a colour as such eyes see it; white point D65."""
    light = np.clip(np.asarray(matrix) @ linear(rgb), 0, 1)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ light / [0.95047, 1.0, 1.08883]
    x, y, z = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize(
    "name", [*STUDY, *(f"run {n}" for n in range(40)), *(f"Model {letter}" for letter in "ABCDEF")]
)
def test_every_colour_is_seen_on_black_and_on_white(name):
    luminance = linear(looks_of([name])[name].rgb) @ [0.2126, 0.7152, 0.0722]
    assert (luminance + 0.05) / 0.05 >= 3 and 1.05 / (luminance + 0.05) >= 3


@pytest.mark.parametrize("matrix", BLIND.values(), ids=BLIND)
def test_the_models_of_the_study_are_told_apart_with_any_colour_vision(matrix):
    colors = [seen(look.rgb, matrix) for look in looks_of(STUDY).values()]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(colors, 2)) > 25
    assert len({look.symbol for look in looks_of(STUDY).values()}) == len(STUDY)


@pytest.mark.parametrize("matrix", BLIND.values(), ids=BLIND)
def test_hidden_models_are_told_apart_with_any_colour_vision(matrix):
    looks = looks_of(blinding(STUDY, seed=1, case="a", reader="b").aliases.values())
    colors = [seen(look.rgb, matrix) for look in looks.values()]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(colors, 2)) > 25
    assert len({look.symbol for look in looks.values()}) == len(STUDY)


def test_no_hidden_model_looks_like_a_model_that_readers_know():
    hidden, known = (
        [seen(look.rgb, BLIND["normal"]) for look in looks_of(names).values()]
        for names in (blinding(STUDY, seed=1, case="a", reader="b").aliases.values(), STUDY)
    )
    assert min(np.linalg.norm(a - b) for a in hidden for b in known) > 15


def test_a_look_is_that_of_the_name_in_any_order_and_number():
    alone = {name: looks_of([name])[name] for name in STUDY}
    assert looks_of(STUDY) == alone == looks_of(STUDY[::-1])
    assert looks_of(["moose", "mine"])["moose"] == looks_of(["MOOSE"])["MOOSE"]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=12, unique=True))
def test_no_two_of_twelve_have_one_colour(names):
    assert len({look.color for look in looks_of(names).values()}) == len(names)


def test_what_a_table_keeps_goes_before_the_name():
    kept = {"MOOSE": "#00695a star", "CADS": "red circle"}
    looks = looks_of(["MOOSE", "CADS"], kept)
    assert looks["MOOSE"] == ModelLook("#00695a", "star") and looks["CADS"] == looks_of(["CADS"])["CADS"]
    assert parsed_look(str(looks["CADS"])) == looks["CADS"]
    assert parsed_look("#00695a <script>") is None


def test_known_models_come_first():
    assert known_first(["mine", "CADS", "MOOSE", "his", "CADS"]) == ["MOOSE", "CADS", "mine", "his"]
