"""What bytes are read from: a file, or what unzips one."""

from __future__ import annotations

from typing import Protocol


class ByteSource(Protocol):
    """Anything that gives bytes one after the other."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, fewer where it ends; all that are left where ``size`` is negative."""
