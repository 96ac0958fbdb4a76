"""Types of arguments: what no command can use is refused where it is typed."""

from __future__ import annotations

import argparse
from pathlib import Path

_LONGEST_TEXT = 1000


def path(text: str) -> Path:
    """A path; an empty one would silently be the folder at hand."""
    if not text.strip():
        raise argparse.ArgumentTypeError("an empty path")
    return Path(text)


def path_text(text: str) -> str:
    """A path or pattern as it was typed, not empty."""
    return str(path(text)) and text


def text(value: str) -> str:
    """A name or title that files can hold: not empty, and no bytes that are no text."""
    if not value.strip():
        raise argparse.ArgumentTypeError("an empty text")
    if len(value) > _LONGEST_TEXT:
        raise argparse.ArgumentTypeError(f"a text of {len(value)} letters, more than {_LONGEST_TEXT}")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise argparse.ArgumentTypeError(f"{value!a} is no text in UTF-8") from error
    return value


def natural(value: str) -> int:
    """A whole number from 0 on, of at most 18 digits."""
    if not value.isascii() or not value.isdecimal() or len(value) > 18:
        raise argparse.ArgumentTypeError(f"{value!r} is no whole number from 0 on")
    return int(value)


def port(value: str) -> int:
    """A port that a user's program may listen on; 0 takes any."""
    number = natural(value)
    if number != 0 and not 1024 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{value} is no port from 1024 to 65535")
    return number


def share(text: str) -> float:
    """A share from 0 to 1.

    :raises ValueError: it is none.
    """
    value = float(text)
    if not 0 <= value <= 1:
        raise ValueError(text)
    return value
