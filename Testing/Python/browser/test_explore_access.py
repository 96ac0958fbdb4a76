"""Who can reach the explorer's page, and who cannot."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from browser.explore_server import start_explore
from SegmentationConcordanceLib.browser.guard import Guard

OPENING = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.fixture
def guard():
    return Guard(8000)


@pytest.fixture
def cookie(guard):
    return {guard.cookie_name: guard.admit(guard.address.partition("key=")[2])}


def asked(server, path, **headers):
    """Status and headers of the answer to a GET."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    connection.close()
    return answer.status, answer.headers


@pytest.fixture(scope="module")
def server_cookie(server) -> str:
    """What a browser keeps after it has opened the address."""
    status, headers = asked(server, f"/?key={server.key}")
    assert status == 200
    return headers["Set-Cookie"]


@pytest.fixture
def other_site() -> Iterator[str]:
    """A page of another origin on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<p>another site</p>")

        def log_message(self, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as site:
        thread = threading.Thread(target=site.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{site.server_port}/"
        site.shutdown()
        thread.join()


def test_the_guard_lets_in_who_has_the_key_or_the_cookie(guard, cookie):
    key = guard.address.partition("key=")[2]
    assert guard.admit(key)
    assert guard.refusal({"Host": "localhost:8000", "Origin": "http://localhost:8000"}, cookie) == ""


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Host": "127.0.0.1"},
        {"Host": "127.0.0.1:8001"},
        {"Host": "evil.example:8000"},
        {"Host": "127.0.0.1:8000", "Origin": "http://127.0.0.1:8001"},
        {"Host": "127.0.0.1:8000", "Origin": "http://localhost:8000"},
        {"Host": "127.0.0.1:8000", "Origin": "https://127.0.0.1:8000"},
        {"Host": "127.0.0.1:8000", "Origin": "null"},
    ],
)
def test_the_guard_refuses_other_hosts_and_origins_even_with_the_cookie(guard, cookie, headers):
    assert guard.refusal(headers, cookie).startswith("This server answers only to")


@pytest.mark.parametrize("key", ["", "x", "é", "\udce9", "\ud800"])
def test_the_guard_refuses_a_wrong_key(guard, cookie, key):
    assert guard.admit(key) == ""
    assert guard.refusal({"Host": "127.0.0.1:8000"}, dict.fromkeys(cookie, key)).startswith("Open the address")


def test_a_link_works_once_and_a_second_use_ends_the_first(guard):
    link = guard.one_time_address().partition("key=")[2]
    assert link not in guard.address
    host = {"Host": "127.0.0.1:8000"}
    first = {guard.cookie_name: guard.admit(link)}
    assert guard.refusal(host, first) == ""
    assert guard.admit(link) == ""
    assert guard.refusal(host, first).startswith("Open the address")
    assert guard.admit(guard.address.partition("key=")[2])


def test_no_two_servers_have_one_key():
    assert Guard(8000).address != Guard(8000).address


@pytest.mark.slow
def test_without_the_key_nothing_is_answered(server):
    for path in ("/", "/index.html", "/explore/explore.js", "/ws", "/?key=wrong"):
        assert asked(server, path)[0] == 403


@pytest.mark.slow
def test_the_key_becomes_a_cookie_that_scripts_and_other_sites_do_not_get(server_cookie):
    parts = {part.strip().casefold() for part in server_cookie.split(";")}
    assert {"httponly", "samesite=strict", "path=/"} <= parts


@pytest.mark.slow
def test_the_page_may_ask_nobody_else_and_is_not_kept(server, server_cookie):
    status, headers = asked(server, "/index.html", Cookie=server_cookie.partition(";")[0])
    assert status == 200
    assert "connect-src 'self'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.slow
def test_the_websocket_opens_for_the_own_page_alone(server, server_cookie):
    own, cookie = f"http://127.0.0.1:{server.port}", server_cookie.partition(";")[0]
    assert asked(server, "/ws", Cookie=cookie, Origin=own, **OPENING)[0] == 101
    assert asked(server, "/ws", Cookie=cookie, Origin="http://127.0.0.1:1", **OPENING)[0] == 403
    assert asked(server, "/ws", Origin=own, **OPENING)[0] == 403


@pytest.mark.slow
def test_cookies_of_any_bytes_are_refused_in_words(server):
    answer = raw(server, b"GET /index.html HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nCookie: %b\r\n\r\n", b"a=\xe9\xff; b=\xf0")
    assert answer.startswith(b"HTTP/1.1 403")
    name = b"concordance-explore-%d=\xe9\xff" % server.port
    assert raw(server, b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nCookie: %b\r\n\r\n", name).startswith(b"HTTP/1.1 40")


@pytest.mark.slow
def test_junk_on_the_websocket_ends_its_connection_only(explore_python, explored):
    output = next(one for one in explored.outputs if one.label_map_name == "moose")
    words = ["--ct", explored.ct_folder, "--seg", *(f"{name}={output.paths[0]}" for name in "AB")]
    own = start_explore(explore_python, [*words, "--model", "moose"])
    try:
        _, headers = asked(own, f"/?key={own.key}")
        cookie = headers["Set-Cookie"].partition(";")[0]
        for frame in (b"\x82\x84\0\0\0\0junk", b"\x81\x84\0\0\0\0text", b"\x82\xfe\0\xff" + bytes(4) + b"\xff" * 255):
            with socket.create_connection(("127.0.0.1", own.port), timeout=10) as connection:
                lines = ["GET /ws HTTP/1.1", f"Host: 127.0.0.1:{own.port}", f"Cookie: {cookie}"]
                lines += [f"{name}: {value}" for name, value in OPENING.items()]
                connection.sendall("\r\n".join([*lines, "", ""]).encode())
                assert b" 101 " in connection.recv(4096)
                connection.sendall(frame)
                connection.settimeout(2)
                with contextlib.suppress(OSError):
                    connection.recv(4096)
        assert asked(own, "/index.html", Cookie=cookie)[0] == 200
    finally:
        code, err = own.end()
    assert code == 0
    assert "Traceback" not in err
    assert all(line.startswith("concordance: note: ") for line in err.splitlines()), err


def raw(server, head, cookie):
    """The answer to a request whose cookie is no text."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(head % (server.port, cookie))
        return connection.recv(4096)


@pytest.mark.slow
def test_a_page_of_another_origin_in_the_same_browser_cannot_connect(server, browser, other_site):
    context = browser.new_context()
    context.request.get(server.address)
    tab = context.new_page()
    tab.goto(other_site)
    opened = tab.evaluate(
        """port => new Promise(resolve => {
            const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
            socket.onopen = () => resolve(true);
            socket.onerror = () => resolve(false);
        })""",
        server.port,
    )
    names = [kept["name"] for kept in context.cookies(f"http://127.0.0.1:{server.port}")]
    context.close()
    assert names == [f"concordance-explore-{server.port}"]
    assert opened is False


@pytest.mark.slow
def test_it_listens_on_the_loopback_address_only(server):
    # A server on all interfaces would answer on every address of the loopback network.
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", server.port), timeout=5)
