"""Findings in the lines of a command."""

from __future__ import annotations

from collections.abc import Sequence

from ..agreement.finding import Finding

FINDINGS_SHOWN = 8


def finding_lines(findings: Sequence[Finding], limit: int = FINDINGS_SHOWN, place: str = "findings.csv") -> list[str]:
    """The gravest findings in sentences, and how many more there are.

    :param findings: the gravest first.
    :param limit: how many sentences at most.
    :param place: where all of them are.
    :returns: one line where there is no finding.
    """
    if not findings:
        return ["no finding"]
    lines = [f"{len(findings)} findings, the gravest first:" if len(findings) > 1 else "one finding:"]
    lines += [f"  {finding.of_kind.title}: {finding.sentence}" for finding in findings[:limit]]
    more = len(findings) - limit
    return [*lines, *([f"  and {more} more in {place}"] if more > 0 else [])]
