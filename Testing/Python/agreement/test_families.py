"""Models of one family that alone outvote another."""

from __future__ import annotations

from dataclasses import replace

from SegmentationConcordanceLib.agreement.analysis import Analysis
from SegmentationConcordanceLib.agreement.families import family_notes
from SegmentationConcordanceLib.agreement.options import AnalysisOptions
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary

RIGHT, WRONG = [[[0, 1, 1, 1, 1, 0]]], [[[0, 0, 1, 1, 0, 0]]]


def result_of(make_model, structures, families, votes):
    models = [
        replace(make_model(name, [vote], {1: structures["spleen"]}), family=family)
        for name, family, vote in zip("ABCD", families, votes)
    ]
    return Analysis(models, case="", series_uid="").result(AnalysisOptions())


def test_a_family_that_outvotes_an_outsider_is_named(make_model, structures):
    result = result_of(make_model, structures, ("T", "T", "own"), (RIGHT, RIGHT, WRONG))
    assert result.notes == (
        "A, B are of one family (T) and by themselves the majority on spleen: that C differs there does not show who is"
        " wrong.",
    )
    assert [row.family for row in result.agreement] == ["T", "T", "own"]


def test_nothing_is_said_where_no_family_decides_alone(make_model, structures):
    for families, votes in (
        (("T", "", ""), (RIGHT, RIGHT, WRONG)),  # two models that are of none are no family
        (("T", "T", "own", ""), (RIGHT, RIGHT, WRONG, RIGHT)),  # half is no majority
        (("T", "T", "own"), (RIGHT, RIGHT, RIGHT)),
        (("T", "T"), (RIGHT, WRONG)),
    ):
        assert result_of(make_model, structures, families, votes).notes == ()


def test_a_family_member_that_errs_alone_is_no_outsider(make_model, structures):
    assert family_notes(result_of(make_model, structures, ("T", "T", "T"), (RIGHT, RIGHT, WRONG)).agreement) == []


def test_the_shipped_label_maps_name_the_family_that_shares_its_data():
    family = load_vocabulary("totalsegmentator_v2").family
    assert family and {
        load_vocabulary(name).family for name in ("auto3dseg", "multitalent", "totalsegmentator_v1")
    } == {family}
    assert load_vocabulary("moose").family == ""
