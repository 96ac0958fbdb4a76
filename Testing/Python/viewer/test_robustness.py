"""Damaged files, many requests at once, no file handles left, and the end while all of it goes on."""

from __future__ import annotations

import contextlib
import errno
import itertools
import re
import shutil
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from SegmentationConcordanceLib.viewer import dicomweb, shared_results
from SegmentationConcordanceLib.viewer.dicom_index import index_folder
from SegmentationConcordanceLib.viewer.dicomweb import LocalDicomWeb
from SegmentationConcordanceLib.viewer.server import ViewerServer
from SegmentationConcordanceLib.viewer.shared_results import SharedResults
from SegmentationConcordanceLib.viewer.static_files import StaticFiles
from viewer.conftest import request

MODEL = "MOOSE"


@pytest.fixture
def damaged(study, tmp_path):
    """A copy of the study in which one SEG is damaged behind what the index reads; folder and path of the SEG."""
    folder = tmp_path / "patient John Doe"
    shutil.copytree(study.folder, folder)
    seg = folder / study.seg_path(MODEL).name
    content = bytearray(seg.read_bytes())
    at = content.index(b"\x62\x00\x02\x00SQ")  # SegmentSequence: its items become nonsense
    content[at + 12 : at + 60] = bytes(range(48))
    seg.write_bytes(content)
    return folder, seg


@pytest.fixture
def serving(tmp_path):
    """Serve a folder; the server and what it said."""
    open_servers = []

    def serve(folder):
        said = []
        static = StaticFiles(Path("no folder"), {"index.html": b""})
        server = ViewerServer(static, LocalDicomWeb(index_folder(folder), said.append), on_fault=said.append)
        open_servers.append(server.__enter__())
        return server, said

    yield serve
    for server in open_servers:
        server.__exit__(None, None, None)


def test_a_damaged_seg_is_left_out_of_all_that_includes_it_and_said_once(study, damaged, serving):
    folder, seg = damaged
    server, said = serving(folder)
    web = f"/dicom-web/studies/{study.uid}"
    for _ in range(2):
        received = request(server, f"{web}/metadata")
        assert received.status == 200
        assert b"John Doe" not in received.body
        uids = {one["0020000E"]["Value"][0] for one in received.json()}
        assert uids == {study.ct, *study.segs.values()} - {study.segs[MODEL]}
    series = request(server, f"{web}/series").json()
    assert study.segs[MODEL] not in {one["0020000E"]["Value"][0] for one in series}
    assert request(server, f"{web}/series/{study.segs[MODEL]}/metadata").json() == []
    (line,) = said
    assert line.startswith(f"left out: {seg}: ")


def test_no_answer_has_a_path_of_this_machine(study, damaged, serving):
    folder, _ = damaged
    server, said = serving(folder)
    (instance,) = index_folder(folder).instances(study.uid, study.segs[MODEL])
    received = request(
        server,
        f"/dicom-web/studies/{study.uid}/series/{study.segs[MODEL]}/instances/{instance.sop_instance_uid}/metadata",
    )
    assert received.status == 500
    assert b"damaged" in received.body
    assert str(folder).encode() not in received.body
    assert len(said) == 1


def test_simultaneous_requests_share_one_computation(study, serving, monkeypatch):
    calls = []
    real = dicomweb.read_header

    def slow(stream):
        calls.append(1)
        time.sleep(0.02)
        return real(stream)

    monkeypatch.setattr(dicomweb, "read_header", slow)
    server, said = serving(study.folder)
    path = f"/dicom-web/studies/{study.uid}/series/{study.ct}/metadata"
    with ThreadPoolExecutor(200) as pool:
        received = list(pool.map(lambda _: request(server, path), range(200)))
    assert {one.status for one in received} == {200}
    assert len({one.body for one in received}) == 1
    assert len(calls) == len(study.images)
    assert said == []


def test_a_failure_is_told_to_all_who_wait_and_not_kept(monkeypatch):
    waiting = threading.Semaphore(0)

    class Watched(Future):
        def result(self, timeout=None):
            waiting.release()
            return super().result(timeout)

    tries = []

    def compute(key):
        tries.append(key)
        if len(tries) > 1:
            return 7
        assert all(waiting.acquire(timeout=60) for _ in range(2))
        raise ValueError("no")

    monkeypatch.setattr(shared_results, "Future", Watched)
    shared = SharedResults(compute, 10)
    with ThreadPoolExecutor(3) as pool:
        told = [pool.submit(shared, "a") for _ in range(3)]
        assert [str(one.exception(60)) for one in told] == ["no"] * 3
    assert shared("a") == 7


def test_the_results_asked_for_longest_ago_go_first():
    computed = []
    shared = SharedResults(lambda key: computed.append(key) or key, 2)
    for key in ("a", "b", "a", "c", "a", "b"):
        assert shared(key) == key
    assert computed == ["a", "b", "c", "b"]


def test_without_file_handles_it_waits_and_answers_later(study, serving, monkeypatch):
    server, _ = serving(study.folder)
    tries = []
    real = server.socket.accept

    class NoHandles:
        def accept(self):
            tries.append(time.monotonic())
            if len(tries) < 4:
                raise OSError(errno.EMFILE, "Too many open files")
            return real()

        def __getattr__(self, name):
            return getattr(kept, name)

    kept = server.socket
    monkeypatch.setattr(server, "socket", NoHandles())
    assert request(server, "/dicom-web/studies").status == 200
    assert len(tries) >= 4
    assert min(b - a for a, b in itertools.pairwise(tries[:4])) > 0.1
    monkeypatch.setattr(server, "socket", kept)


def test_a_file_that_cannot_be_opened_for_want_of_handles_is_not_damaged(study, serving, monkeypatch):
    server, said = serving(study.folder)
    path = f"/dicom-web/studies/{study.uid}/series/{study.ct}/metadata"

    def no_handles(stream):
        raise OSError(errno.EMFILE, "Too many open files")

    with monkeypatch.context() as patched:
        patched.setattr(dicomweb, "read_header", no_handles)
        assert request(server, path).status == 503
    assert len(request(server, path).json()) == len(study.images)
    assert said == []


def test_it_ends_while_requests_are_computed(study, monkeypatch):
    """No thread is waited for: not one that computes, not one that waits for a result."""
    begun, never = threading.Event(), threading.Event()

    def endless(stream):
        begun.set()
        never.wait(20)
        raise ValueError("over")

    monkeypatch.setattr(dicomweb, "read_header", endless)
    server = ViewerServer(
        StaticFiles(Path("no folder"), {"index.html": b""}), LocalDicomWeb(index_folder(study.folder))
    )
    server.__enter__()
    path = f"/dicom-web/studies/{study.uid}/series/{study.ct}/metadata"
    clients = [threading.Thread(target=_try, args=(server, path), daemon=True) for _ in range(20)]
    for client in clients:
        client.start()
    assert begun.wait(10)
    ended = threading.Thread(target=server.__exit__, args=(None, None, None))
    ended.start()
    ended.join(10)
    is_over = not ended.is_alive()
    never.set()
    assert is_over


def _try(server, path):
    with contextlib.suppress(OSError):
        request(server, path)


def test_uids_stay_the_only_thing_that_an_answer_tells_of_a_file(study, serving):
    server, _ = serving(study.folder)
    body = request(server, f"/dicom-web/studies/{study.uid}/metadata").body
    assert not re.search(rb"/tmp/|\.dcm", body)
