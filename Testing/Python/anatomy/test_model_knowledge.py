"""What a model could have found."""

from __future__ import annotations

import pytest

from SegmentationConcordanceLib.anatomy.model_knowledge import knowledge_of
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
from SegmentationConcordanceLib.errors import LabelMapTableError


@pytest.fixture(scope="module")
def moose():
    return load_vocabulary("moose")


def identity(vocabulary, task, structure):
    return next(one.identity for one in vocabulary.labels if (one.task, one.structure_name) == (task, structure))


def test_named_tasks_are_what_was_run(moose):
    known = knowledge_of(moose, ["clin_ct_ribs"], ())
    assert known.tasks == ("clin_ct_ribs",) and known.note == ""
    assert known.structures == moose.for_task("clin_ct_ribs").identities


def test_without_tasks_a_structure_that_one_task_alone_makes_tells_that_it_was_run(moose):
    rib = identity(moose, "clin_ct_ribs", "rib_left_4")
    known = knowledge_of(moose, [], [rib])
    assert known.tasks == ("clin_ct_ribs",)
    assert known.structures == moose.structures_known(["clin_ct_ribs"])  # a rib that it lacks is missing


def test_without_tasks_a_structure_that_several_tasks_make_tells_nothing(moose):
    lobe = identity(moose, "clin_ct_lungs", "lung_upper_lobe_left")  # clin_ct_organs makes it too
    known = knowledge_of(moose, [], [lobe])
    assert (known.tasks, known.structures) == ((), frozenset())
    assert known.note == "does not say which tasks of moose were run, so what it lacks counts as not in the model"


def test_total_segmentator_without_tasks_is_not_taken_for_all_of_its_tasks():
    vocabulary = load_vocabulary("totalsegmentator_v2")
    known = knowledge_of(vocabulary, [], [identity(vocabulary, "total", "urinary_bladder")])
    assert known.tasks == ("total",)
    assert len(known.structures) < len(vocabulary.identities) / 2
    assert known.family == vocabulary.family


def test_the_only_task_of_a_model_was_run():
    vocabulary = load_vocabulary("auto3dseg")
    assert knowledge_of(vocabulary, [], ()).structures == vocabulary.identities


def test_a_task_that_the_model_does_not_have(moose):
    with pytest.raises(LabelMapTableError, match="has no task"):
        knowledge_of(moose, ["total"], ())
