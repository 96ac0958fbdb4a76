"""Where the process of a command begins and ends. Nothing here takes long to import: Ctrl-C is heard at once."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from types import FrameType

INTERRUPTED = 130
"""The exit code that shells give to what Ctrl-C ended."""


def main() -> int:
    """Run the command of this process's words; the exit code.

    Until the libraries are imported, which takes most of a second, nothing has begun that could be lost: there Ctrl-C
    ends the process on the spot. Python would show the imports that it interrupted.
    """
    with contextlib.suppress(ValueError):  # not the main thread
        signal.signal(signal.SIGINT, _end_at_once)
    from .cli import run

    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        code = run()
    except KeyboardInterrupt:  # between two lines of ours
        code = INTERRUPTED
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, _end_at_once)
    _flush()
    return code


def _end_at_once(number: int, frame: FrameType | None) -> None:
    with contextlib.suppress(OSError):
        os.write(2, b"concordance: interrupted\n")
    os._exit(INTERRUPTED)


def _flush() -> None:
    """Write what is left; whoever read it may have gone, as head does, and Python would say so at its end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
