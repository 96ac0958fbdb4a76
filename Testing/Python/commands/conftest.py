"""The outputs and SEGs of the first case of the sample."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands.tiny import Tiny
from made_once import made_once
from SegmentationConcordanceLib.cli import run
from SegmentationConcordanceLib.sample.cohort import Sample, SampleCase


@pytest.fixture(scope="session")
def sample_cohort(coarse_sample) -> Sample:
    """Here the coarse one: SEGs of it are written in half the time."""
    return coarse_sample


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

    def make(folder: Path) -> dict[str, Path]:
        folder.mkdir()
        made = {}
        for name in ("totalsegmentator_v2", "auto3dseg", "moose"):
            made[name] = folder / f"{name}.dcm"
            words = ["harmonize", "--model", name, "--ct", case.ct_folder, "--output", made[name], "--segmentation"]
            task = ["--task", "total"] if name == "totalsegmentator_v2" else []
            assert run([str(word) for word in (*words, *outputs[name], *task)]) == 0
        return made

    return made_once(tmp_path_factory, "segs", make)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory) -> Tiny:
    """A case of a few voxels; read only."""
    return Tiny(tmp_path_factory.mktemp("tiny"))
