"""The order of vertebrae and ribs as one model has them, on bars that fall as ribs do."""

from __future__ import annotations

import numpy as np
import pytest

from SegmentationConcordanceLib.agreement.analysis import Analysis
from SegmentationConcordanceLib.agreement.models import ModelSegmentation
from SegmentationConcordanceLib.agreement.options import AnalysisOptions
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment

SHAPE = (70, 30, 40)
STRUCTURES = {label.structure_name: label.structure for label in load_vocabulary("moose").labels}
RIBS = [f"rib_left_{number}" for number in range(3, 9)]
HIGHEST, BETWEEN, FALL, LENGTH = 58, 8, 6, 22


def ribs(order: list[str], fall: int = FALL) -> np.ndarray:
    """Bars of 3 x 3 voxels, in this order from above, that fall by so many voxels from the back to the front."""
    voxels = np.zeros(SHAPE, np.uint8)
    for n, name in enumerate(order):
        for step in range(LENGTH):
            k = round(HIGHEST - BETWEEN * n - fall * step / LENGTH)
            voxels[k : k + 3, 4 + step, 20:23] = RIBS.index(name) + 1
    return voxels


def findings(voxels: np.ndarray, direction=None):
    direction = np.eye(3) if direction is None else direction
    geometry = Geometry.from_parts(voxels.shape, (2.0, 2.0, 2.0), (0.0, 0.0, 0.0), direction)
    segments = tuple(Segment(n, name, STRUCTURES[name]) for n, name in enumerate(RIBS, start=1) if n in voxels)
    only = ModelSegmentation("Only", LabelMap((voxels,), geometry, segments), frozenset())
    return list(Analysis([only], case="a", series_uid="").result(AnalysisOptions()).findings)


def moved(name: str, to: int) -> list[str]:
    order = [other for other in RIBS if other != name]
    order.insert(to, name)
    return order


def test_ribs_in_order_are_no_finding():
    assert findings(ribs(RIBS)) == []


def test_ribs_follow_where_they_lie_above_each_other_and_not_by_their_middles():
    voxels = ribs(RIBS[:4], fall=24)
    voxels[:, 11:][voxels[:, 11:] == 2] = 0
    upper, lower = (np.argwhere(voxels == label)[:, 0].mean() for label in (1, 2))
    assert upper < lower
    assert findings(voxels) == []


@pytest.mark.parametrize(("name", "to"), [("rib_left_3", 4), ("rib_left_7", 1), ("rib_left_5", 5)])
def test_a_rib_out_of_order_is_named(name, to):
    (finding,) = findings(ribs(moved(name, to)))
    assert (finding.kind, finding.names, finding.models) == ("implausible_place", (name,), ("Only",))
    assert finding.sentence == f"a, {name.replace('_', ' ')}: Only has it out of the order of its series."


def test_two_ribs_that_changed_their_names_are_one_finding():
    order = list(RIBS)
    order[1], order[4] = order[4], order[1]
    (finding,) = findings(ribs(order))
    assert finding.names == (RIBS[1], RIBS[4])
    assert "rib left 4 and rib left 7: Only has them out of the order of their series." in finding.sentence


@pytest.mark.parametrize("axes", ["stored head to foot", "sagittal slices", "coronal slices"])
def test_the_order_is_that_of_the_body_however_the_voxels_are_stored(axes):
    direction = np.eye(3)
    for order, names in ((RIBS, ()), (moved("rib_left_3", 4), ("rib_left_3",))):
        voxels = ribs(order)
        if axes == "stored head to foot":
            voxels, turned = voxels[::-1], np.diag([1.0, 1.0, -1.0])
        elif axes == "sagittal slices":
            voxels, turned = voxels.transpose(2, 0, 1), direction[:, [1, 2, 0]]
        else:
            voxels, turned = voxels.transpose(1, 0, 2), direction[:, [0, 2, 1]]
        found = findings(np.ascontiguousarray(voxels), turned)
        wrong = [finding.names for finding in found if finding.kind == "implausible_place"]
        assert wrong == [names] * bool(names)


def test_ribs_that_do_not_lie_above_each_other_have_no_order():
    voxels = ribs(RIBS[:2])
    voxels[voxels == 2] = 0
    voxels[10:60, 26:29, 4:7] = 2
    assert findings(voxels) == []


def test_a_rib_that_the_end_of_the_scan_cuts_is_left_out():
    voxels = ribs(moved("rib_left_3", 5))
    voxels[: np.argwhere(voxels == 1)[:, 0].min(), 23:26, 20:23] = 1
    assert [finding.kind for finding in findings(voxels)] == []
