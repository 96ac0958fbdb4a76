"""Verdicts against Dice and findings, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from SegmentationConcordanceLib.agreement.finding import Finding
from SegmentationConcordanceLib.review.verdict import Subject, Verdict
from SegmentationConcordanceLib.review.verdict_and_numbers import (
    findings_against_verdicts,
    median_scores,
    number_against_verdicts,
)

KEYS = [("a", "L", "MOOSE"), ("a", "L", "CADS"), ("b", "L", "MOOSE"), ("b", "L", "CADS")]
SCORES = dict(zip(KEYS, (5.0, 2.0, 4.0, 3.0)))


def test_the_median_of_the_readers_counts():
    liver = Subject("L", "liver", "MOOSE")
    verdicts = [Verdict(reader, "a", liver, score) for reader, score in (("Ann", 5), ("Bob", 2), ("Cy", 4))]
    verdicts += [Verdict("Ann", "a", liver, 1, repeat=1), Verdict("Ann", "a", Subject(), 1)]
    assert median_scores(verdicts) == {("a", "L", "MOOSE"): 4.0}


def test_a_number_that_tells_good_from_bad():
    values = dict(zip(KEYS, (0.95, 0.5, 0.9, 0.7)))
    found = number_against_verdicts("dice", SCORES, values, more_is_better=True)
    assert (found.n, found.n_bad, found.tau_b, found.auc) == (4, 2, pytest.approx(1.0), 1.0)
    assert found.best.value == pytest.approx(0.8)
    assert (found.best.sensitivity, found.best.specificity, found.best.flagged) == (1.0, 1.0, 0.5)


def test_a_distance_counts_the_other_way_round():
    values = dict(zip(KEYS, (1.0, 20.0, 2.0, 10.0)))
    found = number_against_verdicts("hd95_mm", SCORES, values, more_is_better=False)
    assert found.tau_b == pytest.approx(1.0)
    assert found.best.value == pytest.approx(6.0)


def test_a_number_that_tells_nothing():
    found = number_against_verdicts("dice", SCORES, dict.fromkeys(KEYS, 0.9), more_is_better=True)
    assert (found.tau_b, found.auc) == (None, 0.5)


def test_without_bad_ones_there_is_no_threshold():
    found = number_against_verdicts("dice", dict.fromkeys(KEYS, 5.0), dict(zip(KEYS, range(4))), more_is_better=True)
    assert (found.auc, found.best, found.thresholds) == (None, None, ())
    assert number_against_verdicts("dice", SCORES, {}, more_is_better=True).n == 0


def test_auc_by_its_definition():
    chance = np.random.default_rng(1)
    keys = [("c", f"s{n}", "M") for n in range(40)]
    scores = dict(zip(keys, chance.integers(1, 6, 40).astype(float)))
    values = dict(zip(keys, chance.random(40).round(1)))
    found = number_against_verdicts("dice", scores, values, more_is_better=True)
    bad = [values[key] for key in keys if scores[key] < 4]
    good = [values[key] for key in keys if scores[key] >= 4]
    pairs = [(g > b) + 0.5 * (g == b) for g in good for b in bad]
    assert found.auc == pytest.approx(np.mean(pairs), abs=1e-12)


def test_findings_by_kind():
    findings = [
        Finding("missing", "a", ("L",), ("liver",), ("CADS",), "..."),
        Finding("hole", "b", ("L",), ("liver",), ("MOOSE", "CADS"), "..."),
    ]
    every, missing, hole = findings_against_verdicts(SCORES, findings)
    assert (every.kind, every.n, every.bad, every.all_bad, every.n_read) == ("", 3, 2, 2, 4)
    assert (missing.sensitivity, missing.precision) == (0.5, 1.0)
    assert (hole.sensitivity, hole.precision) == (0.5, 0.5)
