"""Are models different, on one structure or group, over the patients of a cohort? Tests, effects, intervals, ranks.

All tests take one value per patient. scipy, statsmodels and scikit-posthocs do the work; the last two are optional
packages that only this needs.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from ..errors import ConcordanceError

ALPHA = 0.05
FEWEST_PATIENTS = 6
"""Of any test: with five pairs the smallest p of Wilcoxon's test is 0.0625, no difference could be shown."""

REPLICATES = 4000
_SEED = 20250601
ASSUMPTIONS = (
    "One value per patient: the mean over a patient's scans. Patients are taken for independent of each other.",
    "Friedman's test (three models or more) asks whether any model differs; it needs no distribution, and patients in "
    "whom all models have a score. Its p is that of the chi-square approximation, with few patients rather too large.",
    "Wilcoxon's signed-rank test asks for each pair of models whether the differences lie around 0; it takes them for "
    "symmetric. Its p are corrected for the number of pairs by Holm's method: the more models, the more patients it "
    "takes before two can be told apart (two models 6, four 8, six 10).",
    "With fewer than 6 patients nothing is tested.",
    "Nemenyi's test is given beside it, as it goes with Friedman's; it is more careful.",
    "The effect size is the matched-pairs rank-biserial correlation: 1 where the first model is ahead in every "
    "patient, -1 where the second is, 0 where neither.",
    "Intervals are percentiles of a bootstrap that draws patients, with all their scans, 4000 times; 95 % of them. "
    "With few patients they are too narrow.",
    "A rank is that of the mean score over patients; a model may have the highest mean and yet be behind another in "
    "most patients. That is said where the test shows it.",
    "The p of several structures or groups are not corrected for each other: of twenty without a difference one will "
    "show one.",
)
"""What the numbers take for granted, in words."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A value and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PairTest:
    """Two models against each other.

    :param difference: mean of the first model's score less the second's, over patients.
    :param p: of Wilcoxon's test; None where all differences are 0 or the patients are too few.
    :param p_holm: corrected for the number of pairs.
    :param p_nemenyi: of Nemenyi's test; None for two models.
    :param effect: matched-pairs rank-biserial correlation; None where all differences are 0.
    """

    model_a: str
    model_b: str
    difference: Interval
    p: float | None
    p_holm: float | None
    p_nemenyi: float | None
    effect: float | None


@dataclass(frozen=True)
class ModelComparison:
    """The models on one structure or group.

    :param scores: by model the mean score.
    :param ranks: by model its rank by the mean score, 1 for the highest.
    :param friedman_p: None for two models or too few patients.
    :param pairs: every pair, in the order of the models.
    """

    models: tuple[str, ...]
    n_patients: int
    scores: dict[str, Interval]
    ranks: dict[str, Interval]
    friedman_p: float | None
    pairs: tuple[PairTest, ...]

    @property
    def best(self) -> str:
        """The model with the highest score; that it differs from others is not said."""
        return min(self.models, key=lambda model: self.ranks[model].value)

    @property
    def first(self) -> tuple[str, ...]:
        """The best model and all that were not shown to be behind it; all models where no difference was shown."""
        behind = self.behind
        return tuple(model for model in self.models if model not in behind)

    @property
    def behind(self) -> tuple[str, ...]:
        """The models that were shown to be behind the best one."""
        return self._shown_against_best(ahead=False)

    @property
    def ahead_in_most(self) -> tuple[str, ...]:
        """Models with a lower mean than the best one that were shown to be ahead of it in most patients."""
        return self._shown_against_best(ahead=True)

    @property
    def differs(self) -> bool:
        """Whether any difference was shown: by Friedman's test where there is one, and in at least one pair."""
        whole = self.friedman_p is None or _shown(self.friedman_p)
        return whole and any(_shown(pair.p_holm) for pair in self.pairs)

    @property
    def fewest_patients(self) -> int:
        """So many it takes until the smallest p that a pair can have, corrected, is one that shows something."""
        n_pairs, n = len(self.pairs), FEWEST_PATIENTS
        while n_pairs * 2.0 ** (1 - n) >= ALPHA:
            n += 1
        return n

    def _shown_against_best(self, ahead: bool) -> tuple[str, ...]:
        if not self.differs:
            return ()
        found = set()
        for pair in self.pairs:
            if self.best in (pair.model_a, pair.model_b) and _shown(pair.p_holm) and pair.effect:
                best_is_a = pair.model_a == self.best
                if ((pair.effect > 0) != best_is_a) == ahead:
                    found.add(pair.model_b if best_is_a else pair.model_a)
        return tuple(model for model in self.models if model in found)


def compare_models_over_patients(models: Sequence[str], scores: NDArray[np.float64]) -> ModelComparison:
    """Compare models.

    :param scores: (n_patients, n_models), higher is better, no gaps.
    :raises ConcordanceError: statsmodels or scikit-posthocs is not installed.
    """
    n_patients, n_models = scores.shape
    means = _bootstrap_means(scores)
    ranks = stats.rankdata(-means, axis=1)
    own = stats.rankdata(-scores.mean(axis=0))
    enough = n_patients >= FEWEST_PATIENTS
    friedman = stats.friedmanchisquare(*scores.T).pvalue if enough and n_models > 2 and np.ptp(scores) > 0 else None
    return ModelComparison(
        models=tuple(models),
        n_patients=n_patients,
        scores={model: _interval(scores[:, k].mean(), means[:, k]) for k, model in enumerate(models)},
        ranks={model: _interval(own[k], ranks[:, k]) for k, model in enumerate(models)},
        friedman_p=None if friedman is None or np.isnan(friedman) else float(friedman),
        pairs=_pairs(models, scores, means, enough),
    )


def _pairs(
    models: Sequence[str], scores: NDArray[np.float64], means: NDArray[np.float64], enough: bool
) -> tuple[PairTest, ...]:
    numbers = list(itertools.combinations(range(len(models)), 2))
    raw = [_wilcoxon(scores[:, a] - scores[:, b]) if enough else None for a, b in numbers]
    holm = holm_corrected(raw)
    nemenyi = _nemenyi(scores) if enough and len(models) > 2 else None
    return tuple(
        PairTest(
            models[a],
            models[b],
            _interval((scores[:, a] - scores[:, b]).mean(), means[:, a] - means[:, b]),
            p,
            corrected_p,
            None if nemenyi is None else float(nemenyi[a, b]),
            _rank_biserial(scores[:, a] - scores[:, b]),
        )
        for (a, b), p, corrected_p in zip(numbers, raw, holm)
    )


def _wilcoxon(differences: NDArray[np.float64]) -> float | None:
    return float(stats.wilcoxon(differences).pvalue) if np.any(differences) else None


def _rank_biserial(differences: NDArray[np.float64]) -> float | None:
    """(sum of the ranks of positive differences - of negative ones) / sum of all ranks; zeros are left out.

    D. S. Kerby, The simple difference formula, Comprehensive Psychology 3 (2014).
    """
    differences = differences[differences != 0]
    if not differences.size:
        return None
    ranks = stats.rankdata(np.abs(differences))
    return float((ranks * np.sign(differences)).sum() / ranks.sum())


def _holm(values: Sequence[float]) -> list[float]:
    if not values:
        return []
    return [float(p) for p in _package("statsmodels.stats.multitest").multipletests(values, method="holm")[1]]


def _nemenyi(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(_package("scikit_posthocs").posthoc_nemenyi_friedman(scores))


def _bootstrap_means(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """(REPLICATES, n_models): means over patients drawn with replacement."""
    n = len(scores)
    draws = np.random.default_rng(_SEED).multinomial(n, np.full(n, 1 / n), size=REPLICATES)
    return draws @ scores / n


def _interval(value: float, replicates: NDArray[np.float64]) -> Interval:
    low, high = np.percentile(replicates, (2.5, 97.5))
    return Interval(float(value), float(low), float(high))


def share_interval(count: float, of: float) -> Interval:
    """A share with Wilson's 95 % interval.

    :param count: how many; no whole number where it is an effective one.
    :param of: more than 0.
    :raises ConcordanceError: statsmodels is not installed.
    """
    low, high = _package("statsmodels.stats.proportion").proportion_confint(count, of, method="wilson")
    return Interval(count / of, float(low), float(high))


def holm_corrected(values: Sequence[float | None]) -> list[float | None]:
    """The p of several tests, corrected by Holm's method; None stays None and counts for no test.

    :raises ConcordanceError: statsmodels is not installed.
    """
    corrected = iter(_holm([p for p in values if p is not None]))
    return [None if p is None else next(corrected) for p in values]


def _shown(p: float | None) -> bool:
    return p is not None and p < ALPHA


def _package(name: str) -> Any:
    try:
        return __import__(name, fromlist=["*"])
    except ImportError as error:
        remedy = "Install it: pip install 'segmentation-concordance[statistics]'."
        raise ConcordanceError("the statistics", f"need the Python package {name.split('.')[0]}", remedy) from error
