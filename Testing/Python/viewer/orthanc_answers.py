"""Asks Orthanc, started here and stopped again, with the files of a folder in it; for test_orthanc.py.

usage: orthanc_answers.py ORTHANC PLUGIN WORK_FOLDER DICOM_FOLDER < requests.json > answers.json
Requests are [[path, Accept], ...]; answers [[status, Content-Type, body in base 64], ...].
"""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

START_SECONDS = 20


@contextlib.contextmanager
def running(orthanc: str, plugin: str, work: Path, dicom: Path) -> Iterator[int]:
    """Start, store; the port; stop."""
    port = free_port()
    configuration = {
        "Plugins": [plugin],
        "StorageDirectory": str(work / "storage"),
        "IndexDirectory": str(work / "storage"),
        "HttpPort": port,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False,
        "DicomServerEnabled": False,
        "OverwriteInstances": True,
    }
    (work / "orthanc.json").write_text(json.dumps(configuration), encoding="utf-8")
    with (work / "log").open("wb") as log:
        process = subprocess.Popen([orthanc, str(work / "orthanc.json")], stdout=log, stderr=log)
    try:
        wait_for(port, process)
        for path in sorted(dicom.rglob("*.dcm")):
            status, _, body = ask(port, "/instances", "*/*", "POST", path.read_bytes())
            if status != 200:
                sys.exit(f"Orthanc does not take {path.name}: {status} {body!r}")
        yield port
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def main(orthanc: str, plugin: str, work: Path, dicom: Path) -> None:
    """Ask what stands on standard input."""
    with running(orthanc, plugin, work, dicom) as port:
        answers = [ask(port, path, accept) for path, accept in json.load(sys.stdin)]
    json.dump([[status, kind, base64.b64encode(body).decode()] for status, kind, body in answers], sys.stdout)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port: int, process: subprocess.Popen) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit("Orthanc does not start")


def ask(port: int, path: str, accept: str, method: str = "GET", body: bytes | None = None) -> tuple[int, str, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body=body, headers={"Accept": accept})
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Content-Type", ""), answer.read()
    finally:
        connection.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
