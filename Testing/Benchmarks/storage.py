"""The table of docs/storage.md: size, processor time and memory of every way to store a DICOM SEG, and of reading it.

``python Testing/Benchmarks/storage.py`` harmonizes TotalSegmentator's output on the full sample (512 x 512 x 300,
88 segments), each time in a process of its own, and reads what was written in another.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from full_sample import FOLDER, full_sample

WAYS = (
    ("binary", "none"),
    ("binary", "deflate"),
    ("labelmap", "none"),
    ("labelmap", "rle"),
    ("labelmap", "jpegls"),
    ("labelmap", "deflate"),
)
REPEATS = 3
_READ = """
import sys, time
from SegmentationConcordanceLib.imaging.seg_reader import read_dicom_seg
read_dicom_seg(sys.argv[1])
begin = time.process_time()
read_dicom_seg(sys.argv[1])
print(time.process_time() - begin)
"""


def harmonized(case: Path, path: Path, kind: str, compression: str) -> tuple[float, float]:
    """Processor seconds and MB at the most of the whole command, dcmqi included."""
    words = ["harmonize", "--model", "totalsegmentator_v2", "--task", "total", "--quiet", "--output", str(path)]
    words += ["--ct", str(case / "ct"), "--segmentation", str(case / "models" / "totalsegmentator_v2")]
    words += ["--kind", kind, "--compression", compression]
    process = subprocess.Popen([sys.executable, "-m", "SegmentationConcordanceLib", *words])
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"harmonize --kind {kind} --compression {compression} failed")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1000


def read_seconds(path: Path) -> float:
    """Processor seconds of reading a SEG, libraries imported and file cached."""
    return float(subprocess.run([sys.executable, "-c", _READ, str(path)], capture_output=True, text=True).stdout)


def main() -> None:
    if not FOLDER.is_dir():
        full_sample()
    (case,) = (path.parent for path in FOLDER.glob("*/ct"))
    print("| way | size | time to write | memory | time to read |\n|---|---:|---:|---:|---:|")  # noqa: T201
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "seg.dcm"
        for kind, compression in WAYS:
            runs = [harmonized(case, path, kind, compression) for _ in range(REPEATS)]
            read = statistics.median(read_seconds(path) for _ in range(REPEATS))
            seconds, memory = statistics.median(run[0] for run in runs), max(run[1] for run in runs)
            size = path.stat().st_size / 1e6
            cells = (f"`{kind}`, `{compression}`", f"{size:.{1 if size < 10 else 0}f} MB", f"{seconds:.1f} s")
            print("|", " | ".join((*cells, f"{memory:.0f} MB", f"{read:.2f} s")), "|", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
