"""Reading a gzip stream to its end, where its checksum is, without following it through gigabytes of nothing."""

from __future__ import annotations

from pathlib import Path

from ..errors import UnreadableFileError
from .byte_source import ByteSource

_READ_AT_ONCE = 2**20
_MOST_BEHIND = 2**26


def require_soon_ended(stream: ByteSource, path: Path, expected: int = 0) -> None:
    """Read on to the end of the stream.

    :param expected: how many bytes are known to come.
    :raises UnreadableFileError: more than 64 MiB follow on them.
    :raises EOFError, zlib.error, gzip.BadGzipFile: the stream is truncated or damaged.
    """
    left = expected + _MOST_BEHIND
    while chunk := stream.read(_READ_AT_ONCE):
        left -= len(chunk)
        if left < 0:
            raise UnreadableFileError(
                path, "holds far more bytes than the voxels that its header announces", "Copy or export it again."
            )
