"""The distance of the middles of two segments."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK

from SegmentationConcordanceLib.agreement.analysis import Analysis
from SegmentationConcordanceLib.agreement.centroids import centroid_distance_mm
from SegmentationConcordanceLib.agreement.options import AnalysisOptions

SPACING = (2.5, 0.8, 1.1)


def test_by_hand():
    one, other = np.zeros((2, 3, 5, 5), dtype=bool)
    one[0, 0, 0] = one[0, 0, 2] = True  # its middle is (0, 0, 1)
    other[2, 3, 1] = True
    assert centroid_distance_mm(one, other, SPACING) == pytest.approx(np.hypot(2 * 2.5, 3 * 0.8))
    assert centroid_distance_mm(one, one, SPACING) == 0


def test_an_empty_segment_has_no_middle():
    empty, one = np.zeros((2, 2, 2, 2), dtype=bool)
    one[0, 0, 0] = True
    assert centroid_distance_mm(empty, one, SPACING) is None
    assert centroid_distance_mm(one, empty, SPACING) is None


def test_equals_simpleitk():
    masks = np.random.default_rng(7).random((2, 6, 9, 8)) < 0.3
    middles = []
    for mask in masks:
        image = SimpleITK.GetImageFromArray(mask.astype(np.uint8))
        image.SetSpacing(SPACING[::-1])
        shape = SimpleITK.LabelShapeStatisticsImageFilter()
        shape.Execute(image)
        middles.append(np.array(shape.GetCentroid(1)))
    assert centroid_distance_mm(*masks, SPACING) == pytest.approx(np.linalg.norm(middles[0] - middles[1]))


def test_it_is_in_the_table_beside_the_surfaces(make_model, structures):
    """Two voxels of 10 mm of which one is common: the middles are half a voxel apart."""
    models = [make_model(name, [[[v]]], {1: structures["spleen"]}) for name, v in (("A", [1, 1, 0]), ("B", [0, 1, 0]))]
    analysis = Analysis(models, case="", series_uid="")
    rows = analysis.result(AnalysisOptions(surfaces=True)).agreement
    assert [row.centroid_mm for row in rows] == pytest.approx([5.0, 5.0])
    assert [row.centroid_mm for row in analysis.result(AnalysisOptions()).agreement] == [None, None]
