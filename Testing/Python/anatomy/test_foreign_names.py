"""Suggestions for more than 400 names of others: mostly right at first, and never sure and wrong."""

from __future__ import annotations

import csv
import functools
from pathlib import Path

import pytest

from SegmentationConcordanceLib.anatomy.known_structures import KnownStructures
from SegmentationConcordanceLib.anatomy.suggestions import Suggestion, UnknownLabel, suggest
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary, shipped_vocabularies

QUESTION = "?"
SURE = 0.9


@functools.cache
def known() -> KnownStructures:
    return KnownStructures.of(load_vocabulary(name) for name in shipped_vocabularies())


@functools.cache
def best(*names: str) -> list[Suggestion | None]:
    """The first suggestion for each label of one map."""
    found = suggest([UnknownLabel(number, name) for number, name in enumerate(names, 1)], known())
    return [some[0] if some else None for some in found]


def foreign_names() -> list[tuple[str, str]]:
    lines = Path(__file__).with_name("foreign_names.csv").read_text(encoding="utf-8").splitlines()
    return [(row["name"], row["meant"]) for row in csv.DictReader(lines[1:])]


def test_the_first_suggestion_is_mostly_right():
    asked = [(name, meant) for name, meant in foreign_names() if meant != QUESTION]
    assert len(asked) >= 300
    right = sum((found := best(name)[0]) is not None and found.structure_name == meant for name, meant in asked)
    assert right / len(asked) >= 0.92


def test_nothing_is_sure_and_wrong():
    found = [(name, meant, best(name)[0]) for name, meant in foreign_names()]
    assert [
        (name, one.structure_name)
        for name, meant, one in found
        if one and one.confidence >= SURE and one.structure_name != meant
    ] == []


@pytest.mark.parametrize(
    ("labels", "meant"),
    [
        (["liver", "tumor"], "liver_tumor"),
        (["kidney", "tumor"], "kidney_tumors"),
        (["Niere", "Zyste"], "kidney_cysts"),
        (["lung", "nodule"], "lung_nodules"),
        (["background organ", "foie", "lesion"], "liver_tumor"),
    ],
)
def test_a_lesion_is_one_of_the_organ_in_the_same_map(labels, meant):
    assert best(*labels)[-1].structure_name == meant


@pytest.mark.parametrize(
    "labels", [["tumor"], ["cyst"], ["nodule"], ["lesion"], ["liver", "kidney", "tumor"], ["spleen", "cyst"]]
)
def test_a_lesion_of_no_organ_or_of_several_is_a_question(labels):
    found = best(*labels)[-1]
    assert found is None or found.confidence < SURE


@pytest.mark.parametrize("name", ["pancreas tumor", "liver cyst", "spleen lesion", "colon cancer", "thyroid nodule"])
def test_a_lesion_never_crosses_organs(name):
    (found,) = suggest([UnknownLabel(None, name)], known())
    organs = {"kidney", "liver", "lung", "breast"} - set(name.split())
    assert not [one for one in found if organs & set(one.structure_name.split("_"))]
