"""Another DICOMweb service behind ours: what it answers comes through, and nothing else can be reached."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from SegmentationConcordanceLib.errors import ConcordanceError
from SegmentationConcordanceLib.viewer.remote import RemoteDicomWeb
from SegmentationConcordanceLib.viewer.server import ViewerServer
from viewer.conftest import request


@pytest.fixture
def through(server, application):
    with ViewerServer(application, RemoteDicomWeb(f"{server.address}/dicom-web/")) as ours:
        yield ours


def test_what_the_service_answers_comes_through(through, server, study):
    image = f"/dicom-web/studies/{study.uid}/series/{study.ct}/instances/{study.images[0]}"
    for path in ("/dicom-web/studies?PatientName=M%C3%BCller*&limit=1", image, f"{image}/frames/1"):
        here, there = (request(one, path, Accept="*/*") for one in (through, server))
        assert (here.status, here.headers["Content-Type"]) == (200, there.headers["Content-Type"])
        assert here.body.replace(through.address.encode(), server.address.encode()) == there.body


def test_its_addresses_become_ours(through, study):
    (found,) = request(through, "/dicom-web/studies").json()
    assert found["00081190"]["Value"] == [f"{through.address}/dicom-web/studies/{study.uid}"]


def test_its_refusals_come_through(through):
    received = request(through, "/dicom-web/studies/1.2/metadata")
    assert (received.status, received.body) == (404, b"The DICOMweb service answered 404.\n")
    assert request(through, "/dicom-web/%2e%2e/app-config.js").status == 400
    assert request(through, "/dicom-web/..%2fapp-config.js").status in (400, 404)


def test_it_cannot_send_us_elsewhere(application, server):
    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(302)
            self.send_header("Location", f"{server.address}/app-config.js")
            self.end_headers()

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Elsewhere) as other:
        thread = threading.Thread(target=other.serve_forever)
        thread.start()
        service = RemoteDicomWeb(f"http://127.0.0.1:{other.server_port}")
        with ViewerServer(application, service) as ours:
            received = request(ours, "/dicom-web/studies")
        other.shutdown()
        thread.join()
        assert (received.status, received.body) == (502, b"The DICOMweb service answered 302.\n")
    with ViewerServer(application, service) as ours:
        received = request(ours, "/dicom-web/studies")
        assert (received.status, received.body) == (502, b"The DICOMweb service cannot be reached.\n")


@pytest.mark.parametrize(
    "root",
    ["", "pacs.example/dicom-web", "file:///etc", "ftp://x/y", "http://", "http://u:p@x/", "http://x:y/", "http://x?y"],
)
def test_what_is_no_address_is_refused(root):
    with pytest.raises(ConcordanceError, match="is no address of a DICOMweb service"):
        RemoteDicomWeb(root)
