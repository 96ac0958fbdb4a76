"""Parts put together before models are compared."""

from __future__ import annotations

import pytest

from SegmentationConcordanceLib.agreement.combine import combined
from SegmentationConcordanceLib.agreement.comparison import compare_models
from SegmentationConcordanceLib.anatomy.combinations import combination_named, combinations, combinations_named
from SegmentationConcordanceLib.anatomy.snomed import is_concept_id
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary, shipped_vocabularies
from SegmentationConcordanceLib.errors import ConcordanceError

KIDNEYS = combination_named("kidneys")


@pytest.fixture(scope="module")
def shipped():
    return {
        label.structure_name: label.structure
        for name in shipped_vocabularies()
        for label in load_vocabulary(name).labels
    }


def test_two_kidneys_become_one_structure(make_model, shipped):
    left, right = shipped["kidney_left"], shipped["kidney_right"]
    a = make_model("A", [[[[1, 1, 0, 2]]]], {1: left, 2: right})
    b = make_model("B", [[[[1, 1, 1, 1]]]], {1: KIDNEYS.structure})
    comparison = compare_models([combined(model, [KIDNEYS]) for model in (a, b)])
    (kidneys,) = comparison.structures
    assert (kidneys.name, kidneys.key) == ("kidneys", "SCT:64033007|SCT:51440002")
    assert comparison.counts[0].tolist() == [0, 0, 1, 3]


def test_a_model_with_one_kidney_only_does_not_know_the_pair(make_model, shipped):
    a = make_model("A", [[[[1, 1]]]], {1: shipped["kidney_left"]})
    assert combined(a, [KIDNEYS]).known_structures() == frozenset()


def test_a_known_but_empty_part_is_no_obstacle(make_model, shipped):
    left, right = shipped["kidney_left"], shipped["kidney_right"]
    a = make_model("A", [[[[1, 1]]]], {1: left}, vocabulary=[left, right])
    (segment,) = combined(a, [KIDNEYS]).label_map.segments
    assert segment.name == "kidneys"


def test_a_whole_of_its_own_is_kept_and_its_parts_left_out(make_model, shipped):
    heart = combination_named("heart")
    a = make_model("A", [[[[1, 2]]]], {1: shipped["heart"], 2: shipped["heart_atrium_left"]})
    (segment,) = combined(a, [heart]).label_map.segments
    assert segment.label == 1


def test_optional_parts_join_the_whole_but_are_not_needed(shipped, make_model):
    heart = combination_named("heart")
    needed = [
        "heart_myocardium",
        "heart_atrium_left",
        "heart_atrium_right",
        "heart_ventricle_left",
        "heart_ventricle_right",
    ]
    meaning = {label: shipped[name] for label, name in enumerate([*needed, "atrial_appendage_left"], start=1)}
    a = make_model("A", [[[[1, 2, 3, 4, 5, 6]]]], meaning)
    assert {segment.name for segment in combined(a, [heart]).label_map.segments} == {"heart"}
    del meaning[6]
    b = make_model("B", [[[[1, 2, 3, 4, 5, 0]]]], meaning)
    assert heart.identity in combined(b, [heart]).known_structures()


def test_every_combination_has_sound_codes_and_known_parts():
    for combination in combinations().values():
        codes = (combination.structure.category, combination.structure.type, combination.structure.modifier)
        assert all(is_concept_id(code.value) for code in codes if code is not None)
        assert len(combination.needed) >= 2
        assert combination.identity not in combination.parts


def test_unknown_combination_is_refused():
    with pytest.raises(ConcordanceError, match="is no combination of structures"):
        combination_named("everything")


def test_combinations_are_applied_in_the_order_of_the_table():
    assert [combination.name for combination in combinations_named(("kidneys", "heart"))] == ["heart", "kidneys"]


def test_combinations_with_a_part_in_common_are_refused():
    with pytest.raises(ConcordanceError, match="lung_left and lungs: have parts in common"):
        combinations_named(("lungs", "lung_left"))
