"""What a label's text says, whatever its spelling: "Kidney R", "renal_dx" and "Niere rechts" are the same text."""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from .shipped_tables import shipped_rows

WORDS_FILE = Path(__file__).with_name("label_words.csv")

_SIDES = ("left", "right", "both")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "œ": "oe", "æ": "ae"})
_LARGE_UMLAUTS = {ord("Ä"): "Ae", ord("Ö"): "Oe", ord("Ü"): "Ue"}
_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_CODE = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]?[0-9]{3,}(?![0-9A-Za-z])")
_LEVEL = re.compile(
    r"(?<![A-Za-z0-9])(C|Th|T|L|S|HWK|BWK|LWK|HW|BW|LW|TH)[ _-]?([0-9]{1,2})(?![0-9A-Za-z])", re.IGNORECASE
)
_REGIONS = {"hwk": "c", "hw": "c", "th": "t", "bwk": "t", "bw": "t", "lwk": "l", "lw": "l"}
_SPINE = {"cervical": "c", "thoracic": "t", "dorsal": "t", "lumbar": "l"}
_SPINE |= {"cervicali": "c", "thoracica": "t", "lumbali": "l", "cervicale": "c", "thoracique": "t", "lombaire": "l"}
_SPINE |= {"cervicalis": "c", "lumbalis": "l", "dorsale": "t", "toracica": "t", "lombare": "l", "dorsalis": "t"}
_ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth"]
_ORDINALS += ["seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"]
_ROMAN = {"ii": 2, "iii": 3, "iv": 4, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "xi": 11, "xii": 12}
_LONGEST_PHRASE = 3


@dataclass(frozen=True, slots=True)
class LabelText:
    """A text taken apart.

    :param words: normalized words: lower case, singular, English, abbreviations written out; side and level left out.
    :param side: "left", "right", "both", or "" where the text has none, or two.
    :param level: a vertebra such as "t8", or a number such as "4"; "" where there is none.
    """

    words: frozenset[str]
    side: str
    level: str


@functools.lru_cache(maxsize=8192)
def read_label_text(text: str) -> LabelText:
    """Take a label's text apart; text without any known letter gives no words."""
    plain = _ascii(text)
    level = ""
    match = _LEVEL.search(plain)
    # A lone "L 4" or "R 4" of a rib is its side, not a lumbar vertebra.
    if match and not (match[1].lower() == "l" and re.search(r"\b(rib|ribs|costa|rippe|segment)", plain.lower())):
        level = _REGIONS.get(match[1].lower(), match[1].lower()) + str(int(match[2]))
        plain = f"{plain[: match.start()]} vertebra {plain[match.end() :]}"
    # A number of three digits or more, such as "T264", is a code of the file: nothing is numbered so high.
    plain = _CODE.sub(" ", plain)
    words = [_singular(piece.lower()) for piece in _PIECE.findall(plain)]
    words = list(_meanings().get((f"={' '.join(words)}",), ())) or _replace_phrases(words)
    numbers = [number for number in map(_number, words) if number]
    words = [word for word in words if not _number(word)]
    spine = [word for word in words if word in _SPINE]
    if "vertebra" in words and len(spine) == len(numbers) == 1 and not level:
        level = f"{_SPINE[spine[0]]}{numbers[0]}"
        words.remove(spine[0])
    sides = {word for word in words if word in _SIDES}
    # A name may say its side twice ("left lung L"), or both sides, which tells nothing.
    side = sides.pop() if len(sides) == 1 else "both" if sides == {"left", "right"} else ""
    level = level or (str(numbers[0]) if len(numbers) == 1 else "")
    return LabelText(frozenset(words) - frozenset(_SIDES), side, level)


def _ascii(text: str) -> str:
    lowered = text.translate(_UMLAUTS).translate(_LARGE_UMLAUTS)
    return unicodedata.normalize("NFKD", lowered).encode("ascii", "ignore").decode().replace("_", " ")


def _singular(word: str) -> str:
    if (word,) in _meanings():
        return word
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is", "as", "ens")):
        return word[:-1]
    return word


def _number(word: str) -> int | None:
    if word.isdigit():
        return int(word)
    if word in _ORDINALS:
        return _ORDINALS.index(word) + 1
    return _ROMAN.get(word)


def _replace_phrases(words: list[str]) -> list[str]:
    meanings = _meanings()
    replaced: list[str] = []
    at = 0
    while at < len(words):
        lengths = range(min(_LONGEST_PHRASE, len(words) - at), 0, -1)
        length = next((n for n in lengths if tuple(words[at : at + n]) in meanings), 0)
        replaced += meanings[tuple(words[at : at + length])] if length else (words[at],)
        at += length or 1
    return replaced


@functools.cache
def _meanings() -> dict[tuple[str, ...], tuple[str, ...]]:
    """By the words of a phrase; an abbreviation that holds as a whole text only has one key, "=la"."""
    rows = shipped_rows(WORDS_FILE)
    return {
        (row["word"],) if row["word"].startswith("=") else tuple(row["word"].split()): tuple(
            row["means"].replace("-", "").split()
        )
        for row in rows
    }
