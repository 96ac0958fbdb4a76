"""Blinded reading: the same at every time, unlike between cases and readers, and nothing leaks."""

from __future__ import annotations

from collections import Counter

from SegmentationConcordanceLib.review.blinding import OPEN, blinding

MODELS = ("TotalSegmentator 1.5", "TotalSegmentator 2.6", "MOOSE", "CADS", "MultiTalent", "Auto3DSeg")


def test_the_same_case_and_reader_are_blinded_alike_whatever_the_order_of_the_models():
    one = blinding(MODELS, seed=7, case="1.2.3", reader="Ann")
    assert one == blinding(MODELS[::-1], seed=7, case="1.2.3", reader="Ann")
    assert sorted(one.aliases.values()) == [f"Model {letter}" for letter in "ABCDEF"]


def test_every_model_stands_at_every_place_about_as_often():
    places = Counter()
    for case in range(600):
        order = blinding(MODELS, seed=7, case=str(case), reader="Ann").order
        places.update((model, place) for place, model in enumerate(order))
    # 100 are expected of each; four standard deviations of a binomial of 600 and 1/6 are 37.
    assert all(abs(places[(model, place)] - 100) < 37 for model in MODELS for place in range(6))


def test_case_reader_and_seed_each_change_the_order():
    orders = {
        blinding(MODELS, seed=seed, case=case, reader=reader).order
        for seed in range(3)
        for case in ("a", "b")
        for reader in ("Ann", "Bob")
    }
    assert len(orders) > 6


def test_the_first_row_is_model_a_so_that_colours_by_row_tell_nothing():
    one = blinding(MODELS, seed=1, case="c", reader="r")
    assert [one.shown(model) for model in one.order] == [f"Model {letter}" for letter in "ABCDEF"]


def test_names_are_found_again():
    one = blinding(("MOOSE", "MOOSE 3"), seed=1, case="c", reader="r")
    assert {one.model(one.shown(model)) for model in ("MOOSE", "MOOSE 3")} == {"MOOSE", "MOOSE 3"}
    assert one.shown("Consensus") == "Consensus"


def test_many_models_have_aliases_of_their_own():
    names = [f"run {number}" for number in range(60)]
    aliases = blinding(names, seed=1, case="c", reader="r").aliases
    assert len(set(aliases.values())) == 60
    assert list(aliases.values())[25:28] == ["Model Z", "Model AA", "Model AB"]


def test_open_hides_nothing():
    assert OPEN.shown("MOOSE") == "MOOSE"
