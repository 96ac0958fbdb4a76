"""The structures that label maps know, found by text: to the letter, or by the same words, side and level."""

from __future__ import annotations

import difflib
import functools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from .concepts import CodedStructure
from .identity import StructureIdentity
from .label_text import LabelText, read_label_text
from .vocabulary import Vocabulary, VocabularyLabel

_SIDE_CODES = {"SCT:7771000": "left", "SCT:24028007": "right", "SCT:51440002": "both"}
_SPELLING_ALIKE = 0.85  # "mandibel" for "mandible" (0.88); "ilium" and "ileum" (0.80) stay apart
_SHORTEST_STEM = 4  # "subm" may stand for "submandibular", "sub" may not
_PARTIAL_WORD = 0.9
# How much of a match is left when one of the two texts names a side or a number, and the other does not.
_SAYS_LESS = 0.5  # a model's own text that leaves out the organ, such as "Tumor"
_SIDE_NOT_SAID, _SIDE_LEFT_OPEN, _ONE_OF_BOTH, _LEVEL_NOT_SAID = 0.6, 0.8, 0.9, 0.4


@dataclass(frozen=True, slots=True)
class TextMatch:
    """A known structure whose text resembles a label's: which text, of which map, and how much, 0 to 1."""

    identity: StructureIdentity
    text: str
    where: str
    score: float


@dataclass(frozen=True, slots=True)
class _Entry:
    identity: StructureIdentity
    text: str
    where: str
    read: LabelText
    trust: float = 1.0


@dataclass(frozen=True, eq=False)
class KnownStructures:
    """What some label maps know.

    :param structures: the codes of every structure.
    :param names: its harmonized name.
    :param colors: its colour, None where it has none.
    :param numbered: by (map, task): the labels by id.
    :param entries: every text of every structure.
    :param literal: the structures that are spelled so.
    :param weights: how much a word tells.
    """

    structures: dict[StructureIdentity, CodedStructure]
    names: dict[StructureIdentity, str]
    colors: dict[StructureIdentity, tuple[int, int, int] | None]
    numbered: dict[tuple[str, str], dict[int, VocabularyLabel]]
    entries: tuple[_Entry, ...]
    literal: dict[str, frozenset[StructureIdentity]]
    weights: dict[str, float]
    rarest: float = 1.0

    @classmethod
    def of(cls, vocabularies: Iterable[Vocabulary]) -> KnownStructures:
        """The structures of some label maps, each under all texts that they have for it."""
        structures: dict[StructureIdentity, CodedStructure] = {}
        names: dict[StructureIdentity, str] = {}
        colors: dict[StructureIdentity, tuple[int, int, int] | None] = {}
        entries: dict[tuple[StructureIdentity, str], _Entry] = {}
        numbered: dict[tuple[str, str], dict[int, VocabularyLabel]] = defaultdict(dict)
        literal: dict[str, set[StructureIdentity]] = defaultdict(set)
        for vocabulary in vocabularies:
            for label in vocabulary.labels:
                identity = label.identity
                structures.setdefault(identity, label.structure)
                names.setdefault(identity, label.structure_name)
                colors.setdefault(identity, label.color)
                if label.label is not None:
                    numbered[vocabulary.name, label.task][label.label] = label
                for text in (label.name, label.structure_name, label.structure.describe()):
                    doubt = _SAYS_LESS if text == label.name and _says_less(text, label.structure_name) else 1.0
                    entry = _Entry(identity, text, vocabulary.name, _with_coded_side(text, identity), doubt)
                    entries.setdefault((identity, spelling(text)), entry)
                for text in (label.name, label.structure_name):
                    if not _says_less(text, label.structure_name):
                        literal[spelling(text)].add(identity)
        frozen = {text: frozenset(found) for text, found in literal.items()}
        every = tuple(entries.values())
        weights = _weights(every)
        # A word that no map has tells as much as the rarest one.
        return cls(
            structures, names, colors, dict(numbered), every, frozen, weights, max(weights.values(), default=1.0)
        )

    def spelled(self, name: str) -> frozenset[StructureIdentity]:
        """The structures that some map calls so, to the letter but for case and separators."""
        return self.literal.get(spelling(name), frozenset())

    def text_matches(self, name: str) -> list[TextMatch]:
        """The best match of every structure whose text resembles a name; none of the other side, level or number."""
        query = read_label_text(name)
        literal = self.spelled(name)
        # What is spelled alike needs no guessing, unless several structures are spelled so.
        entries = [entry for entry in self.entries if len(literal) != 1 or entry.identity in literal]
        best: dict[StructureIdentity, TextMatch] = {}
        for entry in entries if query.words or query.level else ():
            score = entry.trust * self._likeness(query, entry.read)
            if score > 0 and score > getattr(best.get(entry.identity), "score", 0):
                best[entry.identity] = TextMatch(entry.identity, entry.text, entry.where, score)
        return sorted(best.values(), key=lambda match: -match.score)

    def contradictions(self, name: str, identities: Iterable[StructureIdentity]) -> set[StructureIdentity]:
        """Those structures that a name rules out by its side, vertebra or number.

        :param name: as a model or a person writes it.
        :param identities: the candidates.
        """
        query = read_label_text(name)
        texts: dict[StructureIdentity, list[LabelText]] = defaultdict(list)
        wanted = set(identities)
        for entry in self.entries:
            if entry.identity in wanted:
                texts[entry.identity].append(entry.read)
        return {identity for identity, reads in texts.items() if not any(_fit(query, read) for read in reads)}

    def _likeness(self, query: LabelText, known: LabelText) -> float:
        fit = _fit(query, known)
        if not fit:
            return 0.0
        if query.words == known.words:
            return fit
        total = self._weight(query.words) + self._weight(known.words)
        shared = 2 * self._weight(query.words & known.words)
        rest = set(known.words - query.words)
        for word in sorted(query.words - known.words):
            partner = next((other for other in sorted(rest) if _alike(word, other)), None)
            if partner is not None:
                rest.discard(partner)
                shared += _PARTIAL_WORD * (self._weight([word]) + self._weight([partner]))
        return fit * shared / total if total else 0.0

    def _weight(self, words: Iterable[str]) -> float:
        return sum(self.weights.get(word, self.rarest) for word in words)


def spelling(text: str) -> str:
    """A text without case and separators, but with all its letters and digits."""
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def _with_coded_side(text: str, identity: StructureIdentity) -> LabelText:
    read = read_label_text(text)
    coded = _SIDE_CODES.get(identity.modifier) or _SIDE_CODES.get(identity.region_modifier)
    return LabelText(read.words, coded or read.side, read.level)


def _says_less(text: str, structure_name: str) -> bool:
    """Whether a model's own text leaves out what it is, as "Tumor" does for kidney_tumors."""
    said, meant = read_label_text(text), read_label_text(structure_name)
    return said.words < meant.words or (said.side, said.level) != (meant.side, meant.level)


def _weights(entries: Iterable[_Entry]) -> dict[str, float]:
    """How much a word tells: less the more structures have it (inverse document frequency), sides counted once."""
    holders: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for entry in entries:
        for word in entry.read.words:
            holders[word].add((entry.identity.type, entry.identity.region))
    counts = Counter({word: len(found) for word, found in holders.items()})
    most = max(counts.values(), default=1)
    return {word: 1 + math.log(most / count) for word, count in counts.items()}


def _fit(query: LabelText, known: LabelText) -> float:
    """0 where side or level contradict each other, 1 where they agree, between where one leaves them open."""
    level = 1.0 if query.level == known.level else 0.0 if query.level and known.level else _LEVEL_NOT_SAID
    return level * _side_fit(query.side, known.side)


def _side_fit(query: str, known: str) -> float:
    if query == known:
        return 1.0
    if not query or not known:
        if "both" in (query, known):
            return _ONE_OF_BOTH
        return _SIDE_LEFT_OPEN if query else _SIDE_NOT_SAID
    return 0.0


@functools.lru_cache(maxsize=65536)
def _alike(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if len(short) >= _SHORTEST_STEM and long.startswith(short):
        return True
    if len(short) < _SHORTEST_STEM or abs(len(long) - len(short)) > 2:
        return False
    return difflib.SequenceMatcher(None, short, long).ratio() >= _SPELLING_ALIKE
