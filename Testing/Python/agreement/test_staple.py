"""STAPLE on pattern counts against SimpleITK's STAPLE on voxels."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK

from SegmentationConcordanceLib.agreement.boxes import structure_boxes
from SegmentationConcordanceLib.agreement.comparison import compare_models
from SegmentationConcordanceLib.agreement.consensus_map import consensus_label_map
from SegmentationConcordanceLib.agreement.staple import estimate, staple


def noisy_models(n_models, seed=5, shape=(9, 12, 14)):
    """A block in the middle; each model misses and adds voxels at a rate of its own."""
    rng = np.random.default_rng(seed)
    truth = np.zeros(shape, dtype=bool)
    truth[3:6, 4:9, 4:10] = True
    masks = []
    for model in range(n_models):
        flipped = rng.random(shape) < 0.03 * (model + 1)
        masks.append((truth ^ flipped).astype(np.uint8))
    return masks


def simpleitk_staple(masks):
    staple_filter = SimpleITK.STAPLEImageFilter()
    staple_filter.SetForegroundValue(1)
    weights = SimpleITK.GetArrayFromImage(staple_filter.Execute([SimpleITK.GetImageFromArray(m) for m in masks]))
    return weights, np.array(staple_filter.GetSensitivity()), np.array(staple_filter.GetSpecificity())


@pytest.mark.parametrize("n_models", [2, 3, 6])
def test_weights_sensitivity_and_specificity_equal_simpleitk(n_models):
    masks = noisy_models(n_models)
    pattern = sum(mask.astype(np.int64) << bit for bit, mask in enumerate(masks))
    found = estimate(np.bincount(pattern.ravel(), minlength=1 << n_models), n_models)
    weights, sensitivity, specificity = simpleitk_staple(masks)
    assert np.abs(found.weights[pattern] - weights).max() < 1e-6
    assert found.sensitivity == pytest.approx(sensitivity, abs=1e-6)
    assert found.specificity == pytest.approx(specificity, abs=1e-6)


def test_models_that_agree_are_perfect():
    found = estimate(np.array([90, 0, 0, 10]), 2)
    assert found.weights.tolist() == pytest.approx([0, found.weights[1], found.weights[2], 1])
    assert found.sensitivity.tolist() == pytest.approx([1, 1])
    assert found.specificity.tolist() == pytest.approx([1, 1])
    assert found.prior == pytest.approx(0.1)


def test_nothing_marked_gives_nothing():
    assert not estimate(np.array([100, 0, 0, 0]), 2).weights.any()


def test_consensus_is_simpleitks_on_the_same_region(make_model, structures):
    masks = noisy_models(4)
    comparison = compare_models([make_model(f"M{n}", [m], {1: structures["spleen"]}) for n, m in enumerate(masks)])
    consensus = staple(comparison, structure_boxes(comparison), margin_mm=1000.0)  # the whole volume
    label_map = consensus_label_map(comparison, consensus)
    assert np.array_equal(label_map.layers[0] == 1, simpleitk_staple(masks)[0] >= 0.5)


def test_the_region_is_the_box_with_its_margin_in_mm(make_model, structures):
    volume = np.zeros((9, 12, 14), dtype=np.uint8)
    volume[4, 5:7, 5:9] = 1  # voxels of 10 x 10 x 20 mm
    comparison = compare_models([make_model(name, [volume], {1: structures["spleen"]}) for name in "AB"])
    consensus = staple(comparison, structure_boxes(comparison), margin_mm=20.0)
    assert consensus.region_ml[0] == pytest.approx((1 + 2) * (2 + 4) * (4 + 4) * 2.0)


def test_a_model_without_a_say_has_no_estimate(make_model, structures):
    a, b, _ = noisy_models(3)
    models = [make_model("A", [a], {1: structures["spleen"]}), make_model("B", [b], {1: structures["spleen"]})]
    comparison = compare_models([*models, make_model("C", [a], {1: structures["liver"]})])
    found = staple(comparison, structure_boxes(comparison)).estimates[0]
    assert np.isfinite(found.sensitivity[:2]).all()
    assert np.isnan(found.sensitivity[2])
