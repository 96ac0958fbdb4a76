"""A generated cohort of small cases, to see how a cohort's work grows, and that killing it at random costs nothing.

``python Testing/Benchmarks/small_cohort.py growth 100 1000`` tells time and memory per case for cohorts of these sizes;
``... kills 50`` kills the run, or one of its processes, at random moments and compares the tables with an undisturbed
run's, byte by byte; ``... dask 200`` holds two Dask workers against one.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import SimpleITK

TABLES = ("agreement.csv", "pairwise.csv", "cases.csv")
SIDE, SPACING_MM = 48, 4.0
LABELS = (1, 2, 3, 5, 52)  # spleen, both kidneys, liver, aorta of TotalSegmentator 2
COHORT = 'ct = "{case}/ct.nii.gz"\n' + "".join(
    f'[[model]]\nsegmentation = "{{case}}/{name}.nii.gz"\nmodel = "totalsegmentator_v2"\ntask = "total"\n'
    f'name = "{name}"\n'
    for name in ("A", "B", "C")
)


def make_cohort(folder: Path, cases: int) -> Path:
    """The cohort file of a new cohort: balls that each of three models moves and resizes a little."""
    grid = np.indices((SIDE,) * 3)
    for number in range(cases):
        dice = np.random.default_rng(number)
        place = folder / f"case{number:06}"
        place.mkdir(parents=True)
        centres = dice.uniform(10, SIDE - 10, (len(LABELS), 3))
        _write(place / "ct.nii.gz", np.full((SIDE,) * 3, 40, np.int16))
        for name in "ABC":
            voxels = np.zeros((SIDE,) * 3, np.uint8)
            for label, centre in zip(LABELS, centres):
                moved = centre + dice.normal(0, 0.7, 3)
                voxels[((grid - moved[:, None, None, None]) ** 2).sum(0) < dice.uniform(5, 7) ** 2] = label
            _write(place / f"{name}.nii.gz", voxels)
    (folder / "cohort.toml").write_text(COHORT)
    return folder / "cohort.toml"


def _write(path: Path, voxels: np.ndarray) -> None:
    image = SimpleITK.GetImageFromArray(voxels)
    image.SetSpacing((SPACING_MM,) * 3)
    SimpleITK.WriteImage(image, str(path), useCompression=True)


def start(cohort: Path, out: Path, *words: str) -> subprocess.Popen:
    """Start the command on a cohort."""
    command = [sys.executable, "-m", "SegmentationConcordanceLib", "run", "--cohort", str(cohort), "--output", str(out)]
    return subprocess.Popen([*command, *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def family_of(pid: int) -> list[int]:
    """A process and those that it started."""
    found = [pid]
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def resident_mb(pids: Sequence[int]) -> float:
    """The memory that processes hold together."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
    return total / 1024


def growth(sizes: Sequence[int], folder: Path) -> None:
    """Processor time per case, which other programs of the machine disturb little, and memory, for several sizes."""
    for number, size in enumerate(sizes):
        cohort = make_cohort(folder / f"growth{number}", size)
        begin = time.monotonic()
        process = start(cohort, folder / f"out{number}", "--workers", "2")
        seen: list[float] = []

        def watch(pid: int = process.pid, seen: list[float] = seen) -> None:
            while Path(f"/proc/{pid}/stat").exists():
                seen.append(resident_mb(family_of(pid)))
                time.sleep(1)

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        _, status, used = os.wait4(process.pid, 0)
        seconds, cpu = time.monotonic() - begin, used.ru_utime + used.ru_stime
        middle = seen[len(seen) // 4 : len(seen) // 2] or seen
        end = seen[len(seen) * 3 // 4 :] or seen
        print(  # noqa: T201
            f"{size} cases: {seconds:.0f} s of the clock, {1000 * cpu / size:.0f} ms of processor time per case; "
            f"memory of all processes at most {max(middle):.0f} MB in the second quarter, {max(end):.0f} MB in the "
            f"last; exit code {os.waitstatus_to_exitcode(status)}",
            flush=True,
        )


def kills(count: int, folder: Path, cases: int) -> None:
    """Kill runs at random, then compare the tables."""
    cohort = make_cohort(folder / "kills", cases)
    whole = folder / "whole"
    begin = time.monotonic()
    start(cohort, whole, "--workers", "2").wait()
    lasts = time.monotonic() - begin
    dice = random.Random(50)
    out, done = folder / "killed", 0
    while done < count:
        if dice.random() < 0.3:
            shutil.rmtree(out, ignore_errors=True)
        process = start(cohort, out, "--workers", "2")
        time.sleep(dice.uniform(0, lasts))
        family = family_of(process.pid)
        victim = dice.choice(family)
        if process.poll() is not None:
            continue
        os.kill(victim, signal.SIGKILL)
        done += 1
        process.wait()
        left = out / "agreement.csv"
        if process.returncode == 0 and left.exists():
            same = all((out / name).read_bytes() == (whole / name).read_bytes() for name in TABLES)
            print(f"kill {done}: a worker; the run went on, tables the same: {same}", flush=True)  # noqa: T201
        else:
            print(f"kill {done}: the run", flush=True)  # noqa: T201
    code = start(cohort, out, "--workers", "2").wait()
    same = all((out / name).read_bytes() == (whole / name).read_bytes() for name in TABLES)
    leftovers = list((out / "cases").rglob(".*"))
    print(  # noqa: T201
        f"after {count} kills: exit code {code}, tables the same byte by byte: {same}, leftovers: {len(leftovers)}"
    )


def dask(cases: int, folder: Path) -> None:
    """One and two Dask workers on the same cohort."""
    cohort = make_cohort(folder / "dask", cases)
    seconds = []
    for workers in (1, 2):
        begin = time.monotonic()
        process = start(cohort, folder / f"dask{workers}", "--scheduler", "local", "--workers", str(workers))
        process.wait()
        seconds.append(time.monotonic() - begin)
    same = all((folder / "dask1" / name).read_bytes() == (folder / "dask2" / name).read_bytes() for name in TABLES)
    print(f"one worker / two workers: {seconds[0] / seconds[1]:.2f}; tables the same: {same}")  # noqa: T201


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("growth", "kills", "dask"))
    parser.add_argument("numbers", type=int, nargs="+")
    parser.add_argument("--cases", type=int, default=40, help="of the cohort that is killed")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if args.what == "growth":
            growth(args.numbers, folder)
        elif args.what == "kills":
            kills(args.numbers[0], folder, args.cases)
        else:
            dask(args.numbers[0], folder)


if __name__ == "__main__":
    main()
