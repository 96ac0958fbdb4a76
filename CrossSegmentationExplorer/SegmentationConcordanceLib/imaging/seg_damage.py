"""What pydicom raises on a damaged file, told as an error of ours."""

from __future__ import annotations

import contextlib
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from pydicom.errors import BytesLengthException

from ..errors import DicomSegError

DAMAGE = (
    OSError,
    EOFError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    ArithmeticError,
    RuntimeError,
    BytesLengthException,
    struct.error,
    zlib.error,
)
"""pydicom decodes values on first use: a damaged or missing one shows as any of these, wherever it is touched."""


@contextlib.contextmanager
def damage_is_told(path: Path) -> Iterator[None]:
    """Turn what pydicom raises within the block into a DicomSegError."""
    try:
        yield
    except DAMAGE as error:
        raise DicomSegError(
            path, f"has a missing or damaged attribute ({error})", "Copy or export it again."
        ) from error
