"""What a text, such as a folder's name, tells of the model and the version that wrote something."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .known_structures import spelling
from .vocabulary import Vocabulary

_LITERAL, _DOTTED_VERSION, _MODEL_ALONE = 0.9, 0.95, 0.5
_MOST_WORDS = 2


@dataclass(frozen=True, slots=True)
class ToldModel:
    """That a text names a model.

    :param confidence: 0 to 1.
    :param tells_version: whether it names this version and no other: "2.4" does, "v2" does not.
    """

    confidence: float
    tells_version: bool


def told_model(text: str, vocabulary: Vocabulary, known: Iterable[Vocabulary]) -> ToldModel | None:
    """What a text says for one label map; None where it does not name the model, or names another version of it.

    :param known: all label maps, as the name of one may be the beginning of another's.
    """
    head = dict(vocabulary.head)
    model = spelling(head.get("model", ""))
    model = model if len(model.split()) <= _MOST_WORDS else ""
    versions = _versions(head.get("version", ""))
    named = model and re.search(rf"\b{_loosely(model)}[\W_]*v?(\d+)\.(\d+)", text, re.IGNORECASE)
    if named and versions:
        version = int(named[1]), int(named[2])
        return ToldModel(_DOTTED_VERSION, True) if versions[0] <= version <= versions[1] else None
    spelled = spelling(text)
    major = re.search(rf"\b{model} ?v?(\d+)\b", spelled) if model else None
    if major and versions and int(major[1]) != versions[0][0]:
        return None
    own = _literal(spelled, _forms(vocabulary))
    longest = max((len(_literal(spelled, _forms(other))) for other in known), default=0)
    if own and len(own) == longest:
        return ToldModel(_LITERAL, bool(model) and own != (major[0] if major else model))
    return ToldModel(_MODEL_ALONE, False) if model and re.search(rf"\b{model}(\b|(?= ?v?\d))", spelled) else None


def _forms(vocabulary: Vocabulary) -> tuple[str, ...]:
    return spelling(vocabulary.name), spelling(vocabulary.title)


def _literal(spelled: str, forms: Iterable[str]) -> str:
    """The longest of the forms that is in the text as whole words; "" for none."""
    return max((form for form in forms if form and f" {form} " in f" {spelled} "), key=len, default="")


def _loosely(model: str) -> str:
    return r"[\W_]*".join(re.escape(word) for word in model.split())


def _versions(text: str) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The first and the last version of "2.2 to 2.6"; twice the same where it is one, None where it is no number."""
    found = [(int(major), int(minor)) for major, minor in re.findall(r"\b(\d+)\.(\d+)", text)[:2]]
    return (found[0], found[-1]) if found else None
