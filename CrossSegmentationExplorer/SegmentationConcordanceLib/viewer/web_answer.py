"""What a request is answered with."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import Any

_BOUNDARY = "concordance-part"


@dataclass(frozen=True, eq=False)
class Answer:
    """Status, type and body of an answer.

    :param body: all of it, or an iterator over its parts for what may not fit into memory.
    :param headers: further headers.
    """

    status: int
    media_type: str
    body: bytes | Generator[bytes, None, None]
    headers: tuple[tuple[str, str], ...] = ()


class RefusedError(Exception):
    """The request cannot be answered; the message says why, in one line."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def json_answer(values: Any) -> Answer:
    """An answer in the DICOM JSON model."""
    return Answer(200, "application/dicom+json", json.dumps(values, allow_nan=False).encode())


def refusal(status: int, message: str, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """An answer that says in one line of plain text why there is no other.

    :param status: of HTTP.
    :param message: becomes one line.
    :param headers: further headers.
    """
    return Answer(status, "text/plain; charset=utf-8", f"{' '.join(message.split())}\n".encode(), headers)


def multipart_answer(media_type: str, transfer_syntax: str, parts: Iterable[Iterable[bytes]]) -> Answer:
    """The parts as multipart/related; each one is an iterable over its bytes.

    :param media_type: of each part.
    :param transfer_syntax: UID of the parts' encoding.
    :param parts: read when they are sent.
    """
    part_type = f"{media_type}; transfer-syntax={transfer_syntax}" if transfer_syntax else media_type
    return Answer(
        200, f'multipart/related; type="{media_type}"; boundary={_BOUNDARY}', _multipart(part_type, parts)
    )  # fmt: skip


def _multipart(part_type: str, parts: Iterable[Iterable[bytes]]) -> Generator[bytes, None, None]:
    for part in parts:
        yield f"\r\n--{_BOUNDARY}\r\nContent-Type: {part_type}\r\n\r\n".encode()
        yield from part
    yield f"\r\n--{_BOUNDARY}--\r\n".encode()
