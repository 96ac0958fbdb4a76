"""Output files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..errors import OutputError
from .leftovers import temporary_name

_FACTS = {
    errno.ENOSPC: ("there is no space left on the disk", "Free some space or choose another place."),
    errno.EDQUOT: ("the disk quota is used up", "Free some space or choose another place."),
    errno.EACCES: ("no permission to write here", "Choose a folder that you may write to."),
    errno.EPERM: ("no permission to write here", "Choose a folder that you may write to."),
    errno.EROFS: ("the disk is read-only", "Choose a folder that you may write to."),
    errno.ENOTDIR: ("a part of its path is a file, not a folder", "Choose another place."),
    errno.EEXIST: ("a part of its path is a file, not a folder", "Choose another place."),
    errno.ENAMETOOLONG: ("the name is too long", "Choose a shorter one."),
}


def plain_stem(text: str) -> str:
    """A text as the name of a file without its suffix, on any system: plain letters, at most 100 of them.

    :param text: untrusted.
    :returns: "segmentation" where nothing of it is left.
    """
    return re.sub(r"[^\w.()+-]+", "_", text, flags=re.ASCII).strip("._")[:100] or "segmentation"


@contextlib.contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary path in the folder of ``path``; it takes the place of ``path`` when the block ends well.

    The block writes the temporary file itself or lets another program write it. It has the suffixes of ``path``, as
    programs choose a format by them. Folders missing above ``path`` are made. When the block raises, the temporary
    file and the folders made for it are removed, and a file that was at ``path`` before stays as it was.

    :raises OutputError: no permission, disk full, no folder to write to, a folder at ``path``, or the block wrote
        nothing. An ``OSError`` of the block that names another file passes unchanged.
    """
    path = Path(path)
    temporary = path.parent / temporary_name("".join(path.suffixes[-2:]))
    absent = _absent_folders(path.parent)
    try:
        if path.is_dir():
            raise OutputError(path, "is a folder, not a file", "Give the name of the file to write.")
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        temporary.replace(path)
    except OSError as error:
        _remove(temporary, absent)
        if error.filename is not None and Path(os.fsdecode(error.filename)) not in (path, temporary, *path.parents):
            raise
        raise output_error(path, temporary, error) from error
    except BaseException:
        _remove(temporary, absent)
        raise


@contextlib.contextmanager
def whole_files(*paths: str | os.PathLike[str]) -> Iterator[list[Path]]:
    """As :func:`whole_file` for files that belong together: all of them take their places, or none does.

    :raises OutputError: as for one file. Those that had taken their places by then are put back.
    """
    with contextlib.ExitStack() as stack:
        for path in paths:
            stack.enter_context(_put_back(Path(path)))
        yield [stack.enter_context(whole_file(path)) for path in paths]


@contextlib.contextmanager
def _put_back(path: Path) -> Iterator[None]:
    """Put the file back that is at ``path`` now, or none where there is none, when the block raises."""
    kept = path.parent / temporary_name(".earlier") if path.is_file() else None
    if kept is not None:
        _link(path, kept)
    try:
        yield
    except BaseException:
        if kept is not None:
            kept.replace(path)
            kept.unlink(missing_ok=True)  # two names of one file are left as they are by a system that follows POSIX
        elif path.is_file():
            path.unlink()
        raise
    if kept is not None:
        kept.unlink()


def _link(path: Path, second: Path) -> None:
    """A second name for a file, which takes no space; a copy where the disk knows no second names."""
    try:
        os.link(path, second)
    except OSError:
        try:
            shutil.copy2(path, second)
        except OSError as error:
            second.unlink(missing_ok=True)
            raise output_error(path, second, error) from error


def require_no_input(path: str | os.PathLike[str], inputs: Iterable[str | os.PathLike[str]]) -> None:
    """Make sure that a file to be written takes the place of none that is read.

    :param inputs: files; a link and what it leads to are one file.
    :raises OutputError: it is one of them.
    """
    path = Path(path)
    if path.is_file() and any(one.exists() and path.samefile(one) for one in map(Path, inputs)):
        raise OutputError(path, "is one of the files that are read", "Give the output another name.")


def _absent_folders(folder: Path) -> list[Path]:
    """The folders on the way to ``folder``, itself included, that are not there; the deepest first."""
    return [one for one in (folder, *folder.parents) if not os.path.lexists(one)]


def _remove(temporary: Path, absent: list[Path]) -> None:
    # What cannot be removed (the disk has gone, someone else has put a file into the folder) must not hide the cause.
    with contextlib.suppress(OSError):
        temporary.unlink()
    with contextlib.suppress(OSError):
        for folder in absent:
            folder.rmdir()


def output_error(path: Path, temporary: Path, error: OSError) -> OutputError:
    """What a failure to write means for a user.

    :param path: the file that was to be written. :param temporary: the one that was written instead.
    """
    if isinstance(error, FileNotFoundError):
        if temporary == path:
            return OutputError(path, "the system keeps no files of others in this place", "Choose another place.")
        if error.filename is not None and Path(os.fsdecode(error.filename)) != temporary:
            return OutputError(path, "its folder cannot be made", "Choose another place.")
        return OutputError(path, "was not written", "The writer ended without an error and without a file.")
    fact, remedy = _FACTS.get(error.errno or 0, (f"cannot be written ({error.strerror})", "Choose another place."))
    return OutputError(path, fact, remedy)
