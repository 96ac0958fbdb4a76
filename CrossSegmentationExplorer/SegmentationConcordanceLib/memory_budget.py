"""How much memory one file may ask for: what a damaged or hostile header promises is refused before it is reserved."""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Iterable
from pathlib import Path

from .errors import ConcordanceError, UnreadableFileError

VARIABLE = "CONCORDANCE_MEMORY_GB"
"""Environment variable that sets the budget, in GiB."""

GIB = 2**30
_DEFAULT_GIB = 4.0
_SHARE_OF_MACHINE = 0.5


def budget_bytes() -> int:
    """The most bytes that the voxels of one file, or of the grid that it spans, may take.

    4 GiB (a label map of 512 x 512 x 4,096 voxels of four bytes), or half of the machine's memory where that is less.
    The environment variable CONCORDANCE_MEMORY_GB sets another limit.

    :raises ConcordanceError: the variable holds no positive number.
    """
    text = os.environ.get(VARIABLE, "").strip()
    if text:
        with contextlib.suppress(ValueError):
            if 0 < float(text) < math.inf:
                return int(float(text) * GIB)
        raise ConcordanceError(VARIABLE, f"{text!r} is no positive number", "Give a number of GiB, such as 8.")
    return int(min(_DEFAULT_GIB * GIB, _SHARE_OF_MACHINE * _memory_of_machine()))


def require_within_budget(
    path: str | os.PathLike[str], sizes: Iterable[int], bytes_each: int = 1, what: str = "voxels"
) -> None:
    """Refuse a file whose header asks for more memory than the budget; nothing is reserved.

    :param sizes: lengths of the axes, or one number.
    :param bytes_each: bytes of one voxel.
    :param what: what takes the memory, for the message.
    :raises UnreadableFileError: it is too much.
    """
    sizes = [int(size) for size in sizes]
    asked, budget = math.prod(sizes) * bytes_each, budget_bytes()
    if asked > budget:
        raise UnreadableFileError(
            Path(path),
            f"asks for {_gib(asked)} of memory ({' x '.join(map(str, sizes))} {what}), the limit is {_gib(budget)}",
            f"If the file is sound, set {VARIABLE} to a higher number of GiB.",
        )


def free_bytes() -> int | None:
    """The memory that is free now; None where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError):
        return None


def _gib(count: int) -> str:
    return f"{count / GIB:.3g} GiB" if count < 1e6 * GIB else "more than a million GiB"


def _memory_of_machine() -> float:
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return math.inf
