"""Going from finding to finding."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..agreement.finding import Finding
from ..agreement.finding_sentences import listed


@dataclass(frozen=True, slots=True)
class FindingWalk:
    """The findings of a scan, the gravest first, and the one that is shown.

    :param at: index of the one that is shown; -1 for none.
    """

    findings: tuple[Finding, ...] = ()
    at: int = -1

    @property
    def current(self) -> Finding | None:
        """The finding that is shown."""
        return self.findings[self.at] if 0 <= self.at < len(self.findings) else None

    def through(self, findings: tuple[Finding, ...]) -> FindingWalk:
        """The same walk, where these are still the findings; one that begins anew, where they are others."""
        return self if self.findings == findings else FindingWalk(findings)

    def stepped(self, steps: int) -> FindingWalk:
        """So many findings on, negative back; round at the ends. From none forward to the first, back to the last."""
        if not self.findings:
            return self
        start = self.at if self.at >= 0 or steps < 0 else -1
        return replace(self, at=(max(start, 0 if steps < 0 else -1) + steps) % len(self.findings))

    def mark(self, model: str, structure: str) -> str:
        """What the shown finding says of a model, in a few words; "" where it is about others.

        :param model: its name.
        :param structure: its key.
        """
        finding = self.current
        if finding is None or structure not in finding.structures or model not in finding.in_doubt:
            return ""
        title = finding.of_kind.title
        if finding.is_blamed or len(finding.in_doubt) < 2:
            return title
        is_other_side = finding.suspects and model not in finding.suspects
        return f"{title} in {listed(finding.suspects)} (one of these)" if is_other_side else f"{title} (one of these)"

    @property
    def text(self) -> str:
        """Which finding of how many, and what it says; "" for none."""
        finding = self.current
        if finding is None:
            return f"{len(self.findings)} findings" if self.findings else ""
        return f"Finding {self.at + 1} of {len(self.findings)}: {finding.sentence}"
