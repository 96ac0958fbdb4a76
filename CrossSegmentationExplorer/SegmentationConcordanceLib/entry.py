"""Where the process of a command begins and ends. Nothing here takes long to import: Ctrl-C is heard at once."""

from __future__ import annotations

import contextlib
import importlib.util
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
    _go_to_explore_environment()
    from .cli import build_parser, run

    parser = build_parser(sys.argv[1:])
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        code = run(sys.argv[1:], parser)
    except KeyboardInterrupt:  # between two lines of ours
        code = INTERRUPTED
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, _end_at_once)
    _flush()
    return code


def _go_to_explore_environment() -> None:
    """Run ``explore`` with the Python of `make explore-env`, where this one lacks what it needs.

    trame-slicer wants another slicer-core than the rest, so it has an environment of its own beside this one.
    """
    if sys.argv[1:2] != ["explore"] or importlib.util.find_spec("trame_slicer") is not None:
        return
    from pathlib import Path

    for folder in (Path(sys.prefix).parent, Path(__file__).resolve().parents[2]):
        for python in (
            folder / ".venv-explore" / "bin" / "python",
            folder / ".venv-explore" / "Scripts" / "python.exe",
        ):
            if python.exists() and Path(sys.prefix) != python.parents[1]:
                command = [str(python), "-m", __package__, *sys.argv[1:]]
                if os.name == "nt":  # exec there gives the prompt back while the program runs
                    import subprocess

                    signal.signal(signal.SIGINT, signal.default_int_handler)
                    sys.exit(subprocess.call(command))
                os.execv(python, command)


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
