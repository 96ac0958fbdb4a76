"""A small study with two models and their consensus, its server, and a client that sees what came over the wire."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imaging.seg_cases import KIDNEY_LEFT, SPLEEN
from SegmentationConcordanceLib.imaging.ct_writer import seeded_uid, write_ct_series
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.image_series import read_image_series
from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment
from SegmentationConcordanceLib.imaging.seg_reader import read_dicom_seg
from SegmentationConcordanceLib.imaging.seg_writer import write_dicom_seg
from SegmentationConcordanceLib.viewer.dicom_index import index_folder
from SegmentationConcordanceLib.viewer.dicomweb import LocalDicomWeb
from SegmentationConcordanceLib.viewer.server import ViewerServer
from SegmentationConcordanceLib.viewer.static_files import StaticFiles

GRID = Geometry.from_parts((12, 64, 48), (3.0, 3.0, 5.0), (-72.0, -96.0, -30.0), np.eye(3))
CONSENSUS = "Consensus (intersection)"
# Slices and rows of the structures, by model; the spleen of MOOSE reaches one row further on either side.
SPLEEN_ROWS = {"MOOSE": (24, 36), "CADS": (25, 35), CONSENSUS: (25, 35)}


@dataclass(frozen=True)
class Study:
    """One CT and three SEGs in one folder.

    :param segs: series UID by model.
    :param images: SOP instance UIDs in the order of k.
    """

    folder: Path
    uid: str
    ct: str
    segs: dict[str, str]
    images: tuple[str, ...]

    def seg_path(self, model: str) -> Path:
        return self.folder / f"{model[:4]}.dcm"


@dataclass(frozen=True)
class Received:
    """An answer as it came."""

    status: int
    headers: HTTPMessage
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def parts(self) -> list[bytes]:
        """The bodies of multipart/related, taken apart by Python's own reader of mail."""
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        message = message_from_bytes(head + self.body, policy=policy.HTTP)
        return [part.get_payload(decode=True) for part in message.iter_parts()]


def label_map_of(model: str) -> LabelMap:
    voxels = np.zeros(GRID.shape, dtype=np.uint8)
    first, last = SPLEEN_ROWS[model]
    voxels[2:5, first:last, 10:20] = 1
    voxels[7:10, 30:40, 28:38] = 2
    segments = (Segment(1, "spleen", SPLEEN, (200, 40, 40)), Segment(2, "kidney_left", KIDNEY_LEFT, (40, 200, 40)))
    return LabelMap((voxels,), GRID, segments)


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("viewer") / "study"
    voxels = np.full(GRID.shape, -1000, dtype=np.int16)
    voxels[:, 8:56, 6:42] = 40
    uids = {"study_uid": seeded_uid("viewed"), "series_uid": seeded_uid("viewed CT")}
    write_ct_series(
        folder / "ct", voxels, GRID, patient_id="P 1", patient_name="Müller^Jürgen",
        frame_of_reference_uid=seeded_uid("viewed frame"), **uids,
    )  # fmt: skip
    series = read_image_series(folder / "ct")
    segs = {}
    for model in SPLEEN_ROWS:
        path = folder / f"{model[:4]}.dcm"
        write_dicom_seg(path, label_map_of(model), series, model_name=model)
        segs[model] = read_dicom_seg(path).series_uid
    (folder / "notes.txt").write_text("no DICOM", encoding="utf-8")
    return Study(folder, uids["study_uid"], uids["series_uid"], segs, series.sop_instance_uids)


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory) -> StaticFiles:
    """What stands for the viewer's files."""
    folder = tmp_path_factory.mktemp("application") / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>page</title>", encoding="utf-8")
    (folder / "assets" / "code.wasm").write_bytes(b"\0asm")
    (folder / "app-config.js").write_text("stock", encoding="utf-8")
    (folder.parent / "secret.txt").write_text("secret", encoding="utf-8")
    (folder / "link.txt").symlink_to(folder.parent / "secret.txt")
    return StaticFiles(folder, {"app-config.js": b"ours"})


@pytest.fixture(scope="session")
def server(study: Study, application: StaticFiles) -> Iterator[ViewerServer]:
    faults: list[str] = []
    with ViewerServer(application, LocalDicomWeb(index_folder(study.folder)), on_fault=faults.append) as running:
        yield running
    assert faults == []


def request(server: ViewerServer, path: str, method: str = "GET", **headers: str) -> Received:
    """Ask the server; ``Host`` is set as a browser would, unless it is given."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return Received(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


@pytest.fixture(scope="session")
def get(server: ViewerServer) -> Callable[..., Received]:
    """get("/dicom-web/studies", Accept="...") -> what came."""

    def ask(path: str, method: str = "GET", **headers: str) -> Received:
        return request(server, path, method, **headers)

    return ask
