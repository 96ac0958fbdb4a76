"""Finding and running dcmqi's programs."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
from pathlib import Path

import pytest

from SegmentationConcordanceLib.errors import ConcordanceError, DicomSegError
from SegmentationConcordanceLib.imaging import dcmqi


def program(tmp_path: Path, script: str) -> Path:
    path = tmp_path / "program"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_the_native_program_is_found_and_runs(tmp_path):
    found = dcmqi.dcmqi_program("itkimage2segimage")
    assert found.parent.name == "bin" and found.parent.parent.name == "dcmqi"
    done = dcmqi.run_dcmqi("itkimage2segimage", ["--help"], tmp_path)
    assert "--inputImageList" in done.stdout


def test_a_program_that_the_package_lacks_is_named():
    with pytest.raises(ConcordanceError, match="no program itkimage2nothing"):
        dcmqi.dcmqi_program("itkimage2nothing")


def test_dcmqi_not_installed_says_how_to_install_it(monkeypatch):
    def no_distribution(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", no_distribution)
    with pytest.raises(ConcordanceError, match="pip install"):
        dcmqi.dcmqi_program("itkimage2segimage")


@pytest.mark.skipif(os.name == "nt", reason="needs a shell script as program: make test on Linux")
class TestRun:
    def test_arguments_reach_the_program_unchanged_without_a_shell(self, tmp_path, monkeypatch):
        path = program(tmp_path, "printf '%s|' \"$@\"")
        monkeypatch.setattr(dcmqi, "dcmqi_program", lambda name: path)
        arguments = ["a b", "ü;,", "$(touch x)", "`touch x`", '& < > "']
        assert dcmqi.run_dcmqi("any", arguments, tmp_path).stdout.split("|")[:-1] == arguments
        assert not (tmp_path / "x").exists()

    def test_it_runs_in_the_folder(self, tmp_path, monkeypatch):
        path = program(tmp_path, "pwd")
        monkeypatch.setattr(dcmqi, "dcmqi_program", lambda name: path)
        folder = tmp_path / "o ü;,"
        folder.mkdir()
        assert dcmqi.run_dcmqi("any", [], folder).stdout.strip() == str(folder.resolve())

    def test_an_exit_code_is_returned(self, tmp_path, monkeypatch):
        path = program(tmp_path, "echo first >&2; echo 'no luck' >&2; exit 3")
        monkeypatch.setattr(dcmqi, "dcmqi_program", lambda name: path)
        done = dcmqi.run_dcmqi("any", [], tmp_path)
        assert (done.returncode, dcmqi.last_message(done)) == (3, "no luck")

    def test_a_crash_is_an_error_with_its_signal(self, tmp_path, monkeypatch):
        path = program(tmp_path, "echo 'what(): bad json' >&2; kill -ABRT $$")
        monkeypatch.setattr(dcmqi, "dcmqi_program", lambda name: path)
        with pytest.raises(DicomSegError, match=r"crashed \(code -6\): what\(\): bad json"):
            dcmqi.run_dcmqi("any", [], tmp_path)

    def test_a_program_without_permission_is_an_error(self, tmp_path, monkeypatch):
        path = tmp_path / "program"
        path.write_text("", encoding="utf-8")
        monkeypatch.setattr(dcmqi, "dcmqi_program", lambda name: path)
        with pytest.raises(ConcordanceError, match="cannot be started"):
            dcmqi.run_dcmqi("any", [], tmp_path)


@pytest.mark.parametrize(
    ("stdout", "stderr", "message"),
    [("out\n", "", "out"), ("out", "one\ntwo \nFatal error encountered.\n\n", "two"), ("", "", "it said nothing")],
)
def test_the_last_line_is_the_message(stdout, stderr, message):
    assert dcmqi.last_message(subprocess.CompletedProcess([], 1, stdout, stderr)) == message
