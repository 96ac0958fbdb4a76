"""Reading what may have no end, such as a device or a pipe."""

from __future__ import annotations

from pathlib import Path

_READ_AT_ONCE = 2**20


def read_at_most(path: str | Path, limit: int) -> bytes | None:
    """The bytes of a file; None where it has more than ``limit``, of which no more is read or reserved.

    :raises OSError: it cannot be read.
    """
    parts, size = [], 0
    with Path(path).open("rb") as file:
        while chunk := file.read(_READ_AT_ONCE):
            parts.append(chunk)
            size += len(chunk)
            if size > limit:
                return None
    return b"".join(parts)
