"""The server of the page: trame's, on the loopback interface only, behind a guard."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import web
from trame_server import Server

from ..errors import ConcordanceError
from ..exploring.scan import Scan
from ..review.review_session import ReviewSession
from .guard import HEADERS, KEY, LOOPBACK, Guard
from .page import build_page
from .session import Session

_WAIT_SECONDS = 0.2


Ready = Callable[[str, Sequence[str]], None]


def serve(scan: Scan, port: int, ready: Ready, ended: Callable[[], bool], review: ReviewSession | None = None) -> str:
    """Serve the page of a scan until ``ended()`` is true; the address.

    :param port: 0 takes any free one.
    :param ready: called once with the address, as soon as it answers, and with notes on what was left out.
    :param review: with the open case, its models called as in the scan; None where nobody judges.
    :raises ConcordanceError: the port is taken or not allowed, or the scan cannot be explored.
    """
    return asyncio.run(_serve(scan, _free_port(port), ready, ended, review))


async def _serve(scan: Scan, port: int, ready: Ready, ended: Callable[[], bool], review: ReviewSession | None) -> str:
    os.environ["TRAME_ARGS"] = ""  # trame would take the words of our command line for its own
    if sys.platform == "linux" and not os.environ.get("DISPLAY"):
        os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")  # VTK would look for a screen first
    guard = Guard(port)
    server = Server("explore")
    server.client_type = "vue3"
    for name, value in HEADERS.items():
        server.http_headers.set_header(name, value)
    server.controller.on_server_bind.add(lambda bound: bound.app.middlewares.append(_middleware(guard)))
    session = Session(server, scan, review)
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
    try:
        await server.ready
        ready(guard.address, session.explorer.scan.notes)
        while not ended() and not running.done():
            await asyncio.sleep(_WAIT_SECONDS)
    finally:
        session.close()
        await server.stop()
        await running
    return guard.address


def _middleware(guard: Guard) -> Any:
    @web.middleware
    async def guarded(request: web.Request, handler: Callable) -> web.StreamResponse:
        key = request.query.get(KEY, "")
        refusal = guard.refusal(request.headers, request.cookies, key)
        if refusal:
            return web.Response(status=403, text=refusal)
        if key:
            answer = web.HTTPFound("/index.html")
            answer.set_cookie(*guard.cookie, httponly=True, samesite="Strict", path="/")
            return answer
        return await handler(request)

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
