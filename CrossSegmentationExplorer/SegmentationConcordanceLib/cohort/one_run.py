"""One run at a time in an output folder. The system lifts the lock when a run ends, however it ends."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from ..errors import OutputError

LOCK_FILE = ".running"


@contextlib.contextmanager
def one_run_at_a_time(folder: Path) -> Iterator[None]:
    """Hold the folder's lock.

    :raises OutputError: another run has it.
    """
    path = folder / LOCK_FILE
    try:
        stream = path.open("a+b")
    except OSError as error:
        raise OutputError(folder, f"cannot be written to ({error.strerror})", "Choose another folder.") from error
    with stream:
        if not _locked(stream):
            raise OutputError(folder, "another run is at work in it", "Wait for it, or name another folder.")
        yield


def _locked(stream: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
