"""One process at a time changes what is in a folder; the lock ends with the process, however that ends."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Wait until no other process of ours is at this folder, and keep others waiting.

    Where the file system knows no locks the work goes on without one.

    :param folder: made where it is missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if os.name == "nt":
        with _locked_on_windows(folder):
            yield
        return
    import fcntl

    place = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(place, fcntl.LOCK_EX)
        yield
    finally:
        os.close(place)


@contextlib.contextmanager
def _locked_on_windows(folder: Path) -> Iterator[None]:
    if sys.platform != "win32":
        raise OSError("this lock is for Windows")
    import msvcrt

    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    with Path(tempfile.gettempdir(), f"concordance-{name}.lock").open("ab") as file:
        with contextlib.suppress(OSError):
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        yield
