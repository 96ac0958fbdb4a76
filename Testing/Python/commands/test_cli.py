"""What all commands have in common."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from SegmentationConcordanceLib import cli


def test_wrong_words_are_one_line_and_exit_code_2(refused):
    assert "--output" in refused("report", "--agreement", "a.csv")
    assert "invalid choice" in refused("frobnicate")


def test_help_names_every_command(concordance):
    outcome = concordance("--help")
    assert outcome.code == 0
    for name in ("harmonize", "compare", "report", "labelmaps", "demo"):
        assert name in outcome.out


def test_a_fault_of_ours_is_exit_code_1_with_its_traceback(repository, tmp_path):
    broken = (
        "import sys; from SegmentationConcordanceLib import cli\ncli.command_module('demo').run = lambda *a: 1 / 0\n"
    )
    broken += "sys.exit(cli.run(['demo', '--output', 'x']))"
    folder = repository / "CrossSegmentationExplorer"
    done = subprocess.run([sys.executable, "-c", broken], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr


def test_interruption_is_said_and_exit_code_130(concordance, monkeypatch):
    def interrupted(args, terminal):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.command_module("demo"), "run", interrupted)
    outcome = concordance("demo", "--output", "x")
    assert (outcome.code, outcome.err) == (130, "concordance: interrupted\n")


@pytest.mark.parametrize("words", [["labelmaps", "check"], ["labelmaps", "list"]])
def test_module_and_console_script_are_the_same_program(repository, words):
    done = subprocess.run(
        [sys.executable, "-m", "SegmentationConcordanceLib", *words],
        cwd=repository / "CrossSegmentationExplorer",
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


@pytest.mark.parametrize("read", ["agreement", "pairwise", "cases"])
def test_a_report_takes_the_place_of_none_of_its_tables(refused, coarse_demo, tmp_path, read):
    tables = {name: tmp_path / f"{name}.csv" for name in ("agreement", "pairwise", "cases")}
    for name in ("agreement", "pairwise"):
        shutil.copy(coarse_demo / f"{name}.csv", tables[name])
    tables["cases"].write_text("case,patient_id\nSAMPLE-001,p\n", encoding="utf-8")
    before = tables[read].read_bytes()
    words = [word for name, path in tables.items() for word in (f"--{name}", path)]
    assert "is one of the files that are read" in refused("report", *words, "--output", tables[read])
    assert tables[read].read_bytes() == before


def test_a_command_imports_no_library_that_only_others_need(repository):
    """SimpleITK is 80 MB of memory, scipy.stats most of a second: harmonize of NIfTI needs neither."""
    script = (
        "import sys; from SegmentationConcordanceLib import cli\n"
        "cli.build_parser(['harmonize'])\n"
        "print([name for name in ('SimpleITK', 'scipy.stats', 'scipy.optimize', 'pandas') if name in sys.modules])"
    )
    folder = repository / "CrossSegmentationExplorer"
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
