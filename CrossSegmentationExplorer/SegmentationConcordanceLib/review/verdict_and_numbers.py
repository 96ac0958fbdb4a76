"""How verdicts go with a number that needs no reader, such as Dice, and with findings: a help to choose a threshold.

A segment "needs work" where a reader gave it less than :data:`.verdict_counts.USABLE`. Several readers of one segment
count by their median score.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from scipy import stats

from ..agreement.finding import Finding
from ..agreement.table import AgreementRow
from .verdict import Verdict
from .verdict_counts import USABLE

_NUMBERS = {"dice": True, "nsd": True, "hd95_mm": False, "assd_mm": False}

SegmentKey = tuple[str, str, str]
"""Case, structure key and model."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """What happens when segments beyond a value are taken for those that need work.

    :param value: segments that are worse than this are flagged.
    :param sensitivity: share of the segments that need work and are flagged.
    :param specificity: share of the others that are not flagged.
    :param flagged: share of all segments that would be looked at.
    """

    value: float
    sensitivity: float
    specificity: float
    flagged: float


@dataclass(frozen=True, slots=True)
class NumberAgainstVerdicts:
    """How a number goes with the verdicts on the same segments.

    :param n: segments with both.
    :param n_bad: those of them that need work.
    :param tau_b: Kendall's tau-b of score and number, positive where a better number goes with a better score; None
        where one of them is the same everywhere.
    :param auc: the probability that of a segment that needs work and one that does not the number tells which; None
        where there are not both.
    :param best: the threshold with the largest sum of sensitivity and specificity (Youden 1950); None as ``auc``.
    :param thresholds: at every value that occurs, from the strictest; empty as ``auc``.
    """

    number: str
    n: int
    n_bad: int
    tau_b: float | None
    auc: float | None
    best: Threshold | None
    thresholds: tuple[Threshold, ...]


@dataclass(frozen=True, slots=True)
class FindingsAgainstVerdicts:
    """How often segments with a finding need work.

    :param kind: of the finding; "" for any.
    :param n: segments that were read and have such a finding.
    :param bad: how many of them need work.
    :param all_bad: how many segments need work altogether.
    :param n_read: how many were read altogether.
    """

    kind: str
    n: int
    bad: int
    all_bad: int
    n_read: int

    @property
    def sensitivity(self) -> float | None:
        """Share of the segments that need work and have the finding; None where none needs work."""
        return self.bad / self.all_bad if self.all_bad else None

    @property
    def precision(self) -> float | None:
        """Share of the segments with the finding that need work; None without any."""
        return self.bad / self.n if self.n else None


def median_scores(verdicts: Iterable[Verdict]) -> dict[SegmentKey, float]:
    """The median score of each segment over its readers, first readings only.

    :param verdicts: standing ones; those on whole cases, or on all models together, do not count.
    """
    found: dict[SegmentKey, list[int]] = {}
    for verdict in verdicts:
        if (
            verdict.score is not None
            and verdict.repeat == 0
            and verdict.subject.structure_key
            and verdict.subject.model
        ):
            found.setdefault((verdict.case, *verdict.subject.key), []).append(verdict.score)
    return {key: float(median(scores)) for key, scores in found.items()}


def numbers_of(rows: Iterable[AgreementRow]) -> dict[str, tuple[dict[SegmentKey, float], bool]]:
    """Dice and the surface measures by name: of each segment, and whether more is better.

    :param rows: of agreement tables; of several consensus methods the first one of each segment counts.
    """
    found: dict[str, tuple[dict[SegmentKey, float], bool]] = {name: ({}, more) for name, more in _NUMBERS.items()}
    for row in rows:
        for name, (values, _) in found.items():
            value = getattr(row, name)
            if value is not None:
                values.setdefault((row.case, row.structure_key, row.model), float(value))
    return {name: held for name, held in found.items() if held[0]}


def number_against_verdicts(
    number: str, scores: Mapping[SegmentKey, float], values: Mapping[SegmentKey, float], *, more_is_better: bool
) -> NumberAgainstVerdicts:
    """Hold a number against the verdicts on the same segments.

    :param number: what it is called.
    :param scores: of :func:`median_scores`. :param values: by the same keys; what only one of them has is left out.
    """
    keys = [key for key in scores if key in values]
    score = np.array([scores[key] for key in keys], dtype=float)
    good = np.array([values[key] for key in keys], dtype=float) * (1 if more_is_better else -1)
    bad = score < USABLE
    tau = float(stats.kendalltau(score, good).statistic) if len(keys) > 1 else float("nan")
    if not bad.any() or bad.all():
        thresholds: tuple[Threshold, ...] = ()
        auc = best = None
    else:
        greater = stats.mannwhitneyu(good[~bad], good[bad]).statistic
        auc = float(greater / (bad.sum() * (~bad).sum()))
        thresholds = tuple(_thresholds(good, bad, sign=1 if more_is_better else -1))
        best = max(thresholds, key=lambda one: one.sensitivity + one.specificity)
    return NumberAgainstVerdicts(
        number, len(keys), int(bad.sum()), None if np.isnan(tau) else tau, auc, best, thresholds
    )


def findings_against_verdicts(
    scores: Mapping[SegmentKey, float], findings: Sequence[Finding]
) -> tuple[FindingsAgainstVerdicts, ...]:
    """For any finding, and for each kind that there is: how often its segments need work.

    :param scores: of :func:`median_scores`.
    """
    marked: dict[str, set[SegmentKey]] = {"": set()}
    for finding in findings:
        keys = {
            (case, structure, model)
            for case in (finding.cases or (finding.case,))
            for structure in finding.structures
            for model in finding.in_doubt
        }
        marked[""] |= keys
        marked.setdefault(finding.kind, set()).update(keys)
    bad = {key for key, score in scores.items() if score < USABLE}
    return tuple(
        FindingsAgainstVerdicts(kind, len(keys & scores.keys()), len(keys & bad), len(bad), len(scores))
        for kind, keys in marked.items()
    )


def _thresholds(good: np.ndarray, bad: np.ndarray, *, sign: int) -> Iterable[Threshold]:
    """Between neighbouring values, and beyond the best one."""
    values = np.unique(good)
    for cut in [*((values[1:] + values[:-1]) / 2).tolist(), float(values[-1]) + 1e-9]:
        flagged = good < cut
        yield Threshold(sign * cut, float(flagged[bad].mean()), float((~flagged[~bad]).mean()), float(flagged.mean()))
