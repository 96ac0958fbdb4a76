"""How far the models' volumes of one structure lie apart. It needs no consensus."""

from __future__ import annotations

from collections.abc import Iterable


def volume_spread(volumes_ml: Iterable[float | None]) -> float | None:
    """(largest - smallest) / mean volume of the models that found the structure; 0 or more.

    A model that missed it has no volume to compare: that it missed it is told by itself.

    :param volumes_ml: in ml; None and 0 for a model that has none.
    :returns: 0.6 for 50, 100 and 100 ml; None for fewer than two volumes.
    """
    found = [volume for volume in volumes_ml if volume]
    if len(found) < 2:
        return None
    return (max(found) - min(found)) * len(found) / sum(found)
