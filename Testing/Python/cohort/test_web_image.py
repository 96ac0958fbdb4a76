"""Cases whose images lie on a DICOMweb server."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pydicom
import pytest

from commands.tiny import Tiny
from SegmentationConcordanceLib.reporting.tables import read_agreement
from SegmentationConcordanceLib.viewer.dicom_index import index_folder
from SegmentationConcordanceLib.viewer.dicomweb import LocalDicomWeb
from SegmentationConcordanceLib.viewer.server import ViewerServer
from SegmentationConcordanceLib.viewer.static_files import StaticFiles
from viewer.test_orthanc import ALONE, ORTHANC, PLUGIN

pytest.importorskip("dicomweb_client", reason="needs dicomweb-client: make setup-test")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory) -> Tiny:
    return Tiny(tmp_path_factory.mktemp("tiny"))


def serving(tiny: Tiny) -> ViewerServer:
    """A server of the tiny case's images, to be entered."""
    return ViewerServer(StaticFiles(tiny.folder, {}), LocalDicomWeb(index_folder(tiny.ct)))


def cohort_of(tiny: Tiny, path: Path, **addresses: tuple[str, str]) -> Path:
    """A cohort file: by case the address and the series of its image; the two SEGs of the tiny case on each."""
    lines = ["case,ct,series,segmentation"]
    lines += [f"{case},{address},{series},{seg}" for case, (address, series) in addresses.items() for seg in tiny.segs]
    path.write_text("\n".join(lines) + "\n")
    return path


def uids_of(tiny: Tiny) -> tuple[str, str]:
    head = pydicom.dcmread(next(tiny.ct.iterdir()), stop_before_pixels=True)
    return head.StudyInstanceUID, head.SeriesInstanceUID


def failures(folder: Path) -> dict[str, tuple[str, str]]:
    with (folder / "failures.csv").open(newline="", encoding="utf-8") as stream:
        return {line["case"]: (line["step"], line["error"]) for line in csv.DictReader(stream)}


def test_images_are_fetched_once_and_a_bad_case_stops_no_other(concordance, tiny, tmp_path):
    study, series = uids_of(tiny)
    with serving(tiny) as server:
        root = f"{server.address}/dicom-web"
        cohort = cohort_of(
            tiny, tmp_path / "cohort.csv",
            whole=(f"{root}/studies/{study}/series/{series}", ""), searched=(root, series), absent=(root, "1.2.3"),
            nameless=(root, ""), elsewhere=(f"{server.address}/nothing", series),
        )  # fmt: skip
        words = ["run", "--cohort", cohort, "--output", tmp_path / "out", "--workers", 1, "--no-surfaces"]
        assert concordance(*words).code == 2
        failed = failures(tmp_path / "out")
        assert {case: step for case, (step, _) in failed.items()} == dict.fromkeys(
            ("absent", "nameless", "elsewhere"), "fetch"
        )
        assert "has no series 1.2.3" in failed["absent"][1]
        assert "Give its SeriesInstanceUID as series" in failed["nameless"][1]
        rows = read_agreement(tmp_path / "out" / "agreement.csv")
        assert {row.case for row in rows} == {"whole", "searched"}
        images = list((tmp_path / "out" / "cases" / "whole").glob("image-*/*.dcm"))
        stored = {pydicom.dcmread(path).PixelData for path in tiny.ct.iterdir()}
        assert {pydicom.dcmread(path).PixelData for path in images} == stored
    assert "2 unchanged, 3 failed" in concordance(*words).out
    assert "does not answer (ConnectionError)" in failures(tmp_path / "out")["absent"][1]


def test_check_asks_the_server(concordance, tiny, tmp_path):
    with serving(tiny) as server:
        root, series = f"{server.address}/dicom-web", uids_of(tiny)[1]
        cohort = cohort_of(tiny, tmp_path / "cohort.csv", there=(root, series), absent=(root, "1.2.3"))
        outcome = concordance("cohort", "check", cohort)
    assert (outcome.code, "1 problem in 1 of 2 cases" in outcome.err) == (2, True)
    assert "has no series 1.2.3" in outcome.out


@pytest.mark.slow
def test_images_of_orthanc(tiny, repository, tmp_path):
    if not ORTHANC.is_file() or not PLUGIN.is_file():
        pytest.skip("needs Orthanc with DICOMweb: apt-get install --no-install-recommends orthanc orthanc-dicomweb")
    cohort = cohort_of(tiny, tmp_path / "cohort.csv", A=("http://127.0.0.1:{port}/dicom-web", uids_of(tiny)[1]))
    (tmp_path / "orthanc").mkdir()
    script = Path(__file__).with_name("run_beside_orthanc.py")
    command = [sys.executable, str(script), str(ORTHANC), str(PLUGIN), str(tmp_path / "orthanc"), str(tiny.ct)]
    command += [str(cohort), str(tmp_path / "out")]
    if shutil.which("unshare") and subprocess.run([*ALONE, "true"], capture_output=True).returncode == 0:
        command = [*ALONE, "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *command]
    library = (
        repository / "CrossSegmentationExplorer",
        repository / "Testing" / "Python",
        os.environ.get("PYTHONPATH"),
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(str(path) for path in library if path)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout)["cases"]
    assert (counts["done"], counts["failed"]) == (1, 0)
