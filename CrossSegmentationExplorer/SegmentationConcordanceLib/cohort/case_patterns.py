"""Path patterns with placeholders: "{case}/ct" finds the cases of a folder tree, "*", "?" and "**" match as usual."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import ConcordanceError
from ..plurals import first_few

_PLACEHOLDER = re.compile(r"\{([A-Za-z_]\w*)\}")
_TOKEN = re.compile(r"\{[A-Za-z_]\w*\}|\*\*/|\*\*|[*?]|[^{*?]+|\{")
_LISTED = 5

Fields = tuple[tuple[str, str], ...]
"""(placeholder, text) pairs, in the order of the pattern."""


@dataclass(frozen=True, slots=True)
class PathPattern:
    """A path below a folder, with placeholders that each stand for a part of one folder or file name."""

    text: str

    @property
    def fields(self) -> tuple[str, ...]:
        """The placeholders, each once."""
        return tuple(dict.fromkeys(_PLACEHOLDER.findall(self.text)))

    def matches(self, folder: Path, leave_out: Path | None = None) -> dict[Fields, list[Path]]:
        """The paths below ``folder`` that match, by what the placeholders stand for; in the order of the paths.

        :param leave_out: a folder whose paths do not count, itself included.
        """
        expression = re.compile(_expression(self.text))
        found: dict[Fields, list[Path]] = {}
        for path in sorted(folder.glob(_glob(self.text))):
            match = expression.fullmatch(path.relative_to(folder).as_posix())
            hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
            if leave_out is not None and path.resolve().is_relative_to(leave_out):
                continue
            if match and not (hidden and "/." not in f"/{self.text}"):
                found.setdefault(tuple((name, match[name]) for name in self.fields), []).append(path)
        return found

    def filled(self, values: dict[str, str]) -> str:
        """The text with the placeholders' values in it."""
        return _PLACEHOLDER.sub(lambda one: values[one[1]], self.text)


def path_pattern(what: str, text: str) -> PathPattern:
    """A pattern as a user wrote it.

    :param what: it is called in errors, e.g. "images".
    :raises ConcordanceError: it is empty or leads out of the folder.
    """
    text = text.strip().replace(os.sep, "/").rstrip("/")
    if not text.strip("./") or text.startswith("/") or ".." in text.split("/") or Path(text).is_absolute():
        remedy = "Write it as seen from the folder of the cases, e.g. '{case}/ct'."
        raise ConcordanceError(f"{what} {text!r}", "is no path below a folder", remedy)
    if any(ord(letter) < 32 for letter in text):
        raise ConcordanceError(f"{what} {text!r}", "holds control characters", "Write it again.")
    if any("**" in part and part != "**" for part in text.split("/")):
        raise ConcordanceError(f"{what} {text!r}", "has ** beside other text", "Write ** as a folder of its own.")
    return PathPattern(text)


def require_match(what: str, pattern: PathPattern, folder: Path, found: dict[Fields, list[Path]]) -> None:
    """:raises ConcordanceError: nothing matches; the message says how far the pattern leads."""
    if found:
        return
    parts = pattern.text.split("/")
    led = next(
        (n for n in range(len(parts) - 1, 0, -1) if PathPattern("/".join(parts[:n])).matches(folder)), 0
    )  # fmt: skip
    begin = PathPattern("/".join(parts[:led])) if led else None
    places = [path for paths in begin.matches(folder).values() for path in paths] if begin else [folder]
    here = sorted({entry.name for place in places if place.is_dir() for entry in place.iterdir()})
    listed = first_few(here, _LISTED)
    where = f"{folder}/{begin.text}" if begin else str(folder)
    raise ConcordanceError(
        f"{what} '{pattern.text}'",
        f"matches nothing below {folder}; in {where} there is {listed or 'nothing'}",
        "Check the pattern.",
    )


def values_of(fields: Fields, names: Sequence[str]) -> Fields:
    """Some of the fields, in the order of ``names``.

    :raises KeyError: one is not among the fields.
    """
    found = dict(fields)
    return tuple((name, found[name]) for name in names)


def joined(fields: Fields) -> str:
    """What a case or run with these values is called."""
    return "_".join(text for _, text in fields)


def _glob(text: str) -> str:
    parts = [_PLACEHOLDER.sub("*", part.replace("[", "[[]")) for part in text.split("/")]
    # "{case}*" is one star here: two would mean any folders, and beside other text pathlib refuses them.
    stars = [part if original == "**" else re.sub(r"\*+", "*", part) for part, original in zip(parts, text.split("/"))]
    return "/".join(stars)


def _expression(text: str) -> str:
    seen: set[str] = set()
    parts = []
    for token in _TOKEN.findall(text):
        name = token[1:-1]
        if _PLACEHOLDER.fullmatch(token):
            parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>[^/]+)")
            seen.add(name)
        else:
            special = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
            parts.append(special.get(token) or re.escape(token))
    return "".join(parts)
