"""Agreement of readers: against independent libraries, by hand, and on readers whose reliability is known."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy import stats

from SegmentationConcordanceLib.review.reader_agreement import (
    between_readers,
    icc_2_1,
    kendall_w,
    tau_b,
    value_of,
    weighted_kappa,
    within_readers,
)
from SegmentationConcordanceLib.review.verdict import Subject, Verdict

# Shrout and Fleiss 1979, table 2: six subjects, four judges; ICC(2,1) is published as .29.
SHROUT_FLEISS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], dtype=float
)


@pytest.fixture(params=range(5))
def scores(request):
    chance = np.random.default_rng(request.param)
    quality = chance.normal(size=60)
    return np.clip(np.round(3 + quality[:, None] + chance.normal(0, 0.7, (60, 4))), 1, 5)


def test_icc_is_the_published_one():
    assert value_of(icc_2_1, SHROUT_FLEISS) == pytest.approx(0.29, abs=0.005)


def test_icc_is_that_of_pingouin(scores):
    pandas = pytest.importorskip("pandas", reason="needs pandas: make setup-test")
    pingouin = pytest.importorskip("pingouin", reason="needs pingouin: make setup-test")
    subject, reader = np.meshgrid(range(60), range(4), indexing="ij")
    table = pandas.DataFrame({"subject": subject.ravel(), "reader": reader.ravel(), "score": scores.ravel()})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = pingouin.intraclass_corr(table, "subject", "reader", "score")
    expected = found.loc[found["Type"].isin(["ICC2", "ICC(A,1)"]), "ICC"].iloc[0]
    assert value_of(icc_2_1, scores) == pytest.approx(expected, abs=1e-6)


def test_weighted_kappa_is_that_of_statsmodels(scores):
    inter_rater = pytest.importorskip("statsmodels.stats.inter_rater", reason="needs statsmodels: make setup-test")
    table, _ = inter_rater.to_table(np.vstack([scores[:, :2], np.repeat(np.arange(1, 6.0)[:, None], 2, axis=1)]))
    table = table - np.eye(5)  # the diagonal was added so that every step has a line of its own
    expected = inter_rater.cohens_kappa(table, weights=np.arange(5), wt="quadratic", return_results=False)
    assert value_of(weighted_kappa, scores[:, :2]) == pytest.approx(float(expected), abs=1e-12)


def test_w_follows_from_friedmans_statistic_with_ties(scores):
    n, m = scores.shape
    expected = stats.friedmanchisquare(*scores).statistic / (m * (n - 1))
    assert value_of(kendall_w, scores) == pytest.approx(float(expected), abs=1e-12)


def test_tau_b_by_its_definition_and_scipy(scores):
    a, b = scores[:, 0], scores[:, 1]
    signs_a, signs_b = np.sign(np.subtract.outer(a, a)), np.sign(np.subtract.outer(b, b))
    expected = (signs_a * signs_b).sum() / np.sqrt((signs_a**2).sum() * (signs_b**2).sum())
    assert value_of(tau_b, scores[:, :2]) == pytest.approx(float(expected), abs=1e-12)
    assert value_of(tau_b, scores[:, :2]) == pytest.approx(float(stats.kendalltau(a, b).statistic), abs=1e-12)


def test_full_and_opposite_agreement():
    scale = np.arange(1.0, 6)[:, None]
    assert value_of(kendall_w, np.hstack([scale, scale])) == pytest.approx(1)
    assert value_of(tau_b, np.hstack([scale, scale[::-1]])) == pytest.approx(-1)
    assert value_of(weighted_kappa, np.hstack([scale, scale[::-1]])) == pytest.approx(-1)


@pytest.mark.parametrize("statistic", [kendall_w, tau_b, weighted_kappa, icc_2_1])
def test_one_score_for_everything_has_no_agreement_to_tell(statistic):
    assert value_of(statistic, np.full((6, 2), 4.0)) is None
    assert value_of(statistic, np.empty((0, 2))) is None


def verdicts_of(scores, repeats=None):
    """One structure per row of scores, ten per case; further columns are readers, or repeated readings of one."""
    return [
        Verdict(
            "Ann" if repeats else f"reader {column}",
            f"case {row // 10}",
            Subject(f"k{row % 10}", f"s{row % 10}", "MOOSE"),
            int(score),
            repeat=column if repeats else 0,
        )
        for row, line in enumerate(scores)
        for column, score in enumerate(line)
    ]


def test_pairs_and_all_by_verdicts(scores):
    pairs, everybody = between_readers(verdicts_of(scores))
    assert [(one.reader_a, one.reader_b, one.n) for one in pairs[:2]] == [
        ("reader 0", "reader 1", 60),
        ("reader 0", "reader 2", 60),
    ]
    assert pairs[0].kappa.value == pytest.approx(value_of(weighted_kappa, scores[:, :2]))
    assert pairs[0].same == pytest.approx((scores[:, 0] == scores[:, 1]).mean())
    assert everybody.n == 60
    assert everybody.icc.value == value_of(icc_2_1, scores)
    assert everybody.icc.low < everybody.icc.value < everybody.icc.high


def test_a_subject_that_one_reader_left_out_counts_for_the_others_only(scores):
    verdicts = [one for one in verdicts_of(scores) if (one.reader, one.case) != ("reader 3", "case 0")]
    pairs, everybody = between_readers(verdicts)
    assert everybody.n == 50
    assert {one.n for one in pairs if "reader 3" not in (one.reader_a, one.reader_b)} == {60}
    assert {one.n for one in pairs if "reader 3" in (one.reader_a, one.reader_b)} == {50}


def test_a_readers_second_reading_is_held_against_the_first(scores):
    (found,) = within_readers(verdicts_of(scores[:, :2], repeats=True))
    assert (found.reader_a, found.reader_b, found.n) == ("Ann", "Ann", 60)
    assert found.kappa.value == value_of(weighted_kappa, scores[:, :2])
    assert within_readers(verdicts_of(scores)) == ()


def test_one_reader_alone_has_nobody_to_agree_with(scores):
    pairs, everybody = between_readers(verdicts_of(scores[:, :1]))
    assert pairs == ()
    assert (everybody.n, everybody.w.value, everybody.icc.value) == (0, None, None)


def reading(chance, n_cases, noise):
    """Scores of three readers on ten structures of each case; quality differs by case and structure."""
    quality = (chance.normal(0, 0.6, (n_cases, 1)) + chance.normal(0, 0.8, (n_cases, 10))).ravel()
    return np.clip(np.round(3 + quality[:, None] + chance.normal(0, noise, (quality.size, 3))), 1, 5)


@pytest.mark.parametrize("noise", [0.4, 1.0])
def test_a_known_reliability_lies_within_the_intervals(noise):
    truth = reading(np.random.default_rng(99), 20_000, noise)
    icc, kappa = value_of(icc_2_1, truth), value_of(weighted_kappa, truth[:, :2])
    covered = 0
    for seed in range(20):
        pairs, everybody = between_readers(verdicts_of(reading(np.random.default_rng(seed), 15, noise)))
        covered += everybody.icc.low <= icc <= everybody.icc.high
        covered += pairs[0].kappa.low <= kappa <= pairs[0].kappa.high
    # Of 40 intervals of 95 %, 38 are expected to hold it; fewer than 33 happen once in 10,000 times.
    assert covered >= 33
