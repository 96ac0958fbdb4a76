"""Measure what one model alone is told, on the outputs of the sample's models: docs/findings.md, "One model alone".

    python Testing/Benchmarks/one_model.py --size small --first 0 --seeds 40

Each output is held against itself, as if there were no other. Prints each finding that concerns no planted error, and
at the end per kind how many concern one and how many do not. A finding of order (``implausible_place``) counts as
planted only where names were shifted or a vertebra was split: no other planted error changes what follows what.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence

from findings import concerns, sample_cases

from SegmentationConcordanceLib.agreement import finding_kinds as kinds
from SegmentationConcordanceLib.agreement.analysis import Analysis
from SegmentationConcordanceLib.agreement.findings import findings_of
from SegmentationConcordanceLib.sample import planted_errors as planted
from SegmentationConcordanceLib.sample.plans import SIZES, plan_of

CHANGES_ORDER = {planted.SHIFTED_VERTEBRAE, planted.SPLIT_VERTEBRA}


def main(argv: Sequence[str]) -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--seeds", type=int, default=40, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    args = parser.parse_args(argv)
    counts: Counter[tuple[str, bool]] = Counter()
    outputs = 0
    for seed in range(args.first, args.first + args.seeds):
        for name, errors, models in sample_cases(plan_of(args.size), seed):
            for model in models:
                outputs += 1
                analysis = Analysis([model], case=name, series_uid="")
                for finding in findings_of(name, analysis.comparison, analysis.boxes):
                    is_order = finding.kind == kinds.IMPLAUSIBLE_PLACE
                    of_kind = [error for error in errors if not is_order or error.kind in CHANGES_ORDER]
                    is_planted = any(concerns(finding, error) for error in of_kind)
                    counts[finding.kind, is_planted] += 1
                    if not is_planted:
                        _say(f"  seed {seed}: {finding.sentence}")
        of_order = counts[kinds.IMPLAUSIBLE_PLACE, False]
        _say(f"seed {seed}: so far {outputs} outputs, {of_order} findings of order that were not planted")
    _say(
        f"\n{args.size}, {outputs} outputs, one at a time\n\n"
        "| kind | about a planted error | about none |\n|---|---|---|"
    )
    for kind in sorted({kind for kind, _ in counts} | {kinds.IMPLAUSIBLE_PLACE}):
        _say(f"| {kind} | {counts[kind, True]} | {counts[kind, False]} |")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
