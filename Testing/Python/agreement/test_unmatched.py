"""What matches nothing by its codes and could by its name is named, and never merged."""

from __future__ import annotations

import numpy as np

from SegmentationConcordanceLib.agreement.models import ModelSegmentation
from SegmentationConcordanceLib.agreement.unmatched import unmatched_notes
from SegmentationConcordanceLib.anatomy.concepts import CodedConcept, CodedStructure
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment

GRID = Geometry.from_parts((2, 3, 4), (1, 1, 1), (0, 0, 0), np.eye(3))
LABELS = {one.name: one for one in load_vocabulary("totalsegmentator_v2").for_task("total").labels}
ODD = CodedStructure(
    CodedConcept("123037004", "SCT", "Anatomical Structure"), CodedConcept("1234567", "99LOCAL", "Our spleen")
)


def model(name: str, *segments: Segment) -> ModelSegmentation:
    return ModelSegmentation(name, LabelMap((np.zeros(GRID.shape, np.uint8),), GRID, segments))


def coded(number: int, name: str) -> Segment:
    return Segment(number, name, LABELS[name].structure)


def test_a_code_of_ones_own_under_a_known_name():
    (note,) = unmatched_notes(
        [model("A", coded(1, "spleen"), coded(2, "liver")), model("B", Segment(1, "Spleen", ODD))]
    )
    assert note.startswith("B: ") and "Spleen (99LOCAL:1234567) could be spleen" in note


def test_a_segment_without_codes():
    (note,) = unmatched_notes([model("A", coded(1, "kidney_left")), model("B", Segment(7, "kidney left"))])
    assert "could be kidney_left" in note


def test_what_matches_or_what_nobody_else_has_needs_no_word():
    assert unmatched_notes([model("A", coded(1, "spleen")), model("B", coded(3, "spleen"), coded(4, "liver"))]) == []
    assert unmatched_notes([model("A", coded(1, "spleen")), model("B", Segment(1, "blob", ODD))]) == []
