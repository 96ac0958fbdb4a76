"""How fast the library is, against the published way and against other libraries, on one scan of six models.

    PYTHONPATH=Testing/Python .venv/bin/python Testing/Benchmarks/run.py [--output FILE] [--repeats N] [--only NAME...]

Results are asserted equal before a time is printed; a ratio compares runs of one process, side by side. The first run
makes the sample (one to two minutes) below build/. Peers: Testing/Benchmarks/requirements.txt. The exit status is 1
where a limit is missed.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import os
import platform
import sys
from datetime import date
from pathlib import Path

from full_sample import full_sample

_SUBJECTS = (
    "counts",
    "votes",
    "surfaces",
    "disputes",
    "scene_arrays",
    "removal",
    "seg_files",
    "study_search",
    "explorer",
    "scaling",
)
_VERSIONS = (
    "numpy",
    "scipy",
    "SimpleITK",
    "pydicom",
    "highdicom",
    "dcmqi",
    "surface-distance",
    "nibabel",
    "slicer-core",
    "vtk",
)


def main() -> None:
    """Measure, and print the tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the tables to a file as well")
    parser.add_argument("--repeats", type=int, default=3, help="runs of what takes seconds (default 3)")
    parser.add_argument("--only", nargs="+", choices=_SUBJECTS, default=_SUBJECTS, help="measure only these")
    arguments = parser.parse_args()
    sample = full_sample()
    parts = [about(sample.series.geometry.shape)]
    missed = []
    for name in arguments.only:
        sys.stderr.write(f"{name} ...\n")
        table = importlib.import_module(name).measure(sample, arguments.repeats)
        parts.append(table.markdown())
        missed += [f"{row.what}: {row.value}, demanded {row.demand}" for row in table.rows if row.met is False]
    text = "\n".join([*parts, f"Load of the machine at the end: {_load()}.\n"])
    sys.stdout.write(text)
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")
    if missed:
        sys.exit("\n".join(["missed:", *missed]))


def about(shape: tuple[int, int, int]) -> str:
    """The machine, the versions and the case."""
    versions = ", ".join(f"{name} {_version(name)}" for name in _VERSIONS)
    return (
        f"{date.today():%d %B %Y}; {os.cpu_count()} cores ({_processor()}), load at the begin {_load()}; "
        f"Python {platform.python_version()}, {versions}. {' x '.join(map(str, shape[::-1]))} voxels.\n"
    )


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


if __name__ == "__main__":
    main()
