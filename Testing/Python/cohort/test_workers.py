"""Processes that work on tasks: memory, endings, and what is left when the one that started them is killed."""

from __future__ import annotations

import multiprocessing
import multiprocessing.spawn
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from SegmentationConcordanceLib.agreement.threads import thread_count
from SegmentationConcordanceLib.anatomy.groups import require_groups
from SegmentationConcordanceLib.cohort.machinery import Machinery, work_on
from SegmentationConcordanceLib.cohort.workers import WorkerEndedError, in_processes, on_one_thread, python_program
from SegmentationConcordanceLib.errors import ConcordanceError

_PYTHON = sys.executable
TABLES = ("agreement.csv", "pairwise.csv", "cases.csv")


def outcomes(function, tasks, *, workers=2, memory=None, memory_of=lambda task: 1):
    return dict(in_processes(function, tasks, workers=workers, memory=memory, memory_of=memory_of))


def test_every_task_has_its_outcome():
    assert outcomes(abs, [-3, 4, -5, 6, -7]) == {0: 3, 1: 4, 2: 5, 3: 6, 4: 7}


def test_an_exception_is_an_outcome():
    found = outcomes(int, ["1", "x", "3"])
    assert (found[0], found[2]) == (1, 3)
    assert str(found[1]).startswith("ValueError: invalid literal")


def test_an_error_of_ours_comes_as_it_is():
    found = outcomes(require_groups, [["Rib"], ["Ribs"]])
    assert isinstance(found[0], ConcordanceError)
    assert str(found[0]).startswith("Rib: is no group of structures. Choose: Lungs, ")
    assert found[1] is None


def test_what_does_not_fit_beside_the_others_waits():
    two = subprocess.getoutput
    alone = outcomes(two, ["echo $PPID; sleep 0.2"] * 4, memory=3, memory_of=lambda task: 2)
    beside = outcomes(two, ["echo $PPID; sleep 0.2"] * 4, memory=4, memory_of=lambda task: 2)
    assert (len(set(alone.values())), len(set(beside.values()))) == (1, 2)  # processes that were ever at work


def test_a_task_that_ends_its_process_costs_no_other():
    found = outcomes(os._exit, [7], workers=1)
    assert isinstance(found[0], WorkerEndedError)
    assert "exit code 7" in str(found[0])
    found = outcomes(eval, ["1 + 1", "__import__('os').kill(__import__('os').getpid(), 9)", "2 + 2"])
    assert (found[0], found[2]) == (2, 4)
    assert "SIGKILL, perhaps for want of memory" in str(found[1])


def start(cohort: Path, out: Path) -> subprocess.Popen:
    words = ["run", "--cohort", cohort, "--output", out, "--no-surfaces", "--workers", "2"]
    command = [sys.executable, "-m", "SegmentationConcordanceLib", *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def children_of(pid: int) -> list[int]:
    """The processes that a process started and that still run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def tables_of(out: Path) -> list[bytes]:
    return [(out / name).read_bytes() for name in TABLES]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc, to find children: make test on Linux")
def test_killed_at_any_moment_it_ends_with_the_same_bytes(concordance, nifti_cohort, tmp_path):
    whole, words = tmp_path / "whole", ("--no-surfaces", "--workers", 1)
    assert concordance("run", "--cohort", nifti_cohort, "--output", whole, *words).code == 0
    out, dice = tmp_path / "killed", random.Random(12)
    for kills_worker in (False, True):
        process = start(nifti_cohort, out)
        deadline = time.monotonic() + 60
        while not (workers := children_of(process.pid)) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(dice.uniform(0.5, 4))
        victim = dice.choice(workers) if kills_worker and workers else process.pid
        if process.poll() is None:
            with suppress(ProcessLookupError):  # a worker may have ended by itself
                os.kill(victim, signal.SIGKILL)
        if kills_worker:
            assert process.wait() == 0  # the case is tried again in another process
        process.wait()
        deadline = time.monotonic() + 60
        while any(Path(f"/proc/{pid}").exists() for pid in workers) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not any(Path(f"/proc/{pid}").exists() for pid in workers)  # none outlives the run
    assert start(nifti_cohort, out).wait() == 0
    assert tables_of(out) == tables_of(whole)
    assert not list((out / "cases").rglob(".*"))


def test_a_task_beside_others_counts_on_one_thread():
    assert on_one_thread(lambda task: thread_count() + task, 10) == 11
    assert thread_count() == 2


@pytest.fixture
def inside_slicer(tmp_path, monkeypatch):
    """As inside Slicer, whose own program is no Python; the folder bin of its installation, yet empty."""
    before = multiprocessing.spawn.get_executable()
    program = tmp_path / "bin" / "SlicerApp-real"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    multiprocessing.set_executable(str(program))
    yield program.parent
    multiprocessing.set_executable(before)


@pytest.mark.skipif(os.name == "nt", reason="needs scripts as POSIX has them: make test on Linux")
@pytest.mark.parametrize("told_by", ["SLICER_HOME", "PATH", "beside"])
def test_inside_slicer_processes_run_python_slicer(inside_slicer, tmp_path, monkeypatch, told_by):
    folder = inside_slicer if told_by == "beside" else tmp_path / "Slicer" / "bin"
    folder.mkdir(parents=True, exist_ok=True)
    stand_in = folder / "PythonSlicer"
    stand_in.write_text(f'#!/bin/sh\nSTAND_IN=yes exec "{_PYTHON}" "$@"\n')
    stand_in.chmod(0o755)
    if told_by != "beside":
        value = folder.parent if told_by == "SLICER_HOME" else f"{folder}:/usr/bin:/bin"
        monkeypatch.setenv(told_by, str(value))
    assert outcomes(subprocess.getoutput, ["echo $STAND_IN"] * 2) == {0: "yes", 1: "yes"}


def test_without_python_slicer_the_work_is_done_in_this_process(inside_slicer):
    for machinery in (Machinery(workers=2), Machinery(workers=2, scheduler="local")):
        assert not machinery.is_possible
        assert dict(work_on(_process, [0, 0], machinery, lambda task: 1)) == {0: os.getpid(), 1: os.getpid()}
    assert Machinery(workers=1).is_possible


def test_outside_of_slicer_its_home_changes_nothing(tmp_path, monkeypatch):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "PythonSlicer").touch()
    monkeypatch.setenv("SLICER_HOME", str(tmp_path))
    assert python_program() == Path(sys.executable)


def _process(task: int) -> int:
    return os.getpid()
