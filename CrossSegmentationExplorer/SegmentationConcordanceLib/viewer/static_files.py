"""The files of a web application, served from memory of their names: what was not there at the start is never read."""

from __future__ import annotations

import os
from pathlib import Path

from .web_answer import Answer, RefusedError

_INDEX = "index.html"
# Python's own table depends on the machine, and a wrong type keeps a browser from running a file.
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
_CACHED = (("Cache-Control", "no-cache"),)


class StaticFiles:
    """A folder of files by their URL paths, and files that take the place of some of them.

    :param replaced: URL path ("app-config.js") -> content.
    """

    def __init__(self, folder: Path, replaced: dict[str, bytes]) -> None:
        self._replaced = replaced
        self._files = {
            Path(parent, name).relative_to(folder).as_posix(): Path(parent, name)
            for parent, _, names in os.walk(folder)
            for name in names
            if not Path(parent, name).is_symlink()
        }

    def answer(self, path: str) -> Answer:
        """The file at a path; the application's page for paths that look like no file: it has its own routes.

        :raises RefusedError: there is no such file.
        """
        name = path.strip("/")
        if name not in self._files and name not in self._replaced and "." not in name.rpartition("/")[2]:
            name = _INDEX
        media_type = _MEDIA_TYPES.get(os.path.splitext(name)[1].lower(), "application/octet-stream")  # noqa: PTH122
        if name in self._replaced:
            return Answer(200, media_type, self._replaced[name], _CACHED)
        if name not in self._files:
            raise RefusedError(404, "The viewer has no such file.")
        try:
            return Answer(200, media_type, self._files[name].read_bytes(), _CACHED)
        except OSError as error:
            raise RefusedError(500, f"A file of the viewer cannot be read ({error.strerror}).") from error
