"""The order of cases, repeated readings, and progress."""

from __future__ import annotations

import pytest

from SegmentationConcordanceLib.review.verdict import Subject, Verdict
from SegmentationConcordanceLib.review.work_list import Order, Reading, next_reading, progress, work_list

CASES = tuple("abcdefghij")


def test_orders():
    assert [one.case for one in work_list(CASES)] == list(CASES)
    by_findings = work_list("abc", Order.FINDINGS, severity={"b": 2.0, "c": 5.0})
    assert [one.case for one in by_findings] == ["c", "b", "a"]
    said = [Verdict("Ann", "a", Subject("k", "s", model), 3) for model in "xy"] + [Verdict("Ann", "b", Subject("k"), 1)]
    assert [one.case for one in work_list("abc", Order.UNREAD, verdicts=said)] == ["c", "b", "a"]
    at_random = work_list(CASES, Order.RANDOM, seed=3)
    assert sorted(one.case for one in at_random) == list(CASES)
    assert at_random == work_list(CASES, Order.RANDOM, seed=3) != work_list(CASES, Order.RANDOM, seed=4)


@pytest.mark.parametrize(("share", "repeated"), [(0.0, 0), (0.1, 1), (0.25, 3), (1.0, 10)])
def test_a_share_of_the_cases_comes_again_later(share, repeated):
    readings = work_list(CASES, Order.RANDOM, seed=5, repeated_share=share)
    again = [one for one in readings if one.repeat == 1]
    assert len(again) == repeated
    for one in again:
        assert readings.index(one) - readings.index(Reading(one.case)) > (2 if share < 1 else 0)


def test_a_list_that_cannot_be():
    with pytest.raises(ValueError, match="a share of"):
        work_list(CASES, repeated_share=1.5)
    with pytest.raises(ValueError, match="listed twice"):
        work_list("aa")


def test_progress_counts_scores_of_the_reading_and_complete_cases():
    subjects = [Subject(f"k{n}", f"s{n}", model) for n in range(3) for model in ("x", "y")]
    said = [Verdict("Ann", "a", subject, 4) for subject in subjects]
    said += [Verdict("Ann", "b", subjects[0], 4), Verdict("Ann", "b", subjects[1], None, "look again")]
    said += [Verdict("Ann", "b", Subject(), 2)]  # of the case, which is no structure
    readings = work_list("abc")
    found = progress(Reading("b"), subjects, readings, said, {"a": 6, "b": 6})
    assert found.text == "1 of 6 structures, 1 of 3 cases"


def test_next_reading_stops_at_both_ends():
    readings = work_list("abc")
    assert next_reading(readings, None, 1) == Reading("a")
    assert next_reading(readings, Reading("a"), 1) == Reading("b")
    assert next_reading(readings, Reading("c"), 1) == Reading("c")
    assert next_reading(readings, Reading("a"), -1) == Reading("a")
    assert next_reading((), None, 1) is None
