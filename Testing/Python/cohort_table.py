"""A cohort file of some cases of the sample."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable
from pathlib import Path

from SegmentationConcordanceLib.cohort.cohort_file import TABLE_COLUMNS
from SegmentationConcordanceLib.sample.cohort import SampleCase


def write_cohort_table(path: Path, cases: Iterable[SampleCase], label_maps: Collection[str]) -> Path:
    """Write it, with the outputs of these label maps alone; the path."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(TABLE_COLUMNS)
        for case in cases:
            for output in case.outputs:
                if output.label_map_name in label_maps:
                    paths = ";".join(str(one) for one in output.paths)
                    table.writerow((case.name, case.ct_folder, "", paths, output.label_map_name, output.task or "", ""))
    return path
