"""Names of structures as a user types them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase

from ..anatomy.vocabulary import all_vocabularies
from ..errors import ConcordanceError
from ..near_matches import did_you_mean


def require_known_structures(option: str, patterns: Iterable[str], here: Collection[str]) -> None:
    """Refuse a name that no structure has; one that only other models know is no mistake.

    :param option: how they are given, for the message.
    :param patterns: names, or patterns such as "rib_*"; upper and lower case, blanks and "_" alike.
    :param here: the names of the structures at hand.
    :raises ConcordanceError: with the near matches.
    """
    patterns = [pattern for pattern in patterns if not _matches(pattern, here)]
    if not patterns:
        return
    known = {label.structure_name for one in all_vocabularies()[0] for label in one.labels}
    for pattern in patterns:
        if not _matches(pattern, known):
            meant = did_you_mean(pattern, here) or did_you_mean(pattern, known)
            remedy = meant or "'concordance labelmaps structures' lists the names."
            raise ConcordanceError(f"{option} {pattern}", "no structure is called so", remedy)


def _matches(pattern: str, names: Iterable[str]) -> bool:
    return any(fnmatchcase(_plain(name), _plain(pattern)) for name in names)


def _plain(name: str) -> str:
    return "_".join(name.casefold().split())
