"""The number of agreeing models per voxel, against adding up masks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scene.agreement_scene import GEOMETRY, LIVER_KEY, SHAPE, first_model, label_map_of, second_model, third_model
from SegmentationConcordanceLib.agreement.analysis import Analysis
from SegmentationConcordanceLib.agreement.models import ModelSegmentation
from SegmentationConcordanceLib.agreement.options import AnalysisOptions
from SegmentationConcordanceLib.imaging.label_map import LabelMap
from SegmentationConcordanceLib.scene.agreement_map import (
    add_agreement_map,
    add_legend,
    agreement_of_all,
    agreement_of_one,
    show_as_label,
)


def analysis_of(*label_maps: LabelMap) -> Analysis:
    return Analysis([ModelSegmentation(f"m{n}", one) for n, one in enumerate(label_maps)], case="c", series_uid="")


def votes(label: int) -> np.ndarray:
    return sum((voxels == label).astype(np.uint8) for voxels in (first_model(), second_model(), third_model()))


def test_of_one_structure():
    analysis = analysis_of(*(label_map_of(voxels) for voxels in (first_model(), second_model(), third_model())))
    keys = [structure.key for structure in analysis.comparison.structures]
    found = agreement_of_one(analysis.comparison, keys.index(LIVER_KEY), analysis.boxes[LIVER_KEY])
    assert found.dtype == np.uint8 and np.array_equal(found, votes(2))
    assert not agreement_of_one(analysis.comparison, 0, None).any()


def test_of_all_is_the_largest_of_the_structures_that_can_be_compared():
    analysis = analysis_of(*(label_map_of(voxels) for voxels in (first_model(), second_model(), third_model())))
    assert np.array_equal(agreement_of_all(analysis.comparison), np.maximum(votes(1), votes(2)))
    two = analysis.result(AnalysisOptions(models=("m0", "m1"))).comparison
    expected = (first_model() == second_model()) & (first_model() > 0)
    assert np.array_equal(agreement_of_all(two) == 2, expected)
    large = analysis.result(AnalysisOptions(structures=("liver",))).comparison
    assert np.array_equal(agreement_of_all(large), votes(2))


def test_overlapping_segments_give_the_larger_number():
    spleen, liver = np.zeros(SHAPE, np.uint8), np.zeros(SHAPE, np.uint8)
    spleen[1, 1, 1:5] = 1
    liver[1, 1, 3:7] = 2
    both = label_map_of(spleen)
    segments = (*both.segments, replace(label_map_of(liver).segments[0], layer=1))
    analysis = analysis_of(LabelMap((spleen, liver), GEOMETRY, segments), label_map_of(spleen), label_map_of(liver))
    assert agreement_of_all(analysis.comparison)[1, 1].tolist() == [0, 2, 2, 2, 2, 2, 2, 0]


def test_node_and_colours(scene_host):
    agreeing = votes(1)
    node, colors = add_agreement_map(scene_host.scene, "map", agreeing, GEOMETRY, 3)
    from slicer.util import arrayFromVolume

    assert np.array_equal(arrayFromVolume(node), agreeing)
    assert node.GetDisplayNode().GetColorNode() is colors
    assert [colors.GetColorName(n) for n in range(4)] == ["", "1 of 3 models", "2 of 3 models", "3 of 3 models"]
    color = [0.0] * 4
    colors.GetColor(0, color)
    assert color[3] == 0.0
    assert len({tuple(colors.GetLookupTable().GetTableValue(n)) for n in range(1, 4)}) == 3


def test_shown_in_all_slice_views_and_taken_away(scene_host):
    composites = [scene_host.scene.AddNewNodeByClass("vtkMRMLSliceCompositeNode") for _ in range(2)]
    node, _ = add_agreement_map(scene_host.scene, "map", votes(1), GEOMETRY, 3)
    show_as_label(scene_host.scene, node, 0.4)
    assert [(c.GetLabelVolumeID(), c.GetLabelOpacity()) for c in composites] == [(node.GetID(), 0.4)] * 2
    show_as_label(scene_host.scene, None)
    assert [c.GetLabelVolumeID() for c in composites] == [None, None]


def test_a_legend_names_the_numbers_where_the_map_is_shown(scene_host, offscreen_views):
    view = offscreen_views.add_slice_view("Red")
    manager = view.managers.GetDisplayableManagerByClassName("vtkMRMLColorLegendDisplayableManager")
    node, _ = add_agreement_map(scene_host.scene, "map", votes(1), GEOMETRY, 3)
    show_as_label(scene_host.scene, node)
    legend = add_legend(node)
    assert legend.GetPrimaryDisplayNode() is node.GetDisplayNode()
    actor = manager.GetColorLegendActor(legend)
    assert (actor.GetVisibility(), actor.GetNumberOfLabels()) == (1, 3)
    before = view.image()
    legend.SetVisibility(False)
    assert (before != view.image()).any()
