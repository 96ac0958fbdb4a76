"""What the tests of image series share."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from SegmentationConcordanceLib.errors import ConcordanceError, DicomSeriesError
from SegmentationConcordanceLib.imaging.image_series import read_image_series

# Rows and slices turned about y by the angle of the 3-4-5 triangle.
OBLIQUE = np.array([[0.8, 0, 0.6], [0, 1, 0], [-0.6, 0, 0.8]])


def slices(folder: Path) -> list[Path]:
    return sorted(folder.glob("slice_*.dcm"))


def refused(folder: Path, *phrases: str, kind: type[ConcordanceError] = DicomSeriesError, **also) -> str:
    """The message of the error that reading raises; it has every phrase and is one line."""
    with pytest.raises(kind) as caught:
        read_image_series(folder, **also)
    message = str(caught.value)
    assert "\n" not in message
    for phrase in phrases:
        assert phrase in message
    return message
