"""What a user may have meant by a name that is not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_MOST = 3
_ALIKE = 0.6


def near_matches(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """The known names that are written most alike, best first, at most three; upper and lower case are one.

    :param name: as somebody typed it.
    :param known: all that there are.
    """
    by_spelling = {_plain(one): one for one in known}
    name = _plain(name)
    close = difflib.get_close_matches(name, by_spelling, _MOST, _ALIKE)
    within = [spelling for spelling in by_spelling if len(name) > 2 and name in spelling and spelling not in close]
    return tuple(by_spelling[spelling] for spelling in (*close, *sorted(within, key=len)))[:_MOST]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The near matches as a question, ``Did you mean "liver"?``; "" where nothing is near.

    :param name: as somebody typed it.
    :param known: all that there are.
    """
    found = near_matches(name, known)
    return f"Did you mean {' or '.join(found)}?" if found else ""


def _plain(text: str) -> str:
    return text.casefold().replace("-", "_").replace(" ", "_")
