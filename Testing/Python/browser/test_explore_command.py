"""`concordance explore` at the terminal: on NIfTI files of 24 voxels a side."""

from __future__ import annotations

import socket
import subprocess

import nibabel
import numpy as np
import pytest

from browser.explore_page import ExplorePage
from browser.explore_server import start_explore


@pytest.fixture
def words(tmp_path) -> list[str]:
    """The command's arguments for an image with a spleen and a kidney by two models."""
    affine = np.diag([2.0, 2.0, 2.0, 1.0])
    image = np.full((24, 24, 24), -1000, dtype=np.int16)
    image[4:20, 4:20, 4:20] = 60
    nibabel.save(nibabel.Nifti1Image(image, affine), tmp_path / "ct.nii.gz")
    for name, last in (("full", 16), ("fast", 13)):
        labels = np.zeros(image.shape, dtype=np.uint8)
        labels[8:14, 8:14, 6:last] = 1
        labels[16:19, 15:19, 17:20] = 2
        nibabel.save(nibabel.Nifti1Image(labels, affine), tmp_path / f"{name}.nii.gz")
    segs = [f"{name}={tmp_path / name}.nii.gz" for name in ("full", "fast")]
    return ["--ct", str(tmp_path / "ct.nii.gz"), "--seg", *segs, "--model", "totalsegmentator_v2:total"]


def test_a_server_starts_its_page_goes_a_step_and_ctrl_c_ends_it(explore_python, words, browser, tmp_path):
    server = start_explore(explore_python, words)
    tab = browser.new_page(viewport={"width": 1000, "height": 860})
    try:
        tab.goto(server.address)
        page = ExplorePage(tab)
        page.until("document.querySelectorAll('[data-view] img').length === 6")
        assert page.names() == ["spleen", "kidney right"]  # worst first: they disagree on the spleen alone
        assert page.chosen() == "spleen"
        before = page.positions()
        tab.keyboard.press("Alt+ArrowDown")
        page.until("document.querySelector('tr.chosen td').innerText === 'kidney right'")
        page.until("was => document.querySelector('[data-view=CSE2R] .position').innerText !== was", before["CSE2R"])
        assert all(picture.std() > 5 for picture in page.settled().values())  # none is empty
        tab.screenshot(path=tmp_path / "step.png")
    finally:
        tab.close()
        ended = server.end()
    assert ended == (0, "")


@pytest.mark.slow
def test_one_model_alone_can_be_looked_at_and_ctrl_c_ends_it_and_frees_the_port(explore_python, words):
    server = start_explore(explore_python, [word for word in words if not word.startswith("fast=")])
    assert server.end() == (0, "")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), timeout=5)


@pytest.mark.slow
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
