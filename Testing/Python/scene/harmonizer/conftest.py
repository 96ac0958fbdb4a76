"""Fixtures: a harmonizer on an empty scene, and on one with a volume."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from host import SceneHost
from scene.agreement_scene import add_volume
from SegmentationConcordanceLib.harmonizing.known_models import KnownModels
from SegmentationConcordanceLib.scene.harmonizer.harmonizer import HarmonizerLogic


@pytest.fixture(scope="session")
def known_models() -> KnownModels:
    """The shipped label maps."""
    return KnownModels.load()


@pytest.fixture
def logic(scene_host: SceneHost) -> Iterator[HarmonizerLogic]:
    """With a volume that is chosen, and no output."""
    logic = HarmonizerLogic(scene_host.scene)
    logic.set_volume(add_volume(scene_host.scene))
    yield logic
    logic.close()
