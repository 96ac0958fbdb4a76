"""A headless Slicer for the tests of the scene layer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from host import OffscreenViews, SceneHost
from scene.study_fixtures import Patient, make_patient


@pytest.fixture
def scene_host() -> Iterator[SceneHost]:
    """An open host; the test fails where VTK reported an error that the test did not take from ``errors``."""
    host = SceneHost()
    yield host
    host.close()
    assert host.errors == []


@pytest.fixture
def offscreen_views(require_egl: None, scene_host: SceneHost) -> Iterator[OffscreenViews]:
    """Views of 220 x 220 pixels on the host's scene."""
    views = OffscreenViews(scene_host)
    yield views
    views.close()


@pytest.fixture(scope="session")
def made_patient(tmp_path_factory) -> Patient:
    """A CT and its segmentations in a DICOM database; read only."""
    return make_patient(tmp_path_factory.mktemp("patient"))
