"""A web server for this machine alone: a viewer's files and, below /dicom-web, the images that it shows."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from ..errors import ConcordanceError
from .static_files import StaticFiles
from .web_answer import Answer, RefusedError, refusal

LOOPBACK = "127.0.0.1"
SERVICE = "dicom-web"

_MOST_QUERY_FIELDS = 200
_WAIT_FOR_HANDLES_S = 0.2
_ALLOWED = (("Allow", "GET, HEAD, OPTIONS"),)
# The page may ask nobody but this server, so that nothing of a patient can leave the machine through it.
_CONTENT_SECURITY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "form-action 'none'",
        "base-uri 'none'",
    )
)
_HEADERS = (
    ("Content-Security-Policy", _CONTENT_SECURITY),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
)


class DicomWebService(Protocol):
    """Where the answers to DICOMweb requests come from."""

    def answer(self, path: Sequence[str], query: Sequence[tuple[str, str]], accept: str, address: str) -> Answer:
        """The answer to a GET request for ``path`` below the service; raises ``RefusedError``.

        :param path: its parts; untrusted.
        :param query: names and values; untrusted.
        :param accept: the request's Accept.
        :param address: of the service.
        """

    def close(self) -> None:
        """Give everything back that was taken."""


class ViewerServer(ThreadingHTTPServer):
    """Serves from the begin to the end of a ``with`` block, in threads of its own, on the loopback interface only.

    It answers GET, HEAD and OPTIONS, and only to whom it is addressed by its own name and asked from its own pages:
    a page of another site that a browser shows cannot read from it, nor can one that had its host's name resolved to
    this machine. Nothing is logged.

    :param port: 0 takes any free one.
    :param on_fault: called with one line, free of patient data, for every fault of ours on the way to an answer.
    :raises ConcordanceError: the port is taken or not allowed.
    """

    daemon_threads = True
    request_queue_size = 512
    # On Windows the option lets two programs take one port.
    allow_reuse_address = os.name != "nt"

    def __init__(
        self,
        static: StaticFiles,
        service: DicomWebService,
        port: int = 0,
        on_fault: Callable[[str], None] | None = None,
    ) -> None:
        self.static = static
        self.service = service
        self._on_fault = on_fault or (lambda line: None)
        self._connections: set[socket.socket] = set()
        self._stopping = False
        try:
            super().__init__((LOOPBACK, port), _Handler)
        except (OSError, OverflowError) as error:
            taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
            fact = "is used by another program" if taken else "cannot be listened on"
            raise ConcordanceError(f"port {port}", fact, "Name another port from 1024 to 65535.") from error
        self.own_hosts = frozenset({f"{LOOPBACK}:{self.port}", f"localhost:{self.port}"})
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self.server_address[1]

    @property
    def address(self) -> str:
        """URL of the viewer, without a slash at its end."""
        return f"http://{LOOPBACK}:{self.port}"

    def __enter__(self) -> ViewerServer:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        """Stop listening, end open connections, and close the service."""
        self._stopping = True
        self.shutdown()
        self.server_close()
        self._thread.join()
        for connection in list(self._connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.service.close()

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection and remember it."""
        try:
            connection, address = super().get_request()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                time.sleep(_WAIT_FOR_HANDLES_S)  # it would be tried again at once, as long as no file is closed
            raise
        self._connections.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        """End a connection and forget it."""
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say where a fault was, without its values; a browser that went away is none.

        :param request: the socket, as socketserver calls it.
        :param client_address: of the browser.
        """
        error = sys.exception() if hasattr(sys, "exception") else sys.exc_info()[1]
        if self._stopping or isinstance(error, (ConnectionError, TimeoutError)):
            return
        if error is None:
            return
        place = traceback.extract_tb(error.__traceback__)[-1]
        self._on_fault(f"the viewer's server failed: {type(error).__name__} in {place.name}, line {place.lineno}")


class _Handler(BaseHTTPRequestHandler):
    server: ViewerServer
    protocol_version = "HTTP/1.1"
    server_version = "concordance"
    sys_version = ""
    timeout = 60

    def do_GET(self) -> None:
        """Answer from the service or from the viewer's files."""
        try:
            answer = self._answer()
        except RefusedError as refused:
            answer = refusal(refused.status, str(refused), _ALLOWED if refused.status == 405 else ())
        except Exception:
            self._send(refusal(500, "A fault of the viewer's server. Please report it with what the terminal says."))
            raise
        self._send(answer)

    # The names that http.server looks for.
    do_HEAD = do_OPTIONS = do_GET  # noqa: N815
    do_POST = do_PUT = do_DELETE = do_PATCH = do_GET  # noqa: N815

    def log_message(self, *args: object) -> None:
        """Say nothing: addresses hold UIDs."""

    def _answer(self) -> Answer:
        self._check_request()
        if self.command == "OPTIONS":
            return Answer(204, "", b"", _ALLOWED)
        url = urlsplit(self.path)
        parts = url.path.split("/")[1:]
        if parts[0] != SERVICE:
            return self.server.static.answer(unquote(url.path))
        try:
            query = parse_qsl(url.query, max_num_fields=_MOST_QUERY_FIELDS)
        except ValueError as error:
            raise RefusedError(400, f"A query has no more than {_MOST_QUERY_FIELDS} fields.") from error
        path = [unquote(part) for part in parts[1:] if part]
        return self.server.service.answer(path, query, self.headers.get("Accept", ""), f"{self._origin()}/{SERVICE}")

    def _origin(self) -> str:
        return f"http://{self.headers['Host'].lower()}"

    def _check_request(self) -> None:
        """Refuse what does not come from this machine's user or from our own page."""
        if self.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in self.headers:
            self.close_connection = True  # the body stays unread and must not be taken for another request
        hosts = self.headers.get_all("Host", [])
        if len(hosts) != 1 or hosts[0].lower() not in self.server.own_hosts:
            raise RefusedError(403, f"This server answers only to {self.server.address}.")
        origin = self.headers.get("Origin")
        fetched_from = self.headers.get("Sec-Fetch-Site", "none")
        followed_a_link = self.headers.get("Sec-Fetch-Mode") == "navigate"
        if (origin is not None and origin.lower() != self._origin()) or (
            fetched_from not in ("none", "same-origin") and not followed_a_link
        ):
            raise RefusedError(403, "This server answers only to its own pages.")
        if self.command not in ("GET", "HEAD", "OPTIONS"):
            self.close_connection = True
            raise RefusedError(405, "This server only gives, it takes nothing.")
        if not self.path.startswith("/"):
            raise RefusedError(400, "The address must begin with a slash.")

    def _send(self, answer: Answer) -> None:
        body = answer.body
        chunked = not isinstance(body, bytes) and self.request_version != "HTTP/1.0"
        self.send_response(answer.status)
        if answer.media_type:
            self.send_header("Content-Type", answer.media_type)
        if isinstance(body, bytes):
            self.send_header("Content-Length", str(len(body)))
        elif chunked:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.close_connection = True
        if self.close_connection:
            self.send_header("Connection", "close")
        named = {name for name, _ in answer.headers}
        for name, value in (*_HEADERS, *answer.headers):
            self.send_header(name, value)
        if "Cache-Control" not in named:
            self.send_header("Cache-Control", "no-store")  # images of patients stay out of the browser's cache
        self.end_headers()
        if isinstance(body, bytes):
            if self.command != "HEAD":
                self.wfile.write(body)
            return
        with contextlib.closing(body) as parts:
            if self.command != "HEAD":
                self._send_parts(parts, chunked)

    def _send_parts(self, parts: Iterator[bytes], chunked: bool) -> None:
        """Send a body part by part; where reading fails on the way, the connection breaks off, so the client knows."""
        try:
            for part in filter(None, parts):
                self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part) if chunked else part)
            if chunked:
                self.wfile.write(b"0\r\n\r\n")
        except BaseException:
            self.close_connection = True
            raise
