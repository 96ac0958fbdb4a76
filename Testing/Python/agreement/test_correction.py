"""What was changed about a segmentation, on masks that were counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from imaging.seg_cases import CYST_KIDNEY_RIGHT, KIDNEY_LEFT, SPLEEN
from SegmentationConcordanceLib.agreement.correction import corrected_structures
from SegmentationConcordanceLib.agreement.options import AnalysisOptions
from SegmentationConcordanceLib.errors import GeometryMismatchError
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment

GRID = Geometry.from_parts((4, 10, 12), (1.0, 1.0, 2.0), (0, 0, 0), np.eye(3))
SPLEEN_, KIDNEY, CYST = (
    Segment(7, "spleen", SPLEEN),
    Segment(2, "kidney", KIDNEY_LEFT),
    Segment(3, "cyst", CYST_KIDNEY_RIGHT),
)


def label_map(*segments: Segment, geometry: Geometry = GRID, **boxes) -> LabelMap:
    voxels = np.zeros(geometry.shape, np.uint8)
    for segment in segments:
        for box in boxes.get(segment.name, ()):
            voxels[box] = segment.label
    return LabelMap((voxels,), geometry, segments)


def test_values_worked_out_by_hand():
    model = label_map(SPLEEN_, spleen=[np.s_[1, 2:6, 2:6]])  # 4 x 4 voxels in one slice
    corrected = label_map(SPLEEN_, spleen=[np.s_[1, 2:6, 2:8]])  # two columns more
    (found,) = corrected_structures(model, corrected)
    assert (found.structure, found.structure_key, found.is_changed) == ("spleen", "SCT:78961009", True)
    assert (found.volume_ml, found.corrected_volume_ml) == (pytest.approx(16 * 2e-3), pytest.approx(24 * 2e-3))
    assert found.dice == pytest.approx(2 * 16 / (16 + 24))
    # The corrected contour has 16 voxels; the model's 12, of which 10 (all but rows 3 and 4 of column 5) are in it.
    assert found.added_path_length_mm == pytest.approx(6.0)
    assert found.hd95_mm == pytest.approx(2.0)
    assert found.nsd_tolerance_mm == 1.0
    assert 0 < found.nsd < 1
    assert found.lesions is None
    (wider,) = corrected_structures(model, corrected, AnalysisOptions(nsd_tolerances_mm={"spleen": 2.0}))
    assert (wider.nsd, wider.nsd_tolerance_mm) == (1.0, 2.0)


def test_what_nobody_touched_is_not_changed():
    model = label_map(SPLEEN_, spleen=[np.s_[1, 2:6, 2:6]])
    (found,) = corrected_structures(model, model)
    assert (found.is_changed, found.dice, found.nsd, found.hd95_mm, found.added_path_length_mm) == (
        (False, 1.0, 1.0, 0.0, 0.0)
    )


def test_lesions_are_matched_component_by_component():
    model = label_map(CYST, cyst=[np.s_[1, 1:3, 1:3], np.s_[1, 7:9, 7:9]])
    corrected = label_map(CYST, cyst=[np.s_[1, 1:3, 1:3], np.s_[3, 1:3, 7:9], np.s_[0, 8:10, 0:2]])
    (found,) = corrected_structures(model, corrected)
    lesions = found.lesions
    assert (lesions.n_reference, lesions.n_found, lesions.n_matched) == (3, 2, 1)
    assert lesions.sensitivity == pytest.approx(1 / 3)
    assert lesions.false_negative_rate == pytest.approx(2 / 3)
    assert lesions.f1 == lesions.panoptic_quality == pytest.approx(2 / 5)


def test_what_was_missed_and_what_was_made_up():
    model = label_map(SPLEEN_, KIDNEY, spleen=[np.s_[1, 2:4, 2:4]])
    corrected = label_map(SPLEEN_, KIDNEY, kidney=[np.s_[2, 2:4, 2:4]])
    spleen, kidney = corrected_structures(model, corrected)
    assert (spleen.corrected_volume_ml, spleen.dice, spleen.nsd, spleen.hd95_mm) == (0.0, 0.0, 0.0, None)
    assert spleen.added_path_length_mm == 0.0
    assert (kidney.volume_ml, kidney.dice, kidney.added_path_length_mm) == (0.0, 0.0, 4.0)


def test_labels_layers_and_names_may_differ():
    model = label_map(SPLEEN_, spleen=[np.s_[1, 2:6, 2:6]])
    voxels = np.zeros((2, *GRID.shape), np.uint16)
    voxels[0, 1, 2:4, 2:6], voxels[1, 1, 4:6, 2:6] = 9, 1
    parts = (Segment(9, "Milz", SPLEEN, layer=0), Segment(1, "Milz 2", SPLEEN, layer=1))
    (found,) = corrected_structures(model, LabelMap(tuple(voxels), GRID, parts))
    assert (found.structure, found.is_changed) == ("spleen", False)


def test_another_grid_is_refused():
    other = Geometry.from_parts(GRID.shape, (1.0, 1.0, 3.0), (0, 0, 0), np.eye(3))
    with pytest.raises(GeometryMismatchError):
        corrected_structures(label_map(SPLEEN_), label_map(SPLEEN_, geometry=other))
