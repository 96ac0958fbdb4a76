"""Fixtures: the second case of the sample, in which MOOSE misses the sternum, explored in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browser.explore_server import ExploreServer, start_explore
from SegmentationConcordanceLib.sample.cohort import Sample, SampleCase

HOSTILE = "<b>bold</b> {{7*7}}"
MODELS = {"totalsegmentator_v2": "Total", "auto3dseg": HOSTILE, "moose": "MOOSE"}


@pytest.fixture(scope="session")
def explore_python(repository: Path, require_egl: None) -> Path:
    """The Python of the environment that has trame-slicer; skips where there is none, and where it cannot draw."""
    python = repository / ".venv-explore" / "bin" / "python"
    if not python.exists():
        pytest.skip("needs trame-slicer in an environment of its own: make explore-env")
    return python


@pytest.fixture(scope="session")
def explored(sample_cohort: Sample) -> SampleCase:
    """The case."""
    return sample_cohort.cases[1]


@pytest.fixture(scope="session")
def server(explore_python: Path, explored: SampleCase) -> Iterator[ExploreServer]:
    """Three of the case's models, served; one has a name that is markup and a template."""
    words: list[object] = ["--ct", explored.ct_folder, "--case", "A case"]
    for output in explored.outputs:
        name = MODELS.get(output.label_map_name)
        if name is not None:
            task = f":{output.task}" if output.task else ""
            words += ["--seg", *(f"{name}={path}" for path in output.paths)]
            words += ["--model", f"{name}={output.label_map_name}{task}"]
    started = start_explore(explore_python, words)
    yield started
    if started.process.poll() is None:
        started.end()


@pytest.fixture(scope="session")
def browser(launch_chromium: Any) -> Iterator[Any]:
    """A headless Chromium."""
    opened = launch_chromium(["--no-sandbox", "--disable-gpu", "--no-first-run"])
    yield opened
    opened.close()
