"""Who may talk to the server: a browser of this machine that was given the key, from the server's own page."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping

LOOPBACK = "127.0.0.1"
KEY = "key"
"""Name of the address's parameter with the key."""

HEADERS = {
    # Vue compiles the page's templates in the browser, hence 'unsafe-eval'. The page may ask nobody but this server, so
    # that nothing of a patient can leave the machine through it.
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'self'",
            "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "frame-ancestors 'none'",
            "form-action 'none'",
            "base-uri 'self'",
        )
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Guard:
    """Decides on requests to a port of this machine.

    The key is in the address that the user gets. The first request hands it over, and the browser keeps it as a
    cookie that it sends to this machine only, and never with a request that another site's page makes.

    :param port: the server's.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self._key = secrets.token_urlsafe(32)

    @property
    def address(self) -> str:
        """The address to open, with the key."""
        return f"http://{LOOPBACK}:{self.port}/?{KEY}={self._key}"

    @property
    def cookie(self) -> tuple[str, str]:
        """Name and value of the cookie; the name has the port, as cookies are shared by all ports."""
        return f"concordance-explore-{self.port}", self._key

    def is_key(self, key: str) -> bool:
        """Whether this is the key."""
        return hmac.compare_digest(key.encode(), self._key.encode())

    def refusal(self, headers: Mapping[str, str], cookies: Mapping[str, str], key: str = "") -> str:
        """Why a request is refused, "" where it is not.

        :param headers: by name, upper and lower case alike; of the WebSocket's opening too.
        :param key: the one in the request's address; "" for none.
        """
        hosts = {f"{LOOPBACK}:{self.port}", f"localhost:{self.port}"}
        host = headers.get("Host", "").lower()
        if host not in hosts:
            return f"This server answers only to http://{LOOPBACK}:{self.port}."
        origin = headers.get("Origin")
        if origin is not None and origin.lower() != f"http://{host}":
            return "This server answers only to its own page."
        if not (self.is_key(key) or self.is_key(cookies.get(self.cookie[0], ""))):
            return "Open the address that the command printed: it has the key."
        return ""
