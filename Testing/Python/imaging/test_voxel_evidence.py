"""Which known segments occupy a label's voxels: Dice by hand."""

from __future__ import annotations

import numpy as np
import pytest

from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
from SegmentationConcordanceLib.errors import GeometryMismatchError
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment
from SegmentationConcordanceLib.imaging.voxel_evidence import voxel_evidence

LINE = Geometry.from_parts((1, 1, 10), (1, 1, 1), (0, 0, 0), np.eye(3))
CODES = {label.name: label.structure for label in load_vocabulary("cads").for_task("551").labels}


def line(*voxels: int) -> np.ndarray:
    return np.array(voxels, np.uint8).reshape(1, 1, 10)


def known(voxels: np.ndarray) -> LabelMap:
    names = {1: "spleen", 2: "liver", 3: "aorta"}
    segments = [Segment(label, name, CODES[name]) for label, name in names.items()]
    return LabelMap((voxels,), LINE, (*segments, Segment(4, "uncoded")))


def test_dice_by_hand():
    unknown = line(5, 5, 5, 5, 6, 6, 6, 0, 9, 9)
    marked = line(1, 1, 1, 2, 2, 2, 0, 0, 4, 4)
    found = voxel_evidence(unknown, LINE, known(marked), min_dice=0.3)
    # 5 and the spleen: 2 * 3 / (4 + 3); 5 and the liver: 2 * 1 / (4 + 3) is too little; 6 and the liver: 2 * 2 / 6
    assert found == {5: ((CODES["spleen"], "spleen", 6 / 7),), 6: ((CODES["liver"], "liver", 4 / 6),)}


def test_the_best_comes_first_and_no_more_than_asked():
    unknown, marked = line(5, 5, 5, 5, 5, 5, 0, 0, 0, 0), line(1, 2, 2, 2, 3, 3, 0, 0, 0, 0)
    found = voxel_evidence(unknown, LINE, known(marked), min_dice=0.0, limit=2)
    assert [(name, dice) for _, name, dice in found[5]] == [("liver", 6 / 9), ("aorta", 4 / 8)]


def test_another_grid_is_refused():
    other = Geometry.from_parts((1, 1, 10), (2, 1, 1), (0, 0, 0), np.eye(3))
    with pytest.raises(GeometryMismatchError, match="spacing"):
        voxel_evidence(line(*[0] * 10), other, known(line(*[1] * 10)))


def test_a_real_model_explains_another_real_model(real_cases):
    from SegmentationConcordanceLib.imaging.model_output import read_model_output
    from SegmentationConcordanceLib.imaging.volume_files import read_label_volume

    folder = real_cases / "abdomen_nifti"
    total = load_vocabulary("totalsegmentator_v2").for_task("total")
    fast = read_model_output([folder / "totalsegmentator_v2_total_fast.nii.gz"], total).label_map
    voxels, geometry = read_label_volume(folder / "totalsegmentator_v2_total.nii.gz")
    names = {label.label: label.structure_name for label in total.labels}
    found = voxel_evidence(voxels, geometry, fast, min_dice=0.7)
    assert len(found) >= 20
    assert {label: some[0][1] for label, some in found.items()} == {label: names[label] for label in found}
