"""Another DICOMweb service, asked on behalf of the viewer, so that the browser sees one server only."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Sequence
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from ..errors import ConcordanceError
from .web_answer import Answer, RefusedError

_SECONDS = 120
_READ_AT_ONCE = 2**18
_PASSED_ON = "application/dicom+json"


class _NoRedirect(HTTPRedirectHandler):
    """Where the service sends us elsewhere, that is an answer, not a command."""

    def redirect_request(self, *args: Any) -> None:
        return None


class RemoteDicomWeb:
    """Passes GET requests on to one service and to nothing else; needs no CORS there.

    :param root: URL of the service, such as "https://host/dicom-web".
    :raises ConcordanceError: it is no http or https URL, or holds a name and password.
    """

    def __init__(self, root: str) -> None:
        try:
            parts = urlsplit(root)
            sound = parts.scheme in ("http", "https") and parts.hostname and not parts.query and parts.port != 0
        except ValueError:
            sound = False
        if not sound or "@" in parts.netloc:
            raise ConcordanceError(
                root, "is no address of a DICOMweb service", "Give its root, such as https://host/dicom-web."
            )
        self._root = root.rstrip("/")
        self._open = build_opener(_NoRedirect).open

    def close(self) -> None:
        """Nothing is kept."""

    def answer(self, path: Sequence[str], query: Sequence[tuple[str, str]], accept: str, address: str) -> Answer:
        """What the service answers, as it comes; in its JSON, its own address becomes ours.

        :raises RefusedError: it cannot be reached, or it refuses.
        """
        if any(part in (".", "..") for part in path):
            raise RefusedError(400, "The address has dots for a folder.")
        url = "/".join((self._root, *(quote(part, safe=",") for part in path)))
        request = Request(f"{url}?{urlencode(query)}" if query else url, headers={"Accept": accept or "*/*"})
        try:
            response = self._open(request, timeout=_SECONDS)
        except HTTPError as error:
            with error:
                raise RefusedError(
                    error.code if error.code >= 400 else 502, f"The DICOMweb service answered {error.code}."
                ) from error
        except (URLError, HTTPException, OSError) as error:
            raise RefusedError(502, "The DICOMweb service cannot be reached.") from error
        media_type = response.headers.get("Content-Type", "application/octet-stream")
        if media_type.startswith(_PASSED_ON) or media_type.startswith("application/json"):
            with response:
                text = response.read().replace(self._root.encode(), address.encode())
            return Answer(response.status, media_type, text)
        return Answer(response.status, media_type, _parts(response))


def _parts(response: HTTPResponse) -> Generator[bytes, None, None]:
    with contextlib.closing(response):
        while chunk := response.read(_READ_AT_ONCE):
            yield chunk
