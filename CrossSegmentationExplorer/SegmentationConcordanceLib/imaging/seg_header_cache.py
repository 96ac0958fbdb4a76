"""The headers of SEG files, each read once for as long as its file stays as it is."""

from __future__ import annotations

from pathlib import Path

from ..errors import UnreadableFileError
from .seg_header import SegHeader, read_seg_header


class SegHeaderCache:
    """Headers by path, size and time of the last change; kept in memory only.

    Not on disk: asking a file for its size and time takes a share of the time that reading its header takes, so a
    stored header would save a tenth of a second for a hundred files, once per session.
    """

    def __init__(self) -> None:
        self._known: dict[Path, tuple[tuple[int, int], SegHeader]] = {}

    def get(self, path: Path) -> SegHeader:
        """The header of a file.

        :raises UnreadableFileError, DicomSegError: as :func:`read_seg_header` does; asked again, it is read again.
        """
        try:
            status = path.stat()
        except OSError as error:
            raise UnreadableFileError(path, f"cannot be read ({error.strerror})", "Import it again.") from error
        state = (status.st_size, status.st_mtime_ns)
        known = self._known.get(path)
        if known is None or known[0] != state:
            known = self._known[path] = (state, read_seg_header(path))
        return known[1]
