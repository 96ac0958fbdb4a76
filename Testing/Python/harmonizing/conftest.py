"""Fixtures of the tests of harmonizing."""

from __future__ import annotations

import pytest

from SegmentationConcordanceLib.harmonizing.known_models import KnownModels


@pytest.fixture(scope="session")
def known_models() -> KnownModels:
    """The shipped label maps."""
    return KnownModels.load()
