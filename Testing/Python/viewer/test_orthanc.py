"""The same answers as Orthanc's, the reference server: what OHIF asks searches for, and the bytes of frames."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from email.message import Message
from pathlib import Path

import pydicom
import pytest

from viewer.conftest import Received

ORTHANC = Path("/usr/sbin/Orthanc")
PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
# A network of its own, as this Orthanc listens on all interfaces whatever it is told.
ALONE = ["unshare", "--map-root-user", "--net"]
FRAMES = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'
JSON = "application/dicom+json"
# What OHIF's study list and study browser read of a search, by tag.
OF_STUDIES = [
    "0020000D", "00080020", "00080030", "00080050", "00100010", "00100020", "00080061", "00081030", "00201208",
]  # fmt: skip
OF_SERIES = ["0020000E", "00080060", "00200011", "0008103E", "00201209"]
OF_INSTANCES = ["00080016", "00080018", "00200013", "00280010", "00280011", "00280008"]
SEARCHES = [
    ("studies?{more}", OF_STUDIES),
    ("studies?StudyInstanceUID={study}&limit=101&offset=0&fuzzymatching=false&{more}", OF_STUDIES),
    ("studies?PatientID=P*&{more}", OF_STUDIES),
    ("studies?PatientName=M*&{more}", OF_STUDIES),
    ("studies?StudyInstanceUID=1.2.3&{more}", OF_STUDIES),
    ("studies?ModalitiesInStudy=SEG&{more}", OF_STUDIES),
    ("studies?StudyDate=20240101-20240131&{more}", OF_STUDIES),
    ("studies/{study}/series?{more}", OF_SERIES),
    ("studies/{study}/series?Modality=SEG&{more}", OF_SERIES),
    ("studies/{study}/series?SeriesInstanceUID={ct}&{more}", OF_SERIES),
    ("studies/{study}/series/{ct}/instances?{more}", OF_INSTANCES),
    ("studies/{study}/series/{moose}/instances?{more}", OF_INSTANCES),
]
MORE = "&".join(
    f"includefield={tag}"
    for tag in ("00081030", "00080060", "0008103E", "00280010", "00280011", "00280008", "00200011")
)


@pytest.fixture(scope="module")
def orthanc(study, tmp_path_factory):
    """Answers of Orthanc to requests, all of them in one go."""
    if not ORTHANC.is_file() or not PLUGIN.is_file():
        pytest.skip("needs Orthanc with DICOMweb: apt-get install --no-install-recommends orthanc orthanc-dicomweb")
    script = Path(__file__).with_name("orthanc_answers.py")

    def ask(paths):
        work = tmp_path_factory.mktemp("orthanc")
        command = [sys.executable, str(script), str(ORTHANC), str(PLUGIN), str(work), str(study.folder)]
        can_be_alone = shutil.which("unshare") and subprocess.run([*ALONE, "true"], capture_output=True).returncode == 0
        if can_be_alone:
            command = [*ALONE, "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *command]
        asked = json.dumps([[path, FRAMES if "frames" in path else JSON] for path in paths])
        done = subprocess.run(command, input=asked, capture_output=True, text=True, timeout=90)
        assert done.returncode == 0, done.stderr
        answers = []
        for status, kind, body in json.loads(done.stdout):
            headers = Message()
            headers["Content-Type"] = kind
            answers.append(Received(status, headers, base64.b64decode(body)))
        return answers

    return ask


@pytest.fixture(scope="module")
def paths(study):
    """Every search, and a frame of every image and some of every segmentation."""
    names = {"study": study.uid, "ct": study.ct, "moose": study.segs["MOOSE"], "more": MORE}
    found = [f"/dicom-web/{search.format(**names)}" for search, _ in SEARCHES]
    base = f"/dicom-web/studies/{study.uid}/series"
    found += [f"{base}/{study.ct}/instances/{image}/frames/1" for image in study.images]
    for model, uid in study.segs.items():
        dataset = pydicom.dcmread(study.seg_path(model), stop_before_pixels=True)
        url = f"{base}/{uid}/instances/{dataset.SOPInstanceUID}/frames"
        found += [f"{url}/{number}" for number in range(1, dataset.NumberOfFrames + 1)]
    return found


@pytest.fixture(scope="module")
def both(orthanc, paths, server):
    """Orthanc's answer and ours, by path."""
    from viewer.conftest import request

    theirs = orthanc(paths)
    ours = [request(server, path, Accept=FRAMES if "frames" in path else JSON) for path in paths]
    return dict(zip(paths, zip(theirs, ours)))


def comparable(answer, tags):
    """The values of the tags, without empty ones and with numbers as numbers, whatever JSON type a server writes."""
    found = {}
    for tag in tags:
        values = answer.get(tag, {}).get("Value", [])
        values = [int(v) if answer[tag]["vr"] in ("IS", "US") else v for v in values if v not in (None, "")]
        if values:
            found[tag] = sorted(values) if tag == "00080061" else values
    return found


def test_searches_find_the_same(both, paths):
    n_found = []
    for path, (_, tags) in zip(paths, SEARCHES):
        theirs, ours = both[path]
        assert theirs.status == ours.status == 200, path
        found = [[comparable(item, tags) for item in answer.json()] for answer in (theirs, ours)]
        in_order = [sorted(items, key=lambda item: json.dumps(item, sort_keys=True)) for items in found]
        assert in_order[1] == in_order[0], path
        n_found.append(len(in_order[0]))
    assert n_found == [1, 1, 1, 1, 0, 1, 1, 4, 3, 1, 12, 1]


def test_frames_have_the_same_bytes(both, paths):
    frames = [path for path in paths if "frames" in path]
    assert len(frames) > 12 + 3 * 6 - 1
    for path in frames:
        theirs, ours = both[path]
        assert theirs.status == ours.status == 200, path
        assert ours.parts() == theirs.parts(), path
        assert ours.headers["Content-Type"].split(";")[0] == theirs.headers["Content-Type"].split(";")[0]
