"""Options as a person writes them."""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import ConcordanceError


def named_numbers(subject: str, unit: str, texts: Iterable[str]) -> dict[str, float]:
    """The numbers of texts such as "liver=3", by name; "" for a number without a name.

    :param subject: what the texts are called in an error, e.g. "--nsd-tolerance".
    :param unit: of the numbers, e.g. "mm".
    :raises ConcordanceError: a text has no number.
    """
    found = {}
    for text in texts:
        name, _, number = text.rpartition("=")
        try:
            found[name.strip()] = float(number)
        except ValueError as error:
            raise ConcordanceError(f"{subject} {text}", f"is no number of {unit}", "Write NAME=2.") from error
    return found
