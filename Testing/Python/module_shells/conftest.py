"""A Slicer with widgets for the tests of the module files."""

from __future__ import annotations

import typing
from collections.abc import Iterator

import pytest

import qt_host
from host import SceneHost

if typing.TYPE_CHECKING:
    from qt_host.desktop import Desktop


@pytest.fixture(scope="session")
def require_qt() -> None:
    """Skips where Qt cannot run, and says what is missing."""
    missing = qt_host.missing_requirement()
    if missing:
        pytest.skip(missing)


@pytest.fixture
def desktop(require_qt: None) -> Iterator[Desktop]:
    """A desktop with an empty scene in the four-up layout; the test fails if a slot raised."""
    scene_host = SceneHost()
    try:
        with qt_host.install(scene_host) as installed:
            yield installed
    finally:
        scene_host.close()
