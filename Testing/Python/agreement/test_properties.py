"""What must be true of any models on any scan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from SegmentationConcordanceLib.agreement.analysis import Analysis
from SegmentationConcordanceLib.agreement.models import ModelSegmentation
from SegmentationConcordanceLib.agreement.options import AnalysisOptions
from SegmentationConcordanceLib.anatomy.concepts import CodedConcept, CodedStructure
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment

CATEGORY = CodedConcept("123037004", "SCT", "Anatomical Structure")
STRUCTURES = [
    CodedStructure(CATEGORY, CodedConcept(code, "SCT", code)) for code in ("78961009", "10200004", "15825003")
]
SPACING = (0.8, 1.1, 2.5)
OPTIONS = AnalysisOptions(method="intersection", surfaces=True, nsd_tolerance_mm=1.0)

volumes = st.integers(2, 4).flatmap(
    lambda n_models: hnp.arrays(
        np.uint8,
        st.tuples(st.just(n_models), st.integers(1, 5), st.integers(1, 5), st.integers(1, 5)),
        elements=st.integers(0, 3),
    )
)


def models_of(arrays, labels=(1, 2, 3), spacing=SPACING):
    """Models A, B, ... whose labels 1, 2, 3 are written as ``labels``."""
    made = []
    for name, array in zip("ABCD", arrays):
        voxels = np.array([0, *labels], dtype=np.uint8)[array]
        geometry = Geometry.from_parts(voxels.shape, spacing, (0, 0, 0), np.eye(3))
        segments = [Segment(label, str(label), structure) for label, structure in zip(labels, STRUCTURES)]
        made.append(ModelSegmentation(name, LabelMap((np.ascontiguousarray(voxels),), geometry, tuple(segments))))
    return made


def values(result):
    """Every number of the table by structure and model, rounded to what floating point owes."""
    numbers = ("volume_ml", "consensus_volume_ml", "dice", "jaccard", "volume_ratio", "hd95_mm", "assd_mm", "nsd")
    return {
        (row.structure_key, row.model): [
            None if getattr(row, n) is None else round(getattr(row, n), 9) for n in numbers
        ]
        for row in result.agreement
    }


def result_of(models):
    return Analysis(models, case="", series_uid="").result(OPTIONS)


@settings(max_examples=30, deadline=None)
@given(volumes)
def test_values_stay_within_their_bounds(arrays):
    for row in result_of(models_of(arrays)).agreement:
        assert row.volume_ml >= row.consensus_volume_ml >= 0  # of the intersection
        for share in (row.dice, row.jaccard, row.volume_ratio, row.nsd):
            assert share is None or 0 <= share <= 1
        for distance in (row.hd95_mm, row.assd_mm):
            assert distance is None or distance >= 0
        if row.dice:
            assert row.volume_ratio == pytest.approx(row.dice / (2 - row.dice))
            assert row.jaccard == pytest.approx(row.dice / (2 - row.dice))


@settings(max_examples=30, deadline=None)
@given(volumes)
def test_pairs_are_symmetric(arrays):
    models = models_of(arrays)
    forward = {(r.structure_key, r.model_a, r.model_b): r.dice for r in result_of(models).pairwise}
    backward = {(r.structure_key, r.model_b, r.model_a): r.dice for r in result_of(models[::-1]).pairwise}
    assert forward == backward


@settings(max_examples=20, deadline=None)
@given(volumes, st.permutations([7, 11, 200]))
def test_label_numbers_do_not_matter(arrays, labels):
    assert values(result_of(models_of(arrays))) == values(result_of(models_of(arrays, labels)))


@settings(max_examples=20, deadline=None)
@given(volumes, st.integers(0, 2))
def test_flips_do_not_matter(arrays, axis):
    flipped = np.flip(arrays, axis + 1)
    assert values(result_of(models_of(arrays))) == values(result_of(models_of(flipped)))


@settings(max_examples=20, deadline=None)
@given(volumes, st.permutations([0, 1, 2]))
def test_the_order_of_the_axes_does_not_matter(arrays, order):
    turned = arrays.transpose(0, *(axis + 1 for axis in order))
    spacing_kji = [SPACING[::-1][axis] for axis in order]
    one, other = result_of(models_of(arrays)), result_of(models_of(turned, spacing=spacing_kji[::-1]))
    assert values(one) == values(other)


def test_models_that_all_agree_are_perfect():
    array = np.zeros((3, 4, 4), dtype=np.uint8)
    array[1, 1:3, 1:3] = 1
    rows = [row for row in result_of(models_of([array] * 3)).agreement if row.volume_ml]
    assert {(row.dice, row.jaccard, row.hd95_mm, row.assd_mm, row.nsd) for row in rows} == {(1, 1, 0, 0, 1)}


def test_models_that_share_no_voxel_have_an_empty_consensus():
    a, b = np.zeros((2, 3, 4, 4), dtype=np.uint8)
    a[1, 0, 0] = b[1, 3, 3] = 1
    rows = [row for row in result_of(models_of([a, b])).agreement if row.volume_ml]
    assert {(row.status, row.dice, row.hd95_mm, row.nsd) for row in rows} == {("empty_consensus", 0, None, 0)}


def test_one_voxel_against_its_neighbour():
    a, b = np.zeros((2, 3, 3, 3), dtype=np.uint8)
    a[1, 1, 1] = 1
    b[1, 1, 1:] = 1
    row = next(r for r in result_of(models_of([a, b])).agreement if r.model == "B" and r.volume_ml)
    assert row.dice == pytest.approx(2 / 3)
    assert row.hd95_mm == pytest.approx(SPACING[0])


def test_an_unused_segment_changes_nothing():
    array = np.zeros((3, 4, 4), dtype=np.uint8)
    array[1, 1:3, 1:3] = 1
    models = models_of([array, array])
    kept = models[0].label_map.segments[:1]
    fewer = [replace(model, label_map=replace(model.label_map, segments=kept)) for model in models]
    found = {key: numbers for key, numbers in values(result_of(models)).items() if numbers[0]}
    assert found == values(result_of(fewer))
