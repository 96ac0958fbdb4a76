"""One question has one answer: Slicer's nodes, the command line, the report and the browser are asked the same."""

from __future__ import annotations

from scene.conftest import scene_host  # noqa: F401 - a fixture
