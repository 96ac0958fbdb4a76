"""How much memory a case of a cohort takes at its peak, against what the library estimates before it begins.

``python Testing/Benchmarks/case_memory.py`` cuts slabs of the full sample, gives each as many models as are asked for
(the same 88 segments, each model's moved by some voxels), harmonizes, compares and writes them as ``concordance run``
does, each in a process of its own, and writes the table of docs/scale.md.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import SimpleITK
from full_sample import FOLDER, full_sample

from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
from SegmentationConcordanceLib.cohort.case_comparison import Settings
from SegmentationConcordanceLib.cohort.cohort_file import read_cohort
from SegmentationConcordanceLib.cohort.memory import estimated_bytes
from SegmentationConcordanceLib.imaging.harmonization import output_on_grid
from SegmentationConcordanceLib.imaging.image_series import read_image_series

MODEL, TASK = "totalsegmentator_v2", "total"
FULL_SLICES = 300


def make_case(folder: Path, slices: int, models: int) -> Path:
    """The cohort file of one case: the middle slices of the scan, and a label map for each model."""
    (source,) = (path.parent for path in FOLDER.glob("*/ct"))
    whole = read_image_series(source / "ct")
    first = (len(whole.files) - slices) // 2
    (folder / "ct").mkdir(parents=True)
    for file in whole.files[first : first + slices]:
        (folder / "ct" / file.name).symlink_to(file)
    geometry = read_image_series(folder / "ct").geometry
    found = output_on_grid([source / "models" / MODEL], load_vocabulary(MODEL), whole.geometry, TASK)
    labels = found.label_map.layers[0][first : first + slices]
    lines = ["case,ct,segmentation,model,task,name"]
    for number in range(models):
        image = SimpleITK.GetImageFromArray(np.roll(labels, (number % 2, number, 2 * number), axis=(0, 1, 2)))
        image.SetSpacing(geometry.spacing_mm.tolist())
        image.SetOrigin(geometry.origin_lps.tolist())
        image.SetDirection(geometry.direction_lps.ravel().tolist())
        SimpleITK.WriteImage(image, str(folder / f"model{number}.nii.gz"), useCompression=True)
        lines.append(f"A,ct,model{number}.nii.gz,{MODEL},{TASK},model {number}")
    (folder / "cohort.csv").write_text("\n".join(lines) + "\n")
    return folder / "cohort.csv"


def peak_mb(cohort: Path, output: Path, *words: str) -> float:
    """Of the process that works on the case."""
    command = [sys.executable, "-m", "SegmentationConcordanceLib", "run", "--cohort", str(cohort), "--quiet"]
    process = subprocess.Popen([*command, "--output", str(output), "--workers", "1", *words])
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"the run of {cohort} failed")
    return used.ru_maxrss * 1024 / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slices", type=int, nargs="+", default=[75, 150, 300])
    parser.add_argument("--models", type=int, nargs="+", default=[1, 3, 6])
    parser.add_argument("words", nargs="*", help="options of concordance run, after --")
    args = parser.parse_args()
    if max(args.slices) > FULL_SLICES:
        parser.error(f"the full sample has {FULL_SLICES} slices")
    if not FOLDER.is_dir():
        full_sample()
    print("| slices | models | measured | estimated | ratio |\n|---:|---:|---:|---:|---:|")  # noqa: T201
    for slices in args.slices:
        for models in args.models:
            with tempfile.TemporaryDirectory() as name:
                cohort = make_case(Path(name) / "case", slices, models)
                estimated = estimated_bytes(read_cohort(cohort, Settings()).cases[0]) / 1e6
                measured = peak_mb(cohort, Path(name) / "out", *args.words)
            cells = (slices, models, f"{measured:.0f} MB", f"{estimated:.0f} MB", f"{estimated / measured:.2f}")
            print("|", " | ".join(map(str, cells)), "|", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
