"""Two cases of the small sample with half of its slices, rows and columns: for what any voxels show.

The field of view, models, files and planted errors are those of the small sample; a SEG of it is written in half the
time. Ribs and vertebrae are a voxel thick, so tests that measure them take the small sample itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest import mock

from SegmentationConcordanceLib.sample import cohort
from SegmentationConcordanceLib.sample.plans import plan_of

SHAPE, SPACING_MM = (30, 48, 48), (8.0, 8.0, 9.0)
"""Voxels (k, j, i) of its images, and mm along i, j, k."""


@contextmanager
def coarse_plan() -> Iterator[None]:
    """While it is entered, every sample is made by this plan."""
    small = plan_of("small")
    coarse = replace(small, patients=small.patients[:2], shape=SHAPE, spacing_mm=SPACING_MM)
    with mock.patch.object(cohort, "plan_of", lambda size: coarse):
        yield


def make_coarse_sample(folder: Path, seed: int = 2026, progress: Callable[[str], None] | None = None) -> cohort.Sample:
    """As :func:`make_sample`, of which the plan alone is another."""
    with coarse_plan():
        return cohort.make_sample(folder, seed=seed, progress=progress)
