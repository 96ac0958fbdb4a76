"""The programs of dcmqi, which write and read DICOM SEG, run as they are installed with Python."""

from __future__ import annotations

import importlib.metadata
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from ..errors import ConcordanceError, DicomSegError

_INSTALL = "Install it: pip install 'dcmqi>=0.4.0'."
_BEAT_S = 0.1
_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # on Windows, a console would flash up from Slicer
_LAST_WORDS = ("Fatal error encountered.", "ERROR: Conversion failed.")


def dcmqi_program(name: str) -> Path:
    """The native program ``name`` of the installed dcmqi, e.g. "itkimage2segimage".

    The native program is taken, not the Python script of the same name: the script hides that a program crashed.

    :raises ConcordanceError: dcmqi is not installed, or its package lacks the program.
    """
    try:
        files = importlib.metadata.distribution("dcmqi").files or ()
    except importlib.metadata.PackageNotFoundError as error:
        raise ConcordanceError("dcmqi", "is not installed for this Python", _INSTALL) from error
    for file in files:
        if file.parent.name == "bin" and file.parent.parent.name == "dcmqi" and file.name in (name, f"{name}.exe"):
            return Path(file.locate()).resolve()
    raise ConcordanceError("dcmqi", f"the installed package has no program {name}", _INSTALL)


def run_dcmqi(
    name: str, arguments: Sequence[str], folder: Path, waiting: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run one program of dcmqi in ``folder`` and wait for it, however long it takes.

    dcmqi splits lists at commas and takes file names byte by byte. Name files relative to ``folder``, in plain ASCII:
    then it does not matter what the path of ``folder`` looks like.

    :param waiting: called ten times a second meanwhile; may raise, which ends the program.
    :returns: exit code, standard output and standard error as text. The exit code may be other than 0.
    :raises DicomSegError: the program crashed (ended by a signal, or by Windows' equivalent).
    :raises ConcordanceError: the program is missing or cannot be started.
    """
    program = dcmqi_program(name)
    try:
        started = subprocess.Popen(
            [str(program), *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            creationflags=_NO_WINDOW,
        )
    except OSError as error:
        raise ConcordanceError(program, f"cannot be started ({error.strerror})", "Install dcmqi again.") from error
    with started:
        done = _finished(started, waiting)
    if done.returncode < 0 or done.returncode >= 0xC0000000:
        raise DicomSegError(f"dcmqi {name}", f"crashed (code {done.returncode}): {last_message(done)}")
    return done


def _finished(started: subprocess.Popen[str], waiting: Callable[[], None] | None) -> subprocess.CompletedProcess[str]:
    try:
        while True:
            try:
                out, errors = started.communicate(timeout=_BEAT_S if waiting else None)
                return subprocess.CompletedProcess(started.args, started.returncode, out, errors)
            except subprocess.TimeoutExpired:
                if waiting is not None:
                    waiting()
    except BaseException:
        started.kill()
        raise


def last_message(done: subprocess.CompletedProcess[str]) -> str:
    """The last line that the program wrote to standard error, else to standard output; for error messages."""
    lines = [line.strip() for line in (done.stderr or done.stdout).splitlines()]
    telling = [line for line in lines if line and line not in _LAST_WORDS]
    return telling[-1] if telling else "it said nothing"
