"""The server of the page: trame's, on the loopback interface only, behind a guard."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import web
from trame_server import Server

from ..errors import ConcordanceError
from ..exploring.scan import Scan
from ..review.case_walk import CaseWalk
from ..review.review_session import ReviewSession
from .guard import HEADERS, KEY, LOOPBACK, Guard
from .page import build_page
from .session import Session

_WAIT_SECONDS = 0.2
_COMPLAINING = ("wslink", "aiohttp.server")  # loggers
_SAY_NOTHING = ("Traceback", "Exception raised", "Error handling request")


Ready = Callable[[str, str, Sequence[str]], None]
_ENTRY = """<!doctype html><title>explorer</title><meta http-equiv="refresh" content="0; url=/index.html">
<a href="/index.html">Open the explorer</a>"""
"""The answer to who has the key: a page of ours that goes on by itself. A redirection would be of who linked here, and
then the browser keeps the cookie back."""


def serve(
    scan: Scan,
    port: int,
    ready: Ready,
    ended: Callable[[], bool],
    review: ReviewSession | None = None,
    note: Callable[[str], None] = lambda line: None,
    walk: CaseWalk[Scan] | None = None,
) -> str:
    """Serve the page of a scan until ``ended()`` is true; the address.

    :param port: 0 takes any free one.
    :param ready: called once, as soon as it answers, with the address, with another one that works once, for a browser
        to be started with, and with notes on what was left out.
    :param note: called with what goes wrong while it serves, one line each.
    :param review: with the open case, its models called as in the scan; None where nobody judges.
    :param walk: through the cases of a work list, at the scan; None for one case.
    :raises ConcordanceError: the port is taken or not allowed, or the scan cannot be explored.
    """
    return asyncio.run(_serve(scan, _free_port(port), ready, ended, review, note, walk))


async def _serve(
    scan: Scan,
    port: int,
    ready: Ready,
    ended: Callable[[], bool],
    review: ReviewSession | None,
    note: Callable[[str], None],
    walk: CaseWalk[Scan] | None,
) -> str:
    os.environ["TRAME_ARGS"] = ""  # trame would take the words of our command line for its own
    if sys.platform == "linux" and not os.environ.get("DISPLAY"):
        os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")  # VTK would look for a screen first
    guard = Guard(port)
    server = Server("explore")
    server.client_type = "vue3"
    for name, value in HEADERS.items():
        server.http_headers.set_header(name, value)
    server.controller.on_server_bind.add(lambda bound: bound.app.middlewares.append(_middleware(guard)))
    session = Session(server, scan, review, walk)
    build_page(server, session)
    running = asyncio.ensure_future(
        server.start(
            port=port,
            host=LOOPBACK,
            timeout=0,
            thread=True,  # signals stay ours
            open_browser=False,
            show_connection_info=False,
            exec_mode="coroutine",
        )
    )
    messages = _Messages(note)
    for name in _COMPLAINING:
        logging.getLogger(name).addHandler(messages)
        logging.getLogger(name).propagate = False
    try:
        await server.ready
        ready(guard.address, guard.one_time_address(), session.explorer.scan.notes)
        while not ended() and not running.done():
            await asyncio.sleep(_WAIT_SECONDS)
    finally:
        session.close()
        for name in _COMPLAINING:
            logging.getLogger(name).removeHandler(messages)
        await server.stop()
        await running
    return guard.address


class _Messages(logging.Handler):
    """What the WebSocket's library complains of, in one line each and without what was sent."""

    def __init__(self, note: Callable[[str], None]) -> None:
        super().__init__(logging.ERROR)
        self._note = note

    def emit(self, record: logging.LogRecord) -> None:
        """Say the first line; stacks, and that there was something, say nothing to a user."""
        line = record.getMessage().splitlines()[0][:200] if record.getMessage() else ""
        if line and not line.startswith(_SAY_NOTHING):
            self._note(f"the page's connection: {line.rstrip(':')}")


def _middleware(guard: Guard) -> Any:
    @web.middleware
    async def guarded(request: web.Request, handler: Callable) -> web.StreamResponse:
        key = request.query.get(KEY, "")
        if refusal := guard.stranger(request.headers):
            return web.Response(status=403, text=refusal)
        if key and (cookie := guard.admit(key)):
            answer = web.Response(text=_ENTRY, content_type="text/html", headers=HEADERS)
            answer.set_cookie(guard.cookie_name, cookie, httponly=True, samesite="Strict", path="/")
            return answer
        if refusal := guard.refusal(request.headers, request.cookies):
            return web.Response(status=403, text=refusal)
        try:
            return await handler(request)
        except web.HTTPException:
            raise
        except Exception as error:  # noqa: BLE001  a message that makes no sense ends its connection, and is said once
            logging.getLogger("wslink").error("a message made no sense (%s)", type(error).__name__)
            raise ConnectionResetError from None

    return guarded


def _free_port(port: int) -> int:
    """The port, or a free one for 0: the guard must know it before the server listens."""
    with socket.socket() as trial:
        if os.name != "nt":  # as the server will: the port of a server that has just ended is free
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((LOOPBACK, port))
        except (OSError, OverflowError) as error:
            fact = "cannot be listened on, another program may use it"
            raise ConcordanceError(f"port {port}", fact, "Name another port from 1024 to 65535.") from error
        return trial.getsockname()[1]
