"""How far volumes lie apart."""

from __future__ import annotations

import pytest

from SegmentationConcordanceLib.agreement.volume_spread import volume_spread


def test_by_hand():
    assert volume_spread([50.0, 100.0, 100.0]) == pytest.approx(0.6)
    assert volume_spread([80.0, 80.0]) == 0


def test_a_model_that_missed_it_has_no_volume_to_compare():
    assert volume_spread([50.0, 0.0, 100.0, None, 100.0]) == pytest.approx(0.6)
    assert volume_spread([50.0, 0.0]) is None and volume_spread([]) is None
