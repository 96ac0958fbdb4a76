"""Fixtures that every test may ask for."""

from __future__ import annotations

import contextlib
import csv
import ctypes
import gc
import io
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pydicom
import pytest
from hypothesis import settings

from coarse_sample import coarse_plan, make_coarse_sample
from made_cases import make_cases
from made_once import made_once
from SegmentationConcordanceLib.cli import run
from SegmentationConcordanceLib.sample.cohort import Sample, make_sample

# No test is timed: a busy machine must not fail one.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
REPOSITORY = Path(__file__).resolve().parents[2]
SHARED_CASES = REPOSITORY.parent / "shared" / "cases"
SHARED_REFERENCE = REPOSITORY.parent / "shared" / "reference"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what holds values against files that nobody can install."""
    absent = {
        name
        for name, folder in (("shared_cases", SHARED_CASES), ("shared_reference", SHARED_REFERENCE))
        if not folder.is_dir()
    }
    left_out = [item for item in items if absent.intersection(getattr(item, "fixturenames", ()))]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is imported by now stays: the collector of garbage need not look at it again and again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Share the tests out by files; without pytest-xdist nobody asks."""
    from file_groups import FileGroups

    return FileGroups(config, log)


@pytest.fixture(autouse=True)
def process_as_it_was() -> Iterator[None]:
    """No test changes what belongs to the whole process: whichever test runs next would fail instead of it."""
    before = _of_the_whole_process()
    yield
    assert _of_the_whole_process() == before, "the test changed the process for all others"


def _of_the_whole_process() -> dict[str, object]:
    return {
        "folder": Path.cwd(),
        "environment": {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"},
        "what Ctrl-C and an end do": (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)),
        "depth of calls": sys.getrecursionlimit(),
        "least that is logged": (logging.root.level, logging.root.manager.disable),
        "longest cell of csv": csv.field_size_limit(),
        "pydicom's reading": pydicom.config.settings.reading_validation_mode,
        "pydicom's writing": pydicom.config.settings.writing_validation_mode,
    }


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def made_cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two small cases as hospitals and models leave them, see :mod:`made_cases`; read only."""
    return made_once(tmp_path_factory, "cases", make_cases)


_SHARED = [pytest.param("shared", marks=pytest.mark.slow)] if SHARED_CASES.is_dir() else []


@pytest.fixture(scope="session", params=["made", *_SHARED])
def real_cases(request: pytest.FixtureRequest) -> Path:
    """CTs with model outputs: the made ones, and real ones where they lie beside the checkout."""
    return SHARED_CASES if request.param == "shared" else request.getfixturevalue("made_cases")


@pytest.fixture(scope="session")
def shared_cases() -> Path:
    """The real CTs alone, for values that were measured on them."""
    return SHARED_CASES


@pytest.fixture(scope="session")
def shared_reference() -> Path:
    """Label ids, codes and published values as published, which are not ours to ship."""
    return SHARED_REFERENCE


@dataclass(frozen=True)
class Outcome:
    """What a command left at the terminal."""

    code: int
    out: str
    err: str

    def json(self) -> dict[str, Any]:
        return json.loads(self.out)


@pytest.fixture
def concordance(capfd) -> Callable[..., Outcome]:
    """concordance("compare", "--ct", path, ...) -> exit code and what was printed, by dcmqi as well."""

    def call(*words: object) -> Outcome:
        capfd.readouterr()
        code = run([str(word) for word in words])
        printed = capfd.readouterr()
        return Outcome(code, printed.out, printed.err)

    return call


@pytest.fixture
def refused(concordance) -> Callable[..., str]:
    """Calls a command that must be refused: exit code 2, one line on standard error and nothing else; the line."""

    def call(*words: object) -> str:
        outcome = concordance(*words)
        assert outcome.code == 2, outcome
        assert outcome.out == ""
        (line,) = outcome.err.splitlines()
        return line

    return call


@pytest.fixture(scope="session")
def sample_cohort(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The small sample of the default seed; read only."""
    return made_once(tmp_path_factory, "sample", make_sample)


@pytest.fixture(scope="session")
def coarse_sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """Two coarse cases of the same sample; read only."""
    return made_once(tmp_path_factory, "coarse", make_coarse_sample)


@dataclass(frozen=True)
class Demo:
    """What one ``concordance demo --json`` left, over the files of an earlier one.

    :param summary: what it printed.
    """

    folder: Path
    summary: dict[str, Any]


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """One demo; read only."""
    return made_once(tmp_path_factory, "demo", _make_demo)


def _make_demo(folder: Path) -> Demo:
    for earlier in ("sample/sample.json", "cases/SAMPLE-001/agreement.csv", "cases/X/segmentations/x.dcm"):
        (folder / earlier).parent.mkdir(parents=True, exist_ok=True)
        (folder / earlier).write_text("of an earlier demo", encoding="utf-8")
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        assert run(["demo", "--output", str(folder), "--json"]) == 0
    return Demo(folder, json.loads(printed.getvalue()))


@pytest.fixture(scope="session")
def demo(demo_run: Demo) -> Path:
    """The folder of one demo; read only."""
    return demo_run.folder


@pytest.fixture(scope="session")
def coarse_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo of the coarse sample, which is made in a fifth of the time; read only."""
    return made_once(tmp_path_factory, "coarse-demo", _make_coarse_demo).folder


def _make_coarse_demo(folder: Path) -> Demo:
    with coarse_plan():
        return _make_demo(folder)


@pytest.fixture(scope="session")
def dciodvfy() -> Callable[[Path], list[str]]:
    """The Error lines that dciodvfy (David Clunie's dicom3tools) prints about a file; skips where it is absent."""
    program = shutil.which("dciodvfy")
    if program is None:
        pytest.skip("needs dciodvfy: apt-get install dicom3tools")

    def errors(path: Path) -> list[str]:
        done = subprocess.run([program, "-new", str(path)], capture_output=True, text=True, errors="replace")
        return [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("Error")]

    return errors


@pytest.fixture(scope="session")
def require_egl() -> None:
    """Skips where Mesa's EGL cannot be loaded: VTK would end the process."""
    for library in ("libEGL.so.1", "libGL.so.1"):
        try:
            ctypes.CDLL(library)
        except OSError:
            pytest.skip("needs Mesa's EGL: apt-get install libegl1 libgl1 libgl1-mesa-dri")


@pytest.fixture(scope="session")
def launch_chromium() -> Iterator[Callable[[list[str]], Any]]:
    """launch_chromium(arguments) -> a headless browser of playwright, of which a process can hold one driver only."""
    # The shell is the same engine without a desktop's browser around it: a page opens in two thirds of the time.
    program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if program is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: make setup-test")
    with playwright.sync_playwright() as driver:
        yield lambda arguments: driver.chromium.launch(executable_path=program, args=arguments)
