"""Reading a gzip stream to its end, where its checksum is, without following it through gigabytes of nothing."""

from __future__ import annotations

import gzip
from pathlib import Path

from ..errors import UnreadableFileError
from .byte_source import ByteSource

_READ_AT_ONCE = 2**20
_MOST_BEHIND = 2**26
_NO_FURTHER_MEMBER = "Not a gzipped file"  # the words of Python's gzip, which has one error for all that is wrong


def require_soon_ended(stream: ByteSource, path: Path, expected: int = 0) -> None:
    """Read on to the end of the stream. What follows there and is not compressed is let be, as gzip does: its checksum
    has told by then that all before it is whole.

    :param expected: how many bytes are known to come.
    :raises UnreadableFileError: more than 64 MiB follow on them.
    :raises EOFError, zlib.error, gzip.BadGzipFile: the stream is truncated or damaged.
    """
    left = expected + _MOST_BEHIND
    while chunk := _next_chunk(stream):
        left -= len(chunk)
        if left < 0:
            raise UnreadableFileError(
                path, "holds far more bytes than the voxels that its header announces", "Copy or export it again."
            )


def _next_chunk(stream: ByteSource) -> bytes:
    try:
        return stream.read(_READ_AT_ONCE)
    except gzip.BadGzipFile as error:
        if str(error).startswith(_NO_FURTHER_MEMBER):
            return b""
        raise
