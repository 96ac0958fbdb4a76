"""The report's first sentence: on how much the models agree, whom the findings name, and the gravest of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..agreement.finding import Finding
from ..agreement.table import AgreementRow

NOTHING = "There is nothing to compare."
_NAMED = 2


def answer(agreement: Sequence[AgreementRow], findings: Sequence[Finding]) -> str:
    """One sentence; names in it are untrusted text.

    :param findings: of these rows, the gravest first.
    """
    compared = {row.structure_id for row in agreement if row.n_models > 1}
    if not compared:
        return NOTHING
    models = len({row.model for row in agreement})
    concerned = compared & {structure for finding in findings for structure in finding.structures}
    agreed, of = len(compared) - len(concerned), len(compared)
    if not findings:
        return f"The {models} models agree on {_counted(of)}."
    start = f"The {models} models agree on {agreed or 'none'} of {_counted(of)}"
    if len(findings) == 1:
        return f"{start}; the one finding is {_in_short(findings[0])}."
    named = Counter(model for finding in findings if finding.is_blamed for model in finding.suspects)
    most = " and ".join(f"{model} ({count})" for model, count in named.most_common(_NAMED))
    whom = f"; named most often: {most}" if most else ""
    return f"{start}; the gravest of {len(findings)} findings is {_in_short(findings[0])}{whom}."


def _in_short(finding: Finding) -> str:
    """Kind, models and place of a finding, without its numbers."""
    whose = f" ({finding.whose})" if finding.whose else ""
    return f"\u201c{finding.of_kind.title}\u201d{whose} in {finding.lead}"


def _counted(structures: int) -> str:
    return f"{structures} structure{'s' if structures > 1 else ''}"
