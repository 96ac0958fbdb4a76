"""Fixtures: the explorer on the second case of the sample, in which MOOSE misses the sternum."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from host import SceneHost
from scene.explorer_fixtures import Desk
from scene.explorer_sample import ReadCase, add_case, read_case, with_structures
from scene.explorer_screen import Screen
from SegmentationConcordanceLib.exploring.view_kinds import AXIAL, CORONAL, SAGITTAL, THREE_D
from SegmentationConcordanceLib.sample.cohort import Sample
from SegmentationConcordanceLib.scene.explorer.explorer import Explorer
from SegmentationConcordanceLib.scene.explorer.row_labels import renderers_of

_STRUCTURES = {
    "aorta", "heart", "lung_upper_lobe_left", "sternum", *(f"vertebrae_T{n}" for n in (2, 3, 4)),
    *(f"rib_right_{n}" for n in range(3, 8)),
}  # fmt: skip


@pytest.fixture(scope="session")
def whole_case(sample_cohort: Sample) -> ReadCase:
    """The case, read once."""
    return read_case(sample_cohort.cases[1])


@pytest.fixture(scope="session")
def explored_case(whole_case: ReadCase) -> ReadCase:
    """A dozen structures of the case."""
    return with_structures(whole_case, _STRUCTURES)


@pytest.fixture
def desk(require_egl: None, scene_host: SceneHost, explored_case: ReadCase) -> Iterator[Desk]:
    """The explorer without rows, on a screen that shows the four-up layout."""
    with _opened(scene_host, explored_case) as desk:
        yield desk


@pytest.fixture
def whole_desk(require_egl: None, scene_host: SceneHost, whole_case: ReadCase) -> Iterator[Desk]:
    """The same with all structures."""
    with _opened(scene_host, whole_case) as desk:
        yield desk


@contextmanager
def _opened(scene_host: SceneHost, case: ReadCase) -> Iterator[Desk]:
    volume = add_case(scene_host.scene, case)
    screen = Screen(scene_host)
    explorer = Explorer(volume, renderer_of=renderers_of(scene_host.application_logic))
    explorer.set_views((AXIAL, SAGITTAL, CORONAL, THREE_D))
    yield Desk(scene_host, screen, volume, explorer)
    explorer.leave()
    screen.close()
