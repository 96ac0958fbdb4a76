"""What an unknown label could be: the best known structures, each with its reasons and a confidence.

Nothing here is applied: a suggestion waits for a person, but for one that is ``exact``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from .concepts import CodedStructure
from .dicom_terms import dicom_term_matches
from .identity import StructureIdentity, structure_identity
from .known_structures import KnownStructures
from .label_text import read_label_text

MIN_CONFIDENCE = 0.3
"""Below this a candidate is noise: one common word of several."""

MIN_DICE = 0.5
"""Two segments that share less are taken for neighbours, not for the same structure."""

_CODED, _EXACT, _SAME_WORDS, _DICOM = 0.99, 0.99, 0.95, 0.8
_UNNAMED_ID, _NUMBERING = 0.35, 0.9
_TERM, _SAME_TERM = 0.85, 0.95
# How sure a lesion can be: of the only organ that its map names; without an organ; where no kind is said.
_OF_ORGAN, _QUESTION, _ANY_LESION = 0.8, 0.6, 0.85
_LESIONS = frozenset({"tumor", "cyst", "nodule"})


@dataclass(frozen=True, slots=True)
class UnknownLabel:
    """A label that nobody has explained yet.

    :param name: its text, "" where there is none.
    :param structure: its codes where it brings some.
    :param overlaps: (a known model's segment's structure, its harmonized name, Dice) for segments on the same voxels.
    """

    label: int | None
    name: str
    task: str = ""
    structure: CodedStructure | None = None
    overlaps: tuple[tuple[CodedStructure, str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A structure that a label could be.

    :param confidence: 0 to 1; orders the candidates, and is no probability.
    :param color: the colour that the label maps give it.
    :param exact: the label's text is that of one known structure to the letter, or its codes are: nothing to ask.
    """

    structure_name: str
    structure: CodedStructure
    confidence: float
    reasons: tuple[str, ...]
    exact: bool = False
    color: tuple[int, int, int] | None = None

    @property
    def identity(self) -> StructureIdentity:
        """What the suggested structure is, in canonical codes."""
        return structure_identity(self.structure)


@dataclass(slots=True)
class _Candidate:
    name: str
    structure: CodedStructure
    doubt: float = 1.0
    reasons: list[str] = field(default_factory=list)
    exact: bool = False

    def support(self, confidence: float, reason: str, *, exact: bool = False) -> None:
        # Reasons that have nothing to do with each other add up as independent witnesses do.
        self.doubt *= 1 - confidence
        self.reasons.append(reason)
        self.exact = self.exact or exact


_Find = Callable[[CodedStructure, str], _Candidate]


def suggest(
    labels: Sequence[UnknownLabel], known: KnownStructures, *, limit: int = 3, terms: KnownStructures | None = None
) -> tuple[tuple[Suggestion, ...], ...]:
    """The best candidates of every label, best first, at most ``limit`` each; empty where nothing fits.

    A candidate of the side that the text does not name, or of another vertebra or number, is never among them,
    whatever else speaks for it.

    :param terms: further names and codes, see :func:`terms_of`; asked where no label map has a label's words.
    """
    numberings = _numberings(labels, known)
    organs = _organs(labels, known)
    return tuple(_suggest_one(label, known, numberings, organs, terms)[:limit] for label in labels)


def _suggest_one(
    label: UnknownLabel,
    known: KnownStructures,
    numberings: Mapping[tuple[str, str], float],
    organs: frozenset[str],
    terms: KnownStructures | None,
) -> tuple[Suggestion, ...]:
    candidates: dict[StructureIdentity, _Candidate] = {}

    def candidate(structure: CodedStructure, name: str) -> _Candidate:
        identity = structure_identity(structure)
        return candidates.setdefault(identity, _Candidate(known.names.get(identity, name), structure))

    _support_by_codes(label, known, candidate)
    _support_by_text(label, known, candidate)
    _support_by_organ(label, known, organs, candidate)
    for structure, name, dice in label.overlaps:
        if dice >= MIN_DICE:
            candidate(structure, name).support(dice, f"same voxels as {name} (Dice {dice:.2f})")
    _support_by_number(label, known, numberings, candidate)
    unexplained = label.name and all(one.doubt > 1 - _SAME_WORDS for one in candidates.values())
    # Slicer's lists repeat the context groups: these are no second witness.
    if unexplained and not _support_by_terms(label, terms, candidate):
        for structure, name, score in dicom_term_matches(label.name):
            candidate(structure, name).support(_DICOM * score, "DICOM context group")
    _doubt_by_voxels(label, known, candidates)
    _doubt_by_organ(label, candidates)
    contradicted = known.contradictions(label.name, candidates)
    found = [
        Suggestion(
            one.name, one.structure, round(1 - one.doubt, 4), tuple(one.reasons), one.exact, known.colors.get(identity)
        )
        for identity, one in candidates.items()
        if identity not in contradicted and 1 - one.doubt >= MIN_CONFIDENCE
    ]
    return tuple(sorted(found, key=lambda one: (-one.exact, -one.confidence, one.structure_name)))


def _organs(labels: Sequence[UnknownLabel], known: KnownStructures) -> frozenset[str]:
    """The organs that the labels of a map name, each as one word that tells it: "liver", "kidney"."""
    words = {word for label in labels for word in read_label_text(label.name).words}
    of_lesions = {word for text in known.names.values() for word in _lesion_of(read_label_text(text).words)[1]}
    return frozenset(words & of_lesions)


def _lesion_of(words: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The kind of lesion and the organ of a text such as "liver tumor"; two empty sets for any other text."""
    kind = words & _LESIONS
    return (kind, words - kind) if kind else (frozenset(), frozenset())


def _support_by_organ(label: UnknownLabel, known: KnownStructures, organs: frozenset[str], candidate: _Find) -> None:
    """A lesion without an organ is one of the organ that the map names, where there is one such organ."""
    read = read_label_text(label.name)
    kind, own = _lesion_of(read.words)
    if not kind or own:
        return
    fitting = []
    for identity, name in known.names.items():
        meant = read_label_text(name)
        its_kind, organ = _lesion_of(meant.words)
        if its_kind == kind and organ and organ <= organs and meant.side == read.side:
            fitting.append((identity, name, organ))
    if len({organ for _, _, organ in fitting}) == 1:
        for identity, name, organ in fitting:
            candidate(known.structures[identity], name).support(_OF_ORGAN, f"the map has the {' '.join(sorted(organ))}")


def _doubt_by_organ(label: UnknownLabel, candidates: Mapping[StructureIdentity, _Candidate]) -> None:
    """A lesion whose organ the text leaves out is a question, whatever else speaks for one: any organ may have it.

    And one of an organ is none of another, nor the organ itself.
    """
    kind, own = _lesion_of(read_label_text(label.name).words)
    if not kind:
        return
    for one in candidates.values():
        its_kind, organ = _lesion_of(read_label_text(one.name).words)
        by_organ = any(reason.startswith("the map has the") for reason in one.reasons)
        crosses = own and not (its_kind and own & organ)
        most = 0.0 if crosses else 1.0 if own or by_organ else _QUESTION
        if "lesion" in label.name.casefold() or "mass" in label.name.casefold():
            most = min(most, _ANY_LESION)
        if not one.exact and 1 - one.doubt > most:
            one.doubt = 1 - most


def _doubt_by_voxels(
    label: UnknownLabel, known: KnownStructures, candidates: Mapping[StructureIdentity, _Candidate]
) -> None:
    """Where the voxels are those of another structure, the text is not believed without a question: a mirrored file."""
    if not label.overlaps:
        return
    structure, name, dice = max(label.overlaps, key=lambda overlap: overlap[2])
    if dice < MIN_DICE:
        return
    seen = structure_identity(structure)
    for identity, one in candidates.items():
        if identity != seen:
            one.doubt = (1 + one.doubt) / 2  # half the confidence
            one.exact = False
            one.reasons.append(f"but the voxels are those of {known.names.get(seen, name)} (Dice {dice:.2f})")


def _support_by_codes(label: UnknownLabel, known: KnownStructures, candidate: _Find) -> None:
    if label.structure is None:
        return
    identity = structure_identity(label.structure)
    if identity in known.structures:
        name = known.names[identity]
        candidate(known.structures[identity], name).support(_CODED, f"codes {identity.key}", exact=True)


def _support_by_text(label: UnknownLabel, known: KnownStructures, candidate: _Find) -> None:
    literal = known.spelled(label.name)
    for match in known.text_matches(label.name):
        structure, name = known.structures[match.identity], known.names[match.identity]
        if match.identity in literal:
            # To the letter, but not of one structure alone: then it says no more than equal words do.
            alone = len(literal) == 1
            confidence = _EXACT if alone else _SAME_WORDS
            candidate(structure, name).support(confidence, f'called "{match.text}" in {match.where}', exact=alone)
        else:
            candidate(structure, name).support(_SAME_WORDS * match.score, f'like "{match.text}" of {match.where}')


def _support_by_terms(label: UnknownLabel, terms: KnownStructures | None, candidate: _Find) -> bool:
    """Whether a term fits; equal words only, as among so many terms there is one that resembles anything."""
    if terms is None:
        return False
    fitting = [match for match in terms.text_matches(label.name) if match.score >= _SAME_TERM]
    for match in fitting:
        structure, name = terms.structures[match.identity], terms.names[match.identity]
        candidate(structure, name).support(_TERM * match.score, f'called "{match.text}" in {match.where}')
    return bool(fitting)


def _support_by_number(
    label: UnknownLabel, known: KnownStructures, numberings: Mapping[tuple[str, str], float], candidate: _Find
) -> None:
    by_structure: dict[StructureIdentity, list[tuple[float, str]]] = defaultdict(list)
    for (map_name, task), fit in numberings.items():
        known_label = None if label.label is None else known.numbered[map_name, task].get(label.label)
        if known_label is not None:
            where = f"{map_name} {task}".strip()
            by_structure[known_label.identity].append((fit, f"label {label.label} of {where}"))
    for identity, found in by_structure.items():
        fit = max(fit for fit, _ in found)
        candidate(known.structures[identity], known.names[identity]).support(fit, ", ".join(why for _, why in found))


def _numberings(labels: Sequence[UnknownLabel], known: KnownStructures) -> dict[tuple[str, str], float]:
    """The known tasks that may have numbered these labels, and how much their numbers are to be trusted."""
    numbers = [(label.label, label.name) for label in labels if label.label is not None]
    if len(numbers) < len(labels):
        return {}
    ids = {number for number, _ in numbers}
    named = [(number, spelled) for number, name in numbers if len(spelled := known.spelled(name)) == 1]
    trust = {}
    for place, numbered in known.numbered.items():
        if not ids <= set(numbered):
            continue
        if not named:
            trust[place] = _UNNAMED_ID if not any(label.name for label in labels) else 0.0
            continue
        agreeing = sum(numbered[number].identity in spelled for number, spelled in named)
        share = agreeing / len(named)
        trust[place] = _NUMBERING * share if share >= 0.8 else 0.0
    return {place: fit for place, fit in trust.items() if fit}
