"""The script that runs the command line inside Slicer."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def script(repository) -> ModuleType:
    specification = importlib.util.spec_from_file_location("slicer_script", repository / "Scripts" / "concordance.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


SLICER = ["/opt/Slicer", "--no-main-window", "--python-script", "Scripts/concordance.py"]


def test_words_after_two_dashes_are_the_command(script, capsys):
    for words in (["labelmaps", "list"], ["--", "labelmaps", "list"]):
        assert script.main(words, [*SLICER, "--", "labelmaps", "list"]) == 0
        assert "totalsegmentator_v2" in capsys.readouterr().out


def test_what_slicer_took_for_itself_is_named(script, capsys):
    assert script.main(["compare", "x"], [*SLICER, "compare", "--verbose-module-discovery", "x"]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1
    assert "Slicer took --verbose-module-discovery for itself" in said.err and "concordance.py -- compare" in said.err


def test_outside_of_slicer_it_is_the_command_line(repository):
    done = subprocess.run(
        [sys.executable, str(repository / "Scripts" / "concordance.py"), "labelmaps", "--help"],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(repository / "CrossSegmentationExplorer"), "PATH": ""},
    )
    assert done.returncode == 0 and "labelmaps" in done.stdout
