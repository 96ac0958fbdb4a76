"""Hidden files that a killed process left while it wrote: named so that the next run knows them, and removes them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import re
import secrets
import shutil
import time
from pathlib import Path

PREFIX = ".concordance-"
_NAME = re.compile(re.escape(PREFIX) + r"([0-9a-f]{6})-([0-9]{1,10})-[0-9a-f]{8}(\..*)?")
_FORGOTTEN_S = 7 * 24 * 3600.0


def temporary_name(suffix: str = "") -> str:
    """A name for a file or folder that is being written; it says which process of which machine is at it."""
    return f"{PREFIX}{_machine()}-{os.getpid()}-{secrets.token_hex(4)}{suffix}"


def sweep(folder: Path) -> list[Path]:
    """Remove what ended processes left in a folder: of this machine, or a week old.

    What belongs to a process that lives, or that another machine may still be writing, stays, and so does whatever has
    another name. What cannot be removed is no reason to fail.

    :returns: what was removed.
    """
    removed = []
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            found = _NAME.fullmatch(path.name)
            if found and _is_left(path, found[1], int(found[2])):
                with contextlib.suppress(OSError):
                    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
                    removed.append(path)
    return removed


def _is_left(path: Path, machine: str, process: int) -> bool:
    if machine == _machine() and os.name == "posix":
        return not _lives(process)
    try:
        return time.time() - path.lstat().st_mtime > _FORGOTTEN_S
    except OSError:
        return False


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _machine() -> str:
    return hashlib.sha256(platform.node().encode()).hexdigest()[:6]
