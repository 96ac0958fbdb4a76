"""What was found: the kind of the error, whose it may be, where to look, and how much there is to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from .finding_kinds import KINDS, LOW_AGREEMENT, NO_OVERLAP, NUMBERS, FindingKind
from .finding_sentences import listed

Place = tuple[float, float, float]

_WITHOUT_SIDES = (LOW_AGREEMENT, NO_OVERLAP)
"""Kinds that say nothing of some models that would not be said of the others as well."""
_NO_NUMBERS: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True)
class Finding:
    """One finding: a sentence, and the facts that it is made of.

    :param kind: a key of :data:`.finding_kinds.KINDS`.
    :param case: the case; of several (see ``cases``) the one to look at first.
    :param structures: keys of the structures, or names without one; the one that the sentence names first comes first.
    :param names: their harmonized names, in the same order: untrusted text.
    :param models: the models concerned. Where ``is_blamed``, the one or those whose failure it may be; else all that
        disagree, the suspects first.
    :param others: the models that they are held against; empty where there are none, or nobody is blamed.
    :param is_blamed: whether the numbers tell whose failure it is.
    :param suspects: those of ``models`` that do what the sentence says; of low agreement the two that agree least.
        Where ``is_blamed`` all of them, whatever is given. Else empty where the sentence says it of none, or a file of
        an earlier version does not tell.
    :param numbers: by key of :data:`.finding_kinds.NUMBERS`.
    :param place_ras: where to look, RAS in mm; None where only tables are known.
    :param confidence: 0 to 1: how sure it is that this is no noise, and of this kind.
    :param severity: 0 and more: as of the rows of the tables, see :mod:`.severity`.
    :param is_cut: the end of the scan may have brought it about: such findings come last.
    :param sentence: everything in words; begins with ``lead``.
    :param lead: the beginning of the sentence that says where: the case or cases, and the structures.
    :param cases: all cases of a finding that is one over a cohort; empty for one case.
    """

    kind: str
    case: str
    structures: tuple[str, ...]
    names: tuple[str, ...]
    models: tuple[str, ...]
    sentence: str
    lead: str = ""
    others: tuple[str, ...] = ()
    is_blamed: bool = True
    suspects: tuple[str, ...] = ()
    numbers: Mapping[str, float] = field(default_factory=lambda: _NO_NUMBERS)
    place_ras: Place | None = None
    confidence: float = 1.0
    severity: float = 0.0
    cases: tuple[str, ...] = ()
    is_cut: bool = False

    def __post_init__(self) -> None:
        unknown = set(self.numbers) - NUMBERS.keys()
        if self.kind not in KINDS or unknown:
            raise ValueError(f"no such kind or number of a finding: {self.kind} {sorted(unknown)}")
        known = self.models if self.is_blamed else tuple(one for one in self.suspects if one in self.models)
        object.__setattr__(self, "suspects", known)

    @property
    def of_kind(self) -> FindingKind:
        """Title, meaning and code of its kind."""
        return KINDS[self.kind]

    @property
    def in_doubt(self) -> tuple[str, ...]:
        """The models to be marked: of a finding that blames nobody those of both sides, as either may be wrong; of low
        agreement the two that agree least."""
        return self.suspects if self.suspects and self.kind in _WITHOUT_SIDES else self.models

    @property
    def whose(self) -> str:
        """The models in doubt in words: "A and B"; "A or B", "A and B, or C" where either side may be wrong.

        Untrusted text.
        """
        rest = [model for model in self.in_doubt if model not in self.suspects]
        between = " or " if len(self.in_doubt) < 3 else ", or "
        return between.join(listed(side) for side in (self.suspects, rest) if side)

    def names_failure_of(self, model: str) -> bool:
        """Whether the sentence says of a model that it failed, though maybe the others did.

        :param model: its name.
        """
        return model in self.suspects and self.kind not in _WITHOUT_SIDES


def gravest_first(findings: Iterable[Finding]) -> list[Finding]:
    """Findings by severity, those that the end of the scan may have brought about last; of equal ones the surest."""
    return sorted(findings, key=lambda finding: (finding.is_cut, -finding.severity, -finding.confidence))


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding as the report, ``findings.json`` and ``--json`` hold it.

    :returns: ``kind`` and its ``title``; ``case``, ``cases`` (all of a finding over a cohort, else empty);
        ``structures`` (keys, or names without one, the first to be looked at first) and their ``names``; ``models``
        with ``is_blamed``, and ``others``; ``suspects``, ``in_doubt`` and ``whose``, see :class:`Finding`;
        ``numbers`` by key; ``place_ras`` ([R, A, S] in mm, or null);
        ``confidence`` (0 to 1), ``severity`` and ``is_cut``; ``text``, the sentence, which begins with ``lead``;
        ``model``, the first of the models or "". All texts are untrusted.
    """
    return {
        "kind": finding.kind,
        "title": finding.of_kind.title,
        "case": finding.case,
        "cases": list(finding.cases),
        "structures": list(finding.structures),
        "names": list(finding.names),
        "models": list(finding.models),
        "others": list(finding.others),
        "is_blamed": finding.is_blamed,
        "suspects": list(finding.suspects),
        "in_doubt": list(finding.in_doubt),
        "whose": finding.whose,
        "numbers": {key: round(float(value), 4) for key, value in finding.numbers.items()},
        "place_ras": None if finding.place_ras is None else [round(float(mm), 2) for mm in finding.place_ras],
        "confidence": round(float(finding.confidence), 3),
        "severity": round(float(finding.severity), 4),
        "is_cut": finding.is_cut,
        "text": finding.sentence,
        "lead": finding.lead,
        "model": finding.models[0] if finding.models else "",
    }
