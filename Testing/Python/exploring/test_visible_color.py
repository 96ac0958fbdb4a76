"""Dark structure colours become light enough; all others stay."""

from __future__ import annotations

import colorsys

import pytest

from SegmentationConcordanceLib.anatomy.known_structures import KnownStructures
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary, shipped_vocabularies
from SegmentationConcordanceLib.exploring.visible_color import contrast_on_black, visible_on_black


@pytest.mark.parametrize(
    ("color", "contrast"), [((0, 0, 0), 1), ((1, 1, 1), 21), ((1, 0, 0), 5.252), ((0, 0, 1), 2.444)]
)
def test_contrast_is_that_of_wcag(color, contrast):
    assert contrast_on_black(color) == pytest.approx(contrast, abs=1e-3)


def test_every_known_structure_can_be_seen_and_light_ones_stay():
    colors = {
        tuple(v / 255 for v in rgb)
        for rgb in KnownStructures.of(map(load_vocabulary, shipped_vocabularies())).colors.values()
    }
    dark = {color for color in colors if contrast_on_black(color) < 3}
    assert dark, "there are dark colours among the known structures"
    for color in colors:
        shown = visible_on_black(color)
        assert contrast_on_black(shown) >= 3
        assert (shown == color) == (color not in dark)


def test_the_hue_stays():
    color = (0.3, 0.05, 0.05)
    assert colorsys.rgb_to_hls(*visible_on_black(color))[0] == pytest.approx(colorsys.rgb_to_hls(*color)[0])


def test_black_becomes_grey():
    shown = visible_on_black((0.0, 0.0, 0.0))
    assert shown[0] == shown[1] == shown[2] > 0.3
