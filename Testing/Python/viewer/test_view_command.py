"""``concordance view``: what it prints, and that it ends when it is told to."""

from __future__ import annotations

import contextlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading

import pytest

from SegmentationConcordanceLib.cli import run
from SegmentationConcordanceLib.commands import view
from SegmentationConcordanceLib.viewer.dicom_index import index_folder
from SegmentationConcordanceLib.viewer.segment_labels import segment_labels, structure_to_open
from SegmentationConcordanceLib.viewer.study_links import study_links


@pytest.fixture
def build(tmp_path):
    """A folder that looks like a build of OHIF."""
    folder = tmp_path / "dist"
    folder.mkdir()
    for name in ("index.html", "app-config.js"):
        (folder / name).write_text(name, encoding="utf-8")
    return folder


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_interrupted(study, build, how, repository, tmp_path):
    words = ["view", "--study", str(study.folder), "--ohif", str(build), "--port", "0", "--no-browser"]
    command = [sys.executable, "-m", "SegmentationConcordanceLib", *words]
    library = repository / "CrossSegmentationExplorer"
    environment = {"PYTHONPATH": str(library), "TMPDIR": str(tmp_path), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            assert process.stdout.readline() == "1 study, 4 series, 15 files\n"
            link = process.stdout.readline()
            port = int(re.match(r"http://127\.0\.0\.1:(\d+)/viewer\?", link).group(1))
            assert process.stdout.readline() == "Ctrl-C ends it.\n"
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            process.send_signal(how)
            out, err = process.communicate(timeout=20)
        finally:
            process.kill()
    assert (process.returncode, out, err) == (0, "", "")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
    assert [path.name for path in tmp_path.iterdir()] == ["dist"]


def test_links_open_with_the_consensus_or_at_a_structure(study):
    index = index_folder(study.folder)
    consensus = study.segs["Consensus (intersection)"]
    assert study_links(index) == [f"/viewer?StudyInstanceUIDs={study.uid}&seg={consensus}"]
    assert structure_to_open(segment_labels(index, study.uid)) == "spleen"  # all three have it, and it is the first
    (link,) = study_links(index, {study.uid: "spleen"})
    uids = [uid for uid in index.studies[study.uid] if uid != study.ct]
    assert link == (
        f"/viewer?StudyInstanceUIDs={study.uid}&SeriesInstanceUIDs={','.join([study.ct, *uids])}"
        f"&seg={consensus}&structure=spleen"
    )


def test_of_several_studies_each_address_is_said_with_its_patient(sample_cohort, build, tmp_path, monkeypatch, capsys):
    for case in sample_cohort.cases[:2]:
        shutil.copytree(case.ct_folder, tmp_path / "study" / case.name)
    over = threading.Event()
    over.set()
    monkeypatch.setattr(view, "interrupted", lambda: contextlib.nullcontext(over))
    assert run(["view", "--study", str(tmp_path / "study"), "--ohif", str(build), "--port", "0", "--no-browser"]) == 0
    _, *lines, _ = capsys.readouterr().out.splitlines()
    assert [line.split(",")[0].rstrip(":") for line in lines[::2]] == [case.name for case in sample_cohort.cases[:2]]
    assert all(line.startswith("http://127.0.0.1:") for line in lines[1::2])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "one of the arguments --study --dicomweb --fetch-only is required"),
        (["--study", "{tmp}/absent", "--ohif", "{build}"], "cannot be listed"),
        (["--study", "{tmp}", "--ohif", "{tmp}"], "is no build of OHIF"),
        (["--study", "{build}", "--ohif", "{build}"], "none of them a DICOM file"),
        (["--dicomweb", "host/dicom-web", "--ohif", "{build}"], "is no address of a DICOMweb service"),
        (["--study", "{study}", "--ohif", "{build}", "--port", "99999"], "99999 is no port from 1024 to 65535"),
    ],
)
def test_a_wrong_call_is_refused_in_one_line(words, said, study, build, tmp_path, capsys):
    words = [word.format(tmp=tmp_path, build=build, study=study.folder) for word in words]
    assert run(["view", "--no-browser", *words]) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert len(printed.err.splitlines()) == 1


def test_a_structure_that_nobody_has_is_refused_with_what_was_meant(study, build, capsys):
    assert run(["view", "--study", str(study.folder), "--ohif", str(build), "--structure", "splen"]) == 2
    assert capsys.readouterr().err.splitlines()[-1].endswith("Did you mean spleen?")


def test_segmentations_without_their_images_are_told(study, build, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(view, "_serve", lambda *_: {})
    alone = tmp_path / "results"
    alone.mkdir()
    (alone / "a.dcm").write_bytes(study.seg_path("MOOSE").read_bytes())
    assert run(["view", "--study", str(study.folder), "--ohif", str(build)]) == 0
    assert capsys.readouterr().err == ""
    assert run(["view", "--study", str(alone), "--ohif", str(build)]) == 0
    (line,) = capsys.readouterr().err.splitlines()
    assert "lies on an image series that is not there" in line
