"""Numbers that blame the right model: a miss is no success, two models cannot outvote each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from SegmentationConcordanceLib.agreement.analysis import Analysis
from SegmentationConcordanceLib.agreement.consensus_map import consensus_label_map
from SegmentationConcordanceLib.agreement.models import ModelSegmentation
from SegmentationConcordanceLib.agreement.options import AnalysisOptions
from SegmentationConcordanceLib.agreement.severity import worst_first
from SegmentationConcordanceLib.anatomy.concepts import CodedConcept, CodedStructure
from SegmentationConcordanceLib.anatomy.identity import structure_identity
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment

CATEGORY = CodedConcept("123037004", "SCT", "Anatomical Structure")
STRUCTURES = [
    CodedStructure(CATEGORY, CodedConcept(code, "SCT", code)) for code in ("78961009", "10200004", "15825003")
]
KNOWN = frozenset(structure_identity(structure) for structure in STRUCTURES)

# Few voxels and few labels: models that miss a structure are common.
scans = st.integers(2, 5).flatmap(
    lambda n_models: hnp.arrays(
        np.uint8, st.tuples(st.just(n_models), *[st.integers(1, 3)] * 3), elements=st.integers(0, 3)
    )
)
fair_options = st.sampled_from(
    [
        AnalysisOptions(),
        AnalysisOptions(surfaces=True),
        AnalysisOptions(leave_one_out=True),
        AnalysisOptions(method="at least", at_least=2),
        AnalysisOptions(method="STAPLE"),
        AnalysisOptions(method="intersection", missing="zero"),
    ]
)


def models_of(arrays):
    made = []
    for name, array in zip("ABCDE", arrays):
        geometry = Geometry.from_parts(array.shape, (10.0, 10.0, 10.0), (0, 0, 0), np.eye(3))
        segments = tuple(Segment(label, str(label), structure) for label, structure in enumerate(STRUCTURES, 1))
        made.append(ModelSegmentation(name, LabelMap((np.ascontiguousarray(array),), geometry, segments), KNOWN))
    return made


def result_of(arrays, options=None):
    return Analysis(models_of(arrays), case="", series_uid="").result(options or AnalysisOptions())


def by_structure(rows):
    found = {}
    for row in rows:
        found.setdefault(row.structure_key, []).append(row)
    return found.values()


@settings(max_examples=60, deadline=None)
@given(scans, fair_options)
def test_missing_never_wins(arrays, options):
    for rows in by_structure(result_of(arrays, options).agreement):
        finders = [row for row in rows if row.presence != "missed"]
        for missing in (row for row in rows if row.presence == "missed"):
            if not finders:
                continue
            for measure in ("dice", "jaccard", "dice_others", *(["nsd"] if options.surfaces else [])):
                assert getattr(missing, measure) == 0
                assert all(getattr(row, measure) >= 0 for row in finders)
            order = worst_first(rows)
            assert order.index(missing) < min(order.index(row) for row in finders)


@settings(max_examples=30, deadline=None)
@given(scans)
def test_a_miss_changes_no_number_of_the_others(arrays):
    """One more model that found nothing is as if it were not there."""
    with_miss = result_of([*arrays[:4], np.zeros_like(arrays[0])])
    without = result_of(arrays[:4])
    numbers = ("volume_ml", "consensus_volume_ml", "dice", "jaccard", "volume_ratio", "dice_others", "severity")
    other = {(row.structure_key, row.model): row for row in with_miss.agreement}
    for row in without.agreement:
        same = other[row.structure_key, row.model]
        assert [getattr(row, name) for name in numbers] == [getattr(same, name) for name in numbers]


@settings(max_examples=30, deadline=None)
@given(scans)
def test_two_models_get_the_same_numbers(arrays):
    for first, second in by_structure(result_of(arrays[:2]).agreement):
        assert (first.dice, first.dice_others, first.severity) == (second.dice, second.dice_others, second.severity)


@pytest.fixture
def three(make_model, structures):
    """A and B find four voxels of spleen, of which three are the same; C knows the spleen and found nothing."""
    spleen = structures["spleen"]
    a = make_model("A", [[[[1, 1, 1, 1, 0, 0]]]], {1: spleen})
    b = make_model("B", [[[[0, 1, 1, 1, 1, 0]]]], {1: spleen})
    return [a, b, make_model("C", [[[[0] * 6]]], {}, vocabulary=[spleen])]


def spleen(models, **options):
    result = Analysis(models, case="", series_uid="").result(AnalysisOptions(**options))
    return {row.model: row for row in result.agreement}


def test_two_finders_are_held_against_each_other(three):
    rows = spleen(three)
    assert {name: row.dice for name, row in rows.items()} == {"A": 0.75, "B": 0.75, "C": 0.0}
    assert {name: row.consensus_volume_ml for name, row in rows.items()} == pytest.approx(
        {"A": 8.0, "B": 8.0, "C": 6.0}
    )
    assert {name: row.status for name, row in rows.items()} == {"A": "truncated", "B": "truncated", "C": "missing"}
    assert {name: row.n_models for name, row in rows.items()} == {"A": 3, "B": 3, "C": 3}
    assert {name: row.disputed_ml for name, row in rows.items()} == pytest.approx({"A": 4.0, "B": 4.0, "C": 6.0})


def test_the_consensus_itself_is_what_both_finders_carry_and_names_them(three):
    result = Analysis(three, case="", series_uid="").result(AnalysisOptions())
    (segment,) = consensus_label_map(result.comparison, result.consensus_of_all).segments
    assert result.consensus_of_all.counts(result.comparison).tolist() == [3]
    assert segment.description == "majority of A, B"


def test_what_was_missed_may_vote_where_asked(three):
    rows = spleen(three, missing="votes")
    assert {name: row.dice for name, row in rows.items()} == {"A": 6 / 7, "B": 6 / 7, "C": 0.0}
    empty = spleen([*three[:1], *three[2:]], missing="votes")  # one of two is no majority
    assert (empty["A"].dice, empty["C"].dice) == (0.0, None)


def test_the_published_intersection_is_as_it_was(three):
    rows = spleen(three, method="intersection")
    assert {name: row.dice for name, row in rows.items()} == {"A": 0.0, "B": 0.0, "C": None}
    assert {name: row.status for name, row in rows.items()} == {
        "A": "empty_consensus", "B": "empty_consensus", "C": "missing",
    }  # fmt: skip
    assert {name: row.dice_others for name, row in rows.items()} == {"A": 0.75, "B": 0.75, "C": 0.0}


def test_found_alone_nobody_stands_above_the_other(three):
    rows = spleen([three[0], three[2]])
    assert {name: row.dice for name, row in rows.items()} == {"A": 0.0, "C": 0.0}
    assert {name: row.disputed_ml for name, row in rows.items()} == pytest.approx({"A": 8.0, "C": 8.0})
    assert rows["A"].severity == rows["C"].severity > 0


def test_of_three_finders_the_one_that_differs_is_the_worst(make_model, structures):
    votes = {"A": [0, 1, 1, 1, 1, 0], "B": [0, 1, 1, 1, 1, 0], "C": [0, 1, 1, 0, 0, 0]}
    rows = spleen([make_model(n, [[[v]]], {1: structures["spleen"]}) for n, v in votes.items()])
    assert {name: row.dice for name, row in rows.items()} == {"A": 1.0, "B": 1.0, "C": pytest.approx(2 / 3)}
    # Without itself A has two others that agree on two voxels alone.
    assert rows["A"].dice_others == pytest.approx(2 / 3)
    assert {name: row.disputed_ml for name, row in rows.items()} == pytest.approx({"A": 0.0, "B": 0.0, "C": 4.0})
