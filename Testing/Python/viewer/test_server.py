"""The server: who is answered, what is never given, and that it starts and stops without a trace."""

from __future__ import annotations

import socket
import threading
import zlib
from queue import SimpleQueue

import pydicom
import pytest
from pydicom.uid import DeflatedExplicitVRLittleEndian

from SegmentationConcordanceLib.errors import ConcordanceError
from SegmentationConcordanceLib.viewer.dicom_index import index_folder
from SegmentationConcordanceLib.viewer.dicomweb import LocalDicomWeb
from SegmentationConcordanceLib.viewer.server import ViewerServer
from SegmentationConcordanceLib.viewer.web_answer import Answer, RefusedError
from viewer.conftest import request


class Service:
    """Answers with what it is told to."""

    def __init__(self, answer=None):
        self.give = answer
        self.closed = 0

    def answer(self, path, query, accept, address):
        return self.give()

    def close(self):
        self.closed += 1


def raw(server, data):
    """Everything that the server sends back on one connection, until it closes it or is silent for a second."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=1) as connection:
        connection.sendall(data)
        received = b""
        try:
            while chunk := connection.recv(65536):
                received += chunk
        except TimeoutError:
            pass
        return received


def test_only_the_loopback_interface_is_listened_on(server):
    assert server.socket.getsockname() == ("127.0.0.1", server.port)


def test_the_page_its_files_and_its_own_routes(get):
    page = b"<!doctype html><title>page</title>"
    for path in ("/", "/viewer", "/viewer?StudyInstanceUIDs=1.2", "/segmentation/", "/index.html"):
        received = get(path)
        assert (received.status, received.body) == (200, page)
        assert received.headers["Content-Type"] == "text/html; charset=utf-8"
    assert get("/assets/code.wasm").headers["Content-Type"] == "application/wasm"
    assert get("/app-config.js").body == b"ours"
    assert get("/assets/absent.js").status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/assets/../../secret.txt", "/..\\secret.txt",
        "//secret.txt", "/./../secret.txt", "/link.txt", "/%00/../secret.txt", "/dicom-web/../../secret.txt",
        "/dicom-web/studies/../../secret.txt",
    ],
)  # fmt: skip
def test_nothing_outside_the_viewers_files_is_given(get, path):
    received = get(path)
    assert received.status in (400, 404)
    assert b"secret" not in received.body


@pytest.mark.parametrize("path", ["/", "/app-config.js", "/dicom-web/studies"])
def test_only_its_own_pages_are_answered(get, server, path):
    own = f"http://127.0.0.1:{server.port}"
    assert get(path, Origin=own).status == 200
    assert get(path, Host=f"localhost:{server.port}", Origin=f"http://localhost:{server.port}").status == 200
    for refused in (
        {"Host": f"evil.example:{server.port}"},
        {"Host": "127.0.0.1"},
        {"Host": f"127.0.0.1:{server.port + 1}"},
        {"Host": f"127.0.0.1.evil.example:{server.port}"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": f"https://127.0.0.1:{server.port}"},
        {"Origin": f"http://localhost:{server.port}"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
    ):
        received = get(path, **refused)
        assert (received.status, received.headers["Access-Control-Allow-Origin"]) == (403, None), refused


def test_a_link_from_another_page_may_be_followed(get):
    assert get("/viewer", **{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}).status == 200


def test_answers_stay_out_of_caches_frames_and_other_origins(get):
    received = get("/dicom-web/studies")
    assert received.headers["Cache-Control"] == "no-store"
    assert received.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'self'" in received.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in received.headers["Content-Security-Policy"]
    assert received.headers["Server"].strip() == "concordance"


def test_methods(get, study):
    body = get("/dicom-web/studies").body
    head = get("/dicom-web/studies", "HEAD")
    assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", str(len(body)))
    assert get(f"/dicom-web/studies/{study.uid}", "HEAD").body == b""
    options = get("/dicom-web/studies", "OPTIONS")
    assert (options.status, options.headers["Allow"]) == (204, "GET, HEAD, OPTIONS")
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        received = get("/dicom-web/studies", method)
        assert (received.status, received.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert get("/dicom-web/studies", "TRACE").status == 501


def test_a_body_is_never_taken_for_another_request(server):
    inner = f"GET /app-config.js HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n"
    for method in ("GET", "POST"):
        head = f"{method} / HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Length: {len(inner)}\r\n\r\n"
        received = raw(server, (head + inner).encode())
        assert received.count(b"HTTP/1.1 ") == 1
        assert b"ours" not in received


@pytest.mark.parametrize(
    "head",
    ["GET http://127.0.0.1/ HTTP/1.1\r\nHost: {own}", "GET / HTTP/1.1", "GET / HTTP/1.1\r\nHost: {own}\r\nHost: x"],
)
def test_requests_that_no_browser_sends(server, head):
    own = f"127.0.0.1:{server.port}"
    received = raw(server, f"{head.format(own=own)}\r\nConnection: close\r\n\r\n".encode())
    assert received.split(b" ")[1] in (b"400", b"403")


def test_one_connection_serves_many_requests(server):
    line = f"GET /app-config.js HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
    received = raw(server, (f"{line}\r\n" * 2 + f"{line}Connection: close\r\n\r\n").encode())
    assert received.count(b"HTTP/1.1 200 OK") == 3


def test_a_deflated_segmentation_is_served_inflated(study, application, tmp_path):
    stored = study.seg_path("CADS")
    deflated = pydicom.dcmread(stored)
    deflated.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    deflated.save_as(tmp_path / "deflated.dcm")
    assert (tmp_path / "deflated.dcm").stat().st_size < stored.stat().st_size / 3
    url = f"/dicom-web/studies/{study.uid}/series/{study.segs['CADS']}"
    with ViewerServer(application, LocalDicomWeb(index_folder(tmp_path))) as server:
        (metadata,) = request(server, f"{url}/metadata").json()
        assert metadata["00083002"]["Value"] == ["1.2.840.10008.1.2.1"]
        instance = f"{url}/instances/{deflated.SOPInstanceUID}"
        (whole,) = request(server, instance).parts()
        (frame,) = request(server, f"{instance}/frames/2").parts()
    (tmp_path / "inflated.dcm").write_bytes(whole)
    inflated = pydicom.dcmread(tmp_path / "inflated.dcm")
    assert inflated.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"
    assert inflated == pydicom.dcmread(stored)
    size = 64 * 48 // 8
    assert frame == pydicom.dcmread(stored).PixelData[size : 2 * size]


def test_a_damaged_deflated_file_is_left_out_and_the_server_goes_on(study, application, tmp_path):
    deflated = pydicom.dcmread(study.seg_path("CADS"))
    deflated.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    path = tmp_path / "deflated.dcm"
    deflated.save_as(path)
    index = index_folder(tmp_path)
    path.write_bytes(path.read_bytes()[:-100])
    faults, said = [], []
    with ViewerServer(application, LocalDicomWeb(index, said.append), on_fault=faults.append) as server:
        received = request(server, f"/dicom-web/studies/{study.uid}/metadata")
        assert (received.status, received.json()) == (200, [])
        path.unlink()
        assert request(server, f"/dicom-web/studies/{study.uid}/metadata").json() == []
        assert request(server, "/dicom-web/studies").json() == []
    assert faults == []
    (line,) = said
    assert "deflated.dcm: its deflated part is" in line


def test_a_fault_of_ours_names_its_place_and_no_value(application):
    def fail():
        raise zlib.error("Doe^Jane 1.2.3")

    faults = SimpleQueue()
    with ViewerServer(application, Service(fail), on_fault=faults.put) as server:
        received = request(server, "/dicom-web/studies")
        assert received.status == 500
        assert b"Doe" not in received.body
        fault = faults.get(timeout=60)
    assert faults.empty()
    assert "error in fail, line" in fault
    assert "Doe" not in fault


def test_a_body_that_breaks_off_is_seen_as_broken(application):
    def parts():
        yield b"begin"
        raise OSError("gone")

    with ViewerServer(application, Service(lambda: Answer(200, "x/y", parts()))) as server:
        received = raw(server, f"GET /dicom-web/x HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
    assert received.endswith(b"5\r\nbegin\r\n")


def test_stopping_frees_the_port_ends_connections_and_threads(application):
    def refuse():
        raise RefusedError(404, "no")

    before = set(threading.enumerate())
    service = Service(refuse)
    with ViewerServer(application, service) as server:
        port = server.port
        connection = socket.create_connection(("127.0.0.1", port), timeout=5)
        connection.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        assert connection.recv(15) == b"HTTP/1.1 200 OK"
    assert service.closed == 1
    connection.settimeout(5)
    while connection.recv(65536):
        pass
    connection.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
    for thread in set(threading.enumerate()) - before:
        thread.join(60)
        assert not thread.is_alive()
    with ViewerServer(application, Service(refuse), port) as again:
        assert again.port == port


def test_a_taken_or_impossible_port_is_refused(server, application):
    for port, fact in ((server.port, "is used by another program"), (70000, "cannot be listened on")):
        with pytest.raises(ConcordanceError, match=fact):
            ViewerServer(application, Service(), port)
