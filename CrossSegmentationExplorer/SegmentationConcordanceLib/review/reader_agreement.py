"""How well readers agree with each other, and each with themselves.

Scores are steps of an ordered scale. Kendall's tau-b and W use their order alone, the weighted kappa and the intraclass
correlation also how far apart they are. Intervals are percentiles of a bootstrap that draws whole cases: the
structures of one scan are not independent of each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from .verdict import LEAST, MOST, Verdict

Scores = NDArray[np.float64]
Statistic = Callable[[Scores, Scores], Scores]
CONFIDENCE = 0.95
N_BOOTSTRAP = 1000
_SEED = 20260131


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95 % interval; None where too little was read for it."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class ReaderPair:
    """How two readings of the same subjects agree.

    :param reader_a: a reader. :param reader_b: another one, or the same, whose repeated reading it is then.
    :param n: number of subjects that both scored.
    :param same: share of them with the same score; None without any.
    """

    reader_a: str
    reader_b: str
    n: int
    same: float | None
    tau_b: Estimate
    kappa: Estimate


@dataclass(frozen=True, slots=True)
class AllReaders:
    """How all readers agree, on the subjects that every one of them scored.

    :param w: Kendall's coefficient of concordance, 0 to 1.
    :param icc: of a single reader's score, absolute agreement, both subjects and readers drawn at random: ICC(2,1).
    """

    readers: tuple[str, ...]
    n: int
    w: Estimate
    icc: Estimate


def between_readers(verdicts: Iterable[Verdict]) -> tuple[tuple[ReaderPair, ...], AllReaders]:
    """Every pair of readers, and all of them, by their first readings.

    :param verdicts: standing ones; those without a score do not count.
    """
    first = [verdict for verdict in verdicts if verdict.score is not None and verdict.repeat == 0]
    readers = tuple(dict.fromkeys(verdict.reader for verdict in first))
    scores, cases = _matrix(first, [(reader, 0) for reader in readers])
    pairs = tuple(
        _pair(readers[a], readers[b], scores[:, [a, b]], cases) for a, b in combinations(range(len(readers)), 2)
    )
    whole = ~np.isnan(scores).any(axis=1) if len(readers) > 1 else np.zeros(len(scores), bool)
    common, of_cases = scores[whole], cases[whole]
    w, icc = (_estimate(statistic, common, of_cases) for statistic in (kendall_w, icc_2_1))
    return pairs, AllReaders(readers, len(common), w, icc)


def within_readers(verdicts: Iterable[Verdict]) -> tuple[ReaderPair, ...]:
    """Every reader's first reading against their second one of the same cases."""
    scored = [verdict for verdict in verdicts if verdict.score is not None and verdict.repeat < 2]
    again = dict.fromkeys(verdict.reader for verdict in scored if verdict.repeat == 1)
    found = []
    for reader in again:
        scores, cases = _matrix([one for one in scored if one.reader == reader], [(reader, 0), (reader, 1)])
        found.append(_pair(reader, reader, scores, cases))
    return tuple(found)


# Each of the four is computed for many samples at once, as a bootstrap needs it.


def kendall_w(scores: Scores, times: Scores) -> Scores:
    """Kendall's coefficient of concordance, 0 to 1, corrected for ties (Siegel and Castellan 1988, 9.5).

    :param scores: shape (subjects, readers), without gaps.
    :param times: shape (samples, subjects), how often each subject is in a sample.
    :returns: shape (samples,); NaN where every reader gives one score only.
    """
    n, m = times.sum(axis=1), scores.shape[1]
    steps = np.unique(scores)
    sums, ties = np.zeros(times.shape), np.zeros(len(times))
    for of_reader in scores.T:
        is_step = of_reader[:, None] == steps
        counts = times @ is_step
        ranks = np.cumsum(counts, axis=1) - (counts - 1) / 2
        sums += ranks @ is_step.T
        ties += (counts**3 - counts).sum(axis=1)
    spread = (times * (sums - m * (n[:, None] + 1) / 2) ** 2).sum(axis=1)
    return _ratio(12 * spread, m**2 * (n**3 - n) - m * ties)


def _tables(scores: Scores, times: Scores) -> Scores:
    """How often two readers gave each pair of scores: shape (samples, 5, 5)."""
    a, b = (scores[:, column].astype(np.int64) - LEAST for column in (0, 1))
    n_steps = MOST - LEAST + 1
    is_cell = np.zeros((len(scores), n_steps * n_steps))
    is_cell[np.arange(len(scores)), a * n_steps + b] = 1
    return (times @ is_cell).reshape(-1, n_steps, n_steps)


def tau_b(scores: Scores, times: Scores) -> Scores:
    """Kendall's tau-b of two readings (Kendall 1945).

    :param scores: shape (subjects, 2), without gaps.
    :param times: shape (samples, subjects), how often each subject is in a sample.
    :returns: shape (samples,); NaN where one of them gives one score only.
    """
    tables = _tables(scores, times)
    above, right = np.zeros(tables.shape), np.zeros(tables.shape)
    below = np.cumsum(tables[:, ::-1], axis=1)[:, ::-1]  # this row and those after it
    above[:, :-1, :-1] = np.cumsum(below[:, 1:, ::-1], axis=2)[:, :, ::-1][:, :, 1:]
    right[:, :-1, 1:] = np.cumsum(below[:, 1:], axis=2)[:, :, :-1]
    n = tables.sum(axis=(1, 2))
    pairs = n * (n - 1) / 2
    tied = [(sums * (sums - 1) / 2).sum(axis=1) for sums in (tables.sum(axis=2), tables.sum(axis=1))]
    differ = (tables * (above - right)).sum(axis=(1, 2))
    return _ratio(differ, np.sqrt((pairs - tied[0]) * (pairs - tied[1])))


def weighted_kappa(scores: Scores, times: Scores) -> Scores:
    """Cohen's kappa with quadratic weights (Cohen 1968).

    :param scores: shape (subjects, 2), without gaps.
    :param times: shape (samples, subjects), how often each subject is in a sample.
    :returns: shape (samples,); NaN where chance alone agrees fully.
    """
    tables = _tables(scores, times)
    steps = np.arange(tables.shape[1])
    weights = np.subtract.outer(steps, steps) ** 2
    expected = tables.sum(axis=2)[:, :, None] * tables.sum(axis=1)[:, None, :]
    return 1 - _ratio((weights * tables).sum(axis=(1, 2)) * times.sum(axis=1), (weights * expected).sum(axis=(1, 2)))


def icc_2_1(scores: Scores, times: Scores) -> Scores:
    """ICC(2,1) of Shrout and Fleiss 1979: two-way random effects, absolute agreement, a single reader; at most 1.

    :param scores: shape (subjects, readers), without gaps.
    :param times: shape (samples, subjects), how often each subject is in a sample.
    :returns: shape (samples,); NaN where all scores are the same.
    """
    n, k = times.sum(axis=1), scores.shape[1]
    of_subject = scores.mean(axis=1)
    mean = times @ of_subject / n
    between = k * (times @ of_subject**2 - n * mean**2)
    readers = n * (((times @ scores / n[:, None]) - mean[:, None]) ** 2).sum(axis=1)
    total = times @ (scores**2).sum(axis=1) - n * k * mean**2
    with np.errstate(divide="ignore", invalid="ignore"):
        error = (total - between - readers) / ((n - 1) * (k - 1))
        of_subjects, of_readers = between / (n - 1), readers / (k - 1)
    return _ratio(of_subjects - error, of_subjects + (k - 1) * error + k * (of_readers - error) / n)


def _ratio(above: Scores, below: Scores) -> Scores:
    """NaN where nothing is left to divide by, up to rounding."""
    found = np.full(len(above), np.nan)
    return np.divide(above, below, out=found, where=below > 1e-9)


def value_of(statistic: Statistic, scores: Scores) -> float | None:
    """One of the four, of the readings themselves; None where it has no value, as for fewer than two subjects.

    :param statistic: e.g. :func:`kendall_w`.
    :param scores: shape (subjects, readers), scores of the scale without gaps.
    """
    if len(scores) < 2 or scores.shape[1] < 2:
        return None
    (value,) = statistic(scores, np.ones((1, len(scores))))
    return None if np.isnan(value) else float(value)


def _pair(reader_a: str, reader_b: str, scores: Scores, cases: NDArray[np.int64]) -> ReaderPair:
    both = ~np.isnan(scores).any(axis=1)
    scores, cases = scores[both], cases[both]
    same = float((scores[:, 0] == scores[:, 1]).mean()) if len(scores) else None
    return ReaderPair(
        reader_a,
        reader_b,
        len(scores),
        same,
        _estimate(tau_b, scores, cases),
        _estimate(weighted_kappa, scores, cases),
    )


def _matrix(verdicts: Sequence[Verdict], columns: Sequence[tuple[str, int]]) -> tuple[Scores, NDArray[np.int64]]:
    """Scores of shape (subjects, columns), NaN where there is none; and the number of each subject's case.

    :param columns: reader and number of the reading.
    """
    subjects: dict[tuple, int] = {}
    cases: dict[str, int] = {}
    for verdict in verdicts:
        case = verdict.series_uid or verdict.case
        cases.setdefault(case, len(cases))
        subjects.setdefault((case, *verdict.subject.key), len(subjects))
    scores = np.full((len(subjects), len(columns)), np.nan)
    column_of = {column: number for number, column in enumerate(columns)}
    for verdict in verdicts:
        column = column_of.get((verdict.reader, verdict.repeat))
        if column is not None:
            scores[subjects[(verdict.series_uid or verdict.case, *verdict.subject.key)], column] = verdict.score
    return scores, np.array([cases[key[0]] for key in subjects], dtype=np.int64)


def _estimate(statistic: Statistic, scores: Scores, cases: NDArray[np.int64]) -> Estimate:
    value = value_of(statistic, scores)
    _, of_case = np.unique(cases, return_inverse=True)
    n_cases = int(of_case.max(initial=-1)) + 1
    if value is None or n_cases < 2:
        return Estimate(value)
    chance = np.random.default_rng(_SEED)
    times = chance.multinomial(n_cases, np.full(n_cases, 1 / n_cases), size=N_BOOTSTRAP)[:, of_case].astype(float)
    found = statistic(scores, times)
    found = found[~np.isnan(found)]
    if len(found) < N_BOOTSTRAP // 2:
        return Estimate(value)
    rest = (1 - CONFIDENCE) / 2
    low, high = np.quantile(found, [rest, 1 - rest])
    return Estimate(value, float(low), float(high))
