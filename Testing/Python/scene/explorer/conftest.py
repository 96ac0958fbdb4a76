"""Fixtures: the explorer on the second case of the sample, in which MOOSE misses the sternum."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from host import SceneHost
from scene.explorer_fixtures import Desk
from scene.explorer_sample import ReadCase, add_case, read_case
from scene.explorer_screen import Screen
from SegmentationConcordanceLib.exploring.view_kinds import AXIAL, CORONAL, SAGITTAL, THREE_D
from SegmentationConcordanceLib.sample.cohort import Sample
from SegmentationConcordanceLib.scene.explorer.explorer import Explorer
from SegmentationConcordanceLib.scene.explorer.row_labels import renderers_of


@pytest.fixture(scope="session")
def explored_case(sample_cohort: Sample) -> ReadCase:
    """The case, read once."""
    return read_case(sample_cohort.cases[1])


@pytest.fixture
def desk(require_egl: None, scene_host: SceneHost, explored_case: ReadCase) -> Iterator[Desk]:
    """The explorer without rows, on a screen that shows the four-up layout."""
    volume = add_case(scene_host.scene, explored_case)
    screen = Screen(scene_host)
    explorer = Explorer(volume, renderer_of=renderers_of(scene_host.application_logic))
    explorer.set_views((AXIAL, SAGITTAL, CORONAL, THREE_D))
    yield Desk(scene_host, screen, volume, explorer)
    explorer.leave()
    screen.close()
