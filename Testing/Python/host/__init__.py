"""A 3D Slicer without Qt, for tests: real MRML, module logics and displayable managers of slicer-core."""

from .scene_host import SceneHost
from .views import OffscreenViews, SliceView, ThreeDView

__all__ = ["OffscreenViews", "SceneHost", "SliceView", "ThreeDView"]
