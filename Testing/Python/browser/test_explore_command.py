"""`concordance explore` at the terminal: on NIfTI files of 24 voxels a side."""

from __future__ import annotations

import socket
import subprocess

import nibabel
import numpy as np
import pytest

from browser.explore_server import start_explore


@pytest.fixture
def words(tmp_path) -> list[str]:
    """The command's arguments for an image with a spleen by two models."""
    affine = np.diag([2.0, 2.0, 2.0, 1.0])
    image = np.full((24, 24, 24), -1000, dtype=np.int16)
    image[4:20, 4:20, 4:20] = 60
    nibabel.save(nibabel.Nifti1Image(image, affine), tmp_path / "ct.nii.gz")
    for name, last in (("full", 16), ("fast", 13)):
        labels = np.zeros(image.shape, dtype=np.uint8)
        labels[8:14, 8:14, 6:last] = 1
        nibabel.save(nibabel.Nifti1Image(labels, affine), tmp_path / f"{name}.nii.gz")
    segs = [f"{name}={tmp_path / name}.nii.gz" for name in ("full", "fast")]
    return ["--ct", str(tmp_path / "ct.nii.gz"), "--seg", *segs, "--model", "totalsegmentator_v2:total"]


def test_one_model_alone_can_be_looked_at_and_ctrl_c_ends_it_and_frees_the_port(explore_python, words):
    server = start_explore(explore_python, [word for word in words if not word.startswith("fast=")])
    assert server.end() == (0, "")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), timeout=5)


def test_a_port_that_is_taken_is_refused_in_one_line(explore_python, words):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [explore_python, "-m", "SegmentationConcordanceLib", "explore", *words, "--no-browser"]
        done = subprocess.run([*command, "--port", str(taken.getsockname()[1])], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "Name another port" in line


def test_one_case_or_the_cases_of_a_cohort(refused, tmp_path):
    assert "has nothing to show. Give --ct and --seg, or --cases" in refused("explore")
    assert "names images and models itself" in refused("explore", "--cases", tmp_path / "c.csv", "--ct", tmp_path)
