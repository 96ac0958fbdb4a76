"""Where a command is told to write: what cannot be is refused before the work, which may take hours, begins."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterable
from pathlib import Path

from ..errors import OutputError
from ..imaging.whole_files import output_error


def require_output_file(path: Path, suffix: str, *, ct: Path | None = None) -> None:
    """Make sure that a file can be written at ``path``.

    :param suffix: what its name has to end in, e.g. ".dcm".
    :param ct: the folder of the images: a result among them would be taken for one of them by other programs.
    :raises OutputError: it is a folder, has another suffix, lies in the folder of the images or where nothing can be
        written.
    """
    _require_writable(path)
    if path.is_dir():
        raise OutputError(path, "is a folder", f"Name the file to write, such as {path / f'result{suffix}'}.")
    if path.suffix.lower() != suffix:
        raise OutputError(path, f"does not end in {suffix}", f"Name the file to write, such as {path}{suffix}.")
    if ct is not None:
        require_outside(path, ct)


def require_output_folder(path: Path, *, image_folders: Iterable[Path] = ()) -> None:
    """Make sure that files can be written into the folder ``path``, which need not be there.

    :param image_folders: the folders that hold the images themselves: ``path`` may be none of them.
    """
    _require_writable(path / "x")
    if path.exists() and not path.is_dir():
        raise OutputError(path, "is a file, not a folder", "Name a folder.")
    for folder in image_folders:
        if path.is_dir() and path.samefile(folder):
            raise OutputError(path, "is the folder of the images", "Name another folder, so that these stay as is.")


def require_outside(path: Path, folder: Path) -> None:
    """:raises OutputError: the file would lie in ``folder`` or below."""
    if folder.is_dir() and path.resolve().is_relative_to(folder.resolve()):
        raise OutputError(path, f"lies in the folder of the images, {folder}", "Name a place outside of it.")


def _require_writable(path: Path) -> None:
    """Write a file of no bytes where the output, or the first folder on the way to it, is to be."""
    place = path.parent
    try:
        path.exists()  # raises where the name is too long
        while not place.exists() and place != place.parent:
            place = place.parent
        with contextlib.ExitStack() as opened:
            opened.enter_context(tempfile.NamedTemporaryFile(dir=place, prefix="."))
    except OSError as error:
        raise output_error(path, path, error) from error
