"""Agreement by component, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from SegmentationConcordanceLib.agreement.lesions import lesion_agreement


def line(*spans: tuple[int, int]) -> np.ndarray:
    """A row of 40 voxels with these spans, ends excluded."""
    mask = np.zeros((1, 1, 40), dtype=bool)
    for start, stop in spans:
        mask[..., start:stop] = True
    return mask


def test_matched_touched_missed_and_false_ones():
    reference = line((0, 4), (6, 10), (12, 16), (20, 24))
    found = line((0, 4), (7, 10), (15, 17), (30, 32))  # equal; IoU 3/4; IoU 1/5; missed; false
    result = lesion_agreement(reference, found)
    assert (result.n_reference, result.n_found, result.n_matched, result.n_touched) == (4, 4, 2, 3)
    assert result.sensitivity == 0.5
    assert result.false_negative_rate == 0.25
    assert result.f1 == 0.5
    assert result.mean_iou == pytest.approx((1 + 0.75) / 2)
    assert result.panoptic_quality == pytest.approx(0.5 * 0.875)


def test_two_that_were_joined_match_none():
    assert lesion_agreement(line((0, 4), (5, 9)), line((0, 9))).n_matched == 0


def test_voxels_that_share_a_corner_are_one_lesion():
    mask = np.zeros((2, 2, 2), dtype=bool)
    mask[0, 0, 0] = mask[1, 1, 1] = True
    assert lesion_agreement(mask, mask).n_reference == 1


def test_empty_masks():
    nothing = line()
    both = lesion_agreement(nothing, nothing)
    assert (both.sensitivity, both.false_negative_rate, both.f1, both.panoptic_quality) == (None, None, None, None)
    missed = lesion_agreement(line((0, 4)), nothing)
    assert (missed.sensitivity, missed.false_negative_rate, missed.f1, missed.panoptic_quality) == (0, 1, 0, 0)
    false = lesion_agreement(nothing, line((0, 4)))
    assert (false.sensitivity, false.f1, false.panoptic_quality) == (None, 0, 0)


def test_other_shapes_are_refused():
    with pytest.raises(ValueError, match="shapes"):
        lesion_agreement(line(), np.zeros((1, 1, 3), dtype=bool))
