"""Display colours of DICOM."""

from __future__ import annotations

import numpy as np
import pytest

from SegmentationConcordanceLib.imaging.cielab import rgb_of_dicom_lab


@pytest.mark.parametrize(
    ("lab", "rgb"),
    [
        # Published CIE L*a*b* (D65) of the sRGB primaries.
        ((53.24, 80.09, 67.20), (255, 0, 0)),
        ((87.73, -86.18, 83.18), (0, 255, 0)),
        ((32.30, 79.19, -107.86), (0, 0, 255)),
        ((0, 0, 0), (0, 0, 0)),
        ((100, 0, 0), (255, 255, 255)),
        ((53.585, 0, 0), (128, 128, 128)),
    ],
)
def test_published_colours(lab, rgb):
    stored = np.rint(np.add(lab, (0, 128, 128)) * 65535 / (100, 255, 255)).astype(int)
    assert rgb_of_dicom_lab(stored.tolist()) == pytest.approx(rgb, abs=1)


@pytest.mark.parametrize("stored", [(65535, 65535, 0), (0, 0, 65535), (0, 0, 0)])
def test_a_colour_that_srgb_lacks_is_clipped(stored):
    rgb = rgb_of_dicom_lab(stored)
    assert min(rgb) >= 0 and max(rgb) <= 255 and {0, 255} & set(rgb)
