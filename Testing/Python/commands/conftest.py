"""Running the command line in process, as a user would read it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from SegmentationConcordanceLib.cli import run
from SegmentationConcordanceLib.sample.cohort import SampleCase


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
def case(sample_cohort) -> SampleCase:
    """The first case of the sample."""
    return sample_cohort.cases[0]


@pytest.fixture(scope="session")
def outputs(case) -> dict[str, tuple[Path, ...]]:
    """The paths of each model's output on the first case, by the name of its label map."""
    return {output.label_map_name: output.paths for output in case.outputs}


@pytest.fixture(scope="session")
def segs(case, outputs, tmp_path_factory) -> dict[str, Path]:
    """The first case's model outputs as DICOM SEG, by the name of the label map."""
    folder = tmp_path_factory.mktemp("segs")
    made = {}
    for name in ("totalsegmentator_v2", "auto3dseg", "moose"):
        made[name] = folder / f"{name}.dcm"
        words = ["harmonize", "--model", name, "--ct", case.ct_folder, "--output", made[name], "--segmentation"]
        task = ["--task", "total"] if name == "totalsegmentator_v2" else []
        assert run([str(word) for word in (*words, *outputs[name], *task)]) == 0
    return made


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Path:
    """The folder of one demo."""
    folder = tmp_path_factory.mktemp("demo") / "out"
    assert run(["demo", "--output", str(folder)]) == 0
    return folder
