"""What the report shows of a review: the numbers of :class:`.review_summary.ReviewSummary`, fit for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from .reader_agreement import ReaderPair
from .review_summary import ReviewSummary
from .verdict import SCALE
from .verdict_and_numbers import SegmentKey, median_scores
from .verdict_counts import USABLE

MOST_POINTS = 5000


def report_section(
    summary: ReviewSummary, dice: Mapping[SegmentKey, float] | None = None, *, name_readers: bool = False
) -> dict[str, Any]:
    """The section of a review in the report; it is drawn there as it is.

    :param summary: of the study.
    :param dice: with the consensus, by case, structure and model; for the picture of verdicts against Dice.
    :param name_readers: show the readers' names; else they are Reader 1, Reader 2, in the order of their first verdict.
    :returns: ``models`` and ``structures``: verdicts by score, mean and usable share; ``pairs``, ``within`` and
        ``everybody``: agreement of the readers; ``numbers``: those that tell what needs work, with the best threshold;
        ``points``: Dice and median score of at most 5000 segments; ``corrections``.
    """
    scored = [verdict for verdict in summary.verdicts if verdict.score is not None]
    called = readers_called(summary, name_readers=name_readers)
    scores = median_scores(summary.verdicts)
    dice = dice or {}
    points = sorted((dice[key], score) for key, score in scores.items() if key in dice)
    step = -(-len(points) // MOST_POINTS) or 1
    return {
        "verdicts": len(scored),
        "readers": list(called.values()),
        "cases": len({verdict.case for verdict in scored}),
        "scale": [asdict(one) for one in SCALE],
        "usable": USABLE,
        "counts": [
            {
                "model": one.model,
                "structure": one.structure,
                "whole": not one.structure_key,
                "n": one.n,
                "mean": one.mean,
                "usable": one.usable,
                "counts": list(one.counts),
            }
            for one in summary.counts
        ],
        "pairs": [_pair(pair, called) for pair in summary.pairs],
        "within": [_pair(pair, called) for pair in summary.within],
        "everybody": {
            "n": summary.everybody.n,
            "w": asdict(summary.everybody.w),
            "icc": asdict(summary.everybody.icc),
        },
        "numbers": [{**asdict(one), "thresholds": None} for one in summary.numbers],
        "points": points[::step],
        "corrections": [{**asdict(one), "whole": not one.structure_key} for one in summary.corrections],
    }


def readers_called(summary: ReviewSummary, *, name_readers: bool) -> dict[str, str]:
    """What each reader is called in the report.

    :param summary: of the study. :param name_readers: by their names; else by numbers.
    """
    readers = dict.fromkeys(verdict.reader for verdict in summary.verdicts if verdict.score is not None)
    return {name: name if name_readers else f"Reader {number}" for number, name in enumerate(readers, 1)}


def _pair(pair: ReaderPair, called: Mapping[str, str]) -> dict[str, Any]:
    return {
        "a": called[pair.reader_a],
        "b": called[pair.reader_b],
        "n": pair.n,
        "same": pair.same,
        "tau_b": asdict(pair.tau_b),
        "kappa": asdict(pair.kappa),
    }
