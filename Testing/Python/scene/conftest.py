"""A headless Slicer for the tests of the scene layer."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import pytest

from host import OffscreenViews, SceneHost


@pytest.fixture
def scene_host() -> Iterator[SceneHost]:
    """An open host; the test fails where VTK reported an error that the test did not take from ``errors``."""
    host = SceneHost()
    yield host
    host.close()
    assert host.errors == []


@pytest.fixture(scope="session")
def require_egl() -> None:
    """Skips where Mesa's EGL cannot be loaded: VTK would end the process."""
    for library in ("libEGL.so.1", "libGL.so.1"):
        try:
            ctypes.CDLL(library)
        except OSError:
            pytest.skip("needs Mesa's EGL: apt-get install libegl1 libgl1 libgl1-mesa-dri")


@pytest.fixture
def offscreen_views(require_egl: None, scene_host: SceneHost) -> Iterator[OffscreenViews]:
    """Views of 220 x 220 pixels on the host's scene."""
    views = OffscreenViews(scene_host)
    yield views
    views.close()
