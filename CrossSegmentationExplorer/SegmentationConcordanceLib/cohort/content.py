"""Knowing files again by their content; a content is read anew only where size or time of the file changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .harmonized_table import files_below, fingerprint, stamp

_BLOCK = 2**20


@dataclass(slots=True)
class Contents:
    """The contents of files.

    :param known: by path, what an earlier run noted: stamp and hash.
    :param seen: the same of this run.
    """

    known: Mapping[str, Sequence[str]] = field(default_factory=dict)
    seen: dict[str, list[str]] = field(default_factory=dict)

    def of(self, path: Path) -> str:
        """SHA-256 of a file's content; "" where there is none."""
        now = stamp(path)
        if not now:
            return ""
        before = self.known.get(str(path))
        digest = before[1] if before is not None and before[0] == now else _digest(path)
        self.seen[str(path)] = [now, digest]
        return digest

    def of_all(self, paths: Iterable[Path], *, named: bool) -> str:
        """A text that is another one for any other content of some files and folders.

        :param named: whether the names of the files count, where a reader goes by them, or their contents alone.
        """
        facts = [f"{path.name} {self.of(path)}" if named else self.of(path) for path in files_below(list(paths))]
        return fingerprint(sorted(facts))


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
