"""Models compared over patients: tests held against published examples, formulas and hand calculation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from SegmentationConcordanceLib.agreement import model_comparison
from SegmentationConcordanceLib.agreement.model_comparison import (
    compare_models_over_patients,
    share_interval,
)

pytestmark = pytest.mark.usefixtures("statistics")

# Hollander and Wolfe (1973), Nonparametric Statistical Methods: rounding first base, 22 players, 3 methods (p. 140);
# depression before and after a therapy, 9 patients (p. 29). R's help of friedman.test and wilcox.test has the results.
ROUNDING = np.array([
    [5.40, 5.50, 5.55], [5.85, 5.70, 5.75], [5.20, 5.60, 5.50], [5.55, 5.50, 5.40], [5.90, 5.85, 5.70],
    [5.45, 5.55, 5.60], [5.40, 5.40, 5.35], [5.45, 5.50, 5.35], [5.25, 5.15, 5.00], [5.85, 5.80, 5.70],
    [5.25, 5.20, 5.10], [5.65, 5.55, 5.45], [5.60, 5.35, 5.45], [5.05, 5.00, 4.95], [5.50, 5.50, 5.40],
    [5.45, 5.55, 5.50], [5.55, 5.55, 5.35], [5.45, 5.50, 5.55], [5.50, 5.45, 5.25], [5.65, 5.60, 5.40],
    [5.70, 5.65, 5.55], [6.30, 6.30, 6.25],
])  # fmt: skip
BEFORE = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
AFTER = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]


def test_friedman_is_that_of_the_published_example():
    compared = compare_models_over_patients("ABC", ROUNDING)
    assert compared.friedman_p == pytest.approx(0.003805, abs=5e-7)


def test_wilcoxon_and_its_effect_size_are_those_of_the_published_example():
    compared = compare_models_over_patients("AB", np.array([BEFORE, AFTER]).T)
    (pair,) = compared.pairs
    assert pair.p == pytest.approx(0.03906, abs=5e-6)  # V = 40 of 45
    assert pair.p_holm == pair.p
    assert pair.effect == pytest.approx((40 - 5) / 45)
    assert (compared.friedman_p, pair.p_nemenyi) == (None, None)
    assert compared.first == ("A",)


def test_holm_is_that_of_a_hand_calculation():
    assert model_comparison._holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


def test_nemenyi_is_that_of_its_formula():
    compared = compare_models_over_patients("ABC", ROUNDING)
    ranks = stats.rankdata(ROUNDING, axis=1).mean(axis=0)
    n, k = ROUNDING.shape
    for pair, (a, b) in zip(compared.pairs, ((0, 1), (0, 2), (1, 2))):
        q = abs(ranks[a] - ranks[b]) / np.sqrt(k * (k + 1) / (6 * n)) * np.sqrt(2)
        assert pair.p_nemenyi == pytest.approx(stats.studentized_range.sf(q, k, np.inf), abs=1e-4)


def test_wilson_s_interval_is_the_published_one():
    told = share_interval(8, 10)  # Newcombe (1998), Statistics in Medicine 17, the method without correction
    assert (told.value, told.low, told.high) == pytest.approx((0.8, 0.4902, 0.9433), abs=5e-5)


def test_the_bootstrap_interval_is_near_the_normal_one_for_many_patients():
    scores = np.random.default_rng(1).normal(0.8, 0.05, (400, 2))
    told = compare_models_over_patients("AB", scores).scores["A"]
    half = 1.96 * scores[:, 0].std(ddof=1) / 20
    assert told.value == pytest.approx(scores[:, 0].mean())
    assert (told.low, told.high) == pytest.approx((told.value - half, told.value + half), abs=0.1 * half)


def test_ranks_have_an_interval_where_models_are_close_and_none_where_not():
    a = np.random.default_rng(2).normal(0.9, 0.01, 30)
    b = a + np.tile([0.01, -0.01], 15)
    compared = compare_models_over_patients("ABC", np.array([a, b, a - 0.4]).T)
    assert compared.ranks["C"] == model_comparison.Interval(3, 3, 3)
    assert {compared.ranks[model].low for model in "AB"} == {1}
    assert {compared.ranks[model].high for model in "AB"} == {2}
    assert compared.first == ("A", "B")


def test_five_patients_show_no_difference_however_large():
    compared = compare_models_over_patients("AB", np.array([[0.9, 0.1]] * 5) + np.arange(5)[:, None] / 100)
    assert not compared.differs
    assert compared.first == ("A", "B")


@pytest.mark.parametrize(("n_models", "n_patients"), [(2, 6), (3, 7), (4, 8), (6, 10)])
def test_the_more_models_the_more_patients_it_takes(n_models, n_patients):
    # Smallest p of n pairs is 2 / 2 ** n, times the number of pairs of models: 1, 3, 6, 15.
    for n, differs in ((n_patients - 1, False), (n_patients, True)):
        scores = np.arange(n_models) / 10 + np.arange(n)[:, None] / 100 * np.arange(1, n_models + 1)
        compared = compare_models_over_patients([f"M{k}" for k in range(n_models)], scores)
        assert (compared.fewest_patients, compared.differs) == (n_patients, differs)


def test_a_model_that_is_ahead_in_most_patients_is_not_called_behind():
    steady = np.full(15, 0.80)
    often_better = steady + np.arange(1, 16) / 1000
    often_better[0] = 0.1  # one failure, and the mean is lower
    compared = compare_models_over_patients(["steady", "often better"], np.array([steady, often_better]).T)
    assert compared.best == "steady"
    assert compared.pairs[0].p_holm < 0.05
    assert compared.pairs[0].effect == pytest.approx((15 - 105) / 120)
    assert (compared.behind, compared.ahead_in_most) == ((), ("often better",))
    assert compared.first == ("steady", "often better")


def test_equal_models_have_no_p_and_no_effect():
    compared = compare_models_over_patients("ABC", np.full((8, 3), 0.7))
    assert compared.friedman_p is None
    assert {(pair.p, pair.effect) for pair in compared.pairs} == {(None, None)}
    assert compared.first == ("A", "B", "C")
