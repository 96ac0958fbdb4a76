"""Runs that are killed, or that go on at the same time: nothing half written, no row lost, nothing left behind."""

from __future__ import annotations

import csv
import os
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from commands.tiny import Tiny
from SegmentationConcordanceLib.cohort.harmonized_table import COLUMNS, HarmonizedRow, read_table, record
from SegmentationConcordanceLib.imaging import leftovers
from SegmentationConcordanceLib.imaging.leftovers import PREFIX, sweep, temporary_name
from SegmentationConcordanceLib.imaging.seg_reader import read_dicom_seg

CASES = ("one", "two", "three", "four")
_KILLS = 4

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals and processes: make test on Linux")


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    """Four cases that are links to one."""
    tiny = Tiny(tmp_path_factory.mktemp("tiny"))
    folder = tmp_path_factory.mktemp("study")
    for case in CASES:
        (folder / case).mkdir()
        (folder / case / "ct").symlink_to(tiny.ct)
        (folder / case / "total.nii.gz").symlink_to(tiny.total)
    return folder


@pytest.fixture
def start(study, tmp_path, repository):
    """Start a run over the cases, or over some, in a process of its own."""

    def run(pattern="{case}/total.nii.gz", *words):
        command = [sys.executable, "-m", "SegmentationConcordanceLib", "harmonize", "--cases", study, "--quiet"]
        command += ["--ct", "{case}/ct", "--segmentation", pattern, "--output", tmp_path / "out", *words]
        command += ["--model", "totalsegmentator_v2", "--task", "total"]
        environment = {**os.environ, "PYTHONPATH": str(repository / "CrossSegmentationExplorer")}
        return subprocess.Popen([str(word) for word in command], env=environment)

    return run


def hidden(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob(".*")]


@pytest.mark.slow
def test_killed_at_any_moment_and_run_again(start, tmp_path):
    chance = random.Random(14)
    out = tmp_path / "out"
    for _ in range(_KILLS):
        process = start()
        time.sleep(chance.uniform(0.3, 3))
        process.kill()
        process.wait()
        for seg in out.glob("*/[!.]*.dcm"):
            assert read_dicom_seg(seg).label_map.segments
        assert len(read_table(out / "harmonized.csv")) <= len(CASES)
    (out / "one").mkdir(parents=True, exist_ok=True)
    (out / "one" / temporary_name(".dcm").replace(f"-{os.getpid()}-", "-4194305-")).write_bytes(b"half")
    (out / "one" / ".mine").write_bytes(b"of the user")
    assert start("{case}/total.nii.gz", "--redo").wait(300) == 0
    assert [row.status for row in read_table(out / "harmonized.csv")] == ["written"] * len(CASES)
    assert len(list(out.glob("*/*.dcm"))) == len(CASES)
    assert hidden(out) == [".mine"]


def test_two_runs_at_once_lose_no_row(start, tmp_path):
    runs = [start("{case}/total.nii.gz", "--name", name) for name in ("A", "B")]
    assert [run.wait(300) for run in runs] == [0, 0]
    rows = read_table(tmp_path / "out" / "harmonized.csv")
    assert sorted(row.output for row in rows) == sorted(f"{case}/{name}.dcm" for case in CASES for name in "AB")


def test_many_writers_of_one_table(tmp_path):
    table = tmp_path / "harmonized.csv"

    def write(number):
        record(table, [HarmonizedRow(f"case {number}", "a.nii", output=f"{number}.dcm")])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    assert len(read_table(table)) == 40


def test_a_cell_of_1200_files_stays_readable(tmp_path):
    table = tmp_path / "harmonized.csv"
    files = ["; ".join(f"case/{'x' * 140}-{number:04}.nii.gz" for number in range(first, 1200)) for first in (0, 1)]
    record(table, [HarmonizedRow("a", files[0]), HarmonizedRow("b", files[1])])
    record(table, [HarmonizedRow("a", files[0], reason="again")])
    rows = read_table(table)
    assert [(row.case, row.reason) for row in rows] == [("a", "again"), ("b", "")]
    assert rows[0].input != rows[1].input
    with table.open(newline="", encoding="utf-8") as file:
        assert max(len(cell) for line in csv.reader(file) for cell in line) < 32_767
    wide = ",".join(["a", files[0], *[""] * (len(COLUMNS) - 2)])
    table.write_text(f"{','.join(COLUMNS)}\n{wide}\n", encoding="utf-8")
    assert read_table(table)[0].input == files[0]
    assert csv.field_size_limit() == 2**17


def test_what_is_swept_and_what_is_not(tmp_path, monkeypatch):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    mine = tmp_path / temporary_name(".nii.gz")
    dead = tmp_path / temporary_name(".dcm").replace(f"-{os.getpid()}-", f"-{ended.pid}-")
    folder = tmp_path / temporary_name().replace(f"-{os.getpid()}-", f"-{ended.pid}-")
    others = [tmp_path / name for name in (".hidden", f"{PREFIX}notes", ".0123456789abcdef.dcm", "a.dcm")]
    folder.mkdir()
    for path in (mine, dead, folder / "inside", *others):
        path.write_bytes(b"")
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(leftovers, "_machine", lambda: "ffffff")
        assert sweep(tmp_path) == []
    assert sorted(sweep(tmp_path)) == sorted([dead, folder])
    assert sorted(tmp_path.iterdir()) == sorted([mine, *others])
    assert sweep(tmp_path / "absent") == []
