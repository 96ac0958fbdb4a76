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

    The key is in the address that the user gets. The first request hands it over, and the browser keeps a cookie that
    it sends to this machine only, and never with a request that another site's page makes.

    A browser that is started by us gets a link that works once: other users of the machine can read the words that a
    program was started with. Asked for a second time, it also ends what it opened.

    :param port: the server's.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self._key = secrets.token_urlsafe(32)
        self._links: dict[str, str] = {}
        self._cookies: set[str] = set()

    @property
    def address(self) -> str:
        """The address to open, with the key."""
        return f"http://{LOOPBACK}:{self.port}/?{KEY}={self._key}"

    def one_time_address(self) -> str:
        """An address to open that works once."""
        link = secrets.token_urlsafe(32)
        self._links[link] = ""
        return f"http://{LOOPBACK}:{self.port}/?{KEY}={link}"

    @property
    def cookie_name(self) -> str:
        """The name of the cookie; it has the port, as cookies are shared by all ports."""
        return f"concordance-explore-{self.port}"

    def admit(self, key: str) -> str:
        """The value of a new cookie for who has the key or a link that was not used yet; "" for anybody else."""
        link = next((link for link in self._links if _same(key, link)), None)
        if link is not None and self._links[link]:
            self._cookies.discard(self._links[link])  # two have it, and one of them is not the user
            return ""
        if link is None and not _same(key, self._key):
            return ""
        cookie = secrets.token_urlsafe(32)
        self._cookies.add(cookie)
        if link is not None:
            self._links[link] = cookie
        return cookie

    def refusal(self, headers: Mapping[str, str], cookies: Mapping[str, str]) -> str:
        """Why a request without a key is refused, "" where it is not.

        :param headers: of the request; untrusted.
        :param cookies: of the request, by name; untrusted.
        """
        if refusal := self.stranger(headers):
            return refusal
        cookie = cookies.get(self.cookie_name, "")
        if not any(_same(cookie, known) for known in self._cookies):
            return "Open the address that the command printed: it has the key."
        return ""

    def stranger(self, headers: Mapping[str, str]) -> str:
        """Why a request is refused whatever it brings: it is for another host, or of another page.

        :param headers: by name, upper and lower case alike; of the WebSocket's opening too.
        """
        hosts = {f"{LOOPBACK}:{self.port}", f"localhost:{self.port}"}
        host = headers.get("Host", "").lower()
        if host not in hosts:
            return f"This server answers only to http://{LOOPBACK}:{self.port}."
        origin = headers.get("Origin")
        if origin is not None and origin.lower() != f"http://{host}":
            return "This server answers only to its own page."
        return ""


def _same(one: str, other: str) -> bool:
    # What came is text of any kind, half letters included.
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))
