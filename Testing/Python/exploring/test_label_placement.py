"""Names beside outlines: in the view, not over the structure, not over each other."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from SegmentationConcordanceLib.exploring.label_placement import (
    Rectangle,
    eligible_pixels,
    first_anchors,
    nearest_anchor,
    place_labels,
)

VIEW = (300, 200)


def inside(place: Rectangle) -> bool:
    return place.x >= 0 and place.y >= 0 and place.x + place.width <= VIEW[0] and place.y + place.height <= VIEW[1]


@settings(max_examples=60, deadline=None)
@given(
    sizes=st.lists(st.tuples(st.integers(20, 110), st.just(14)), min_size=1, max_size=6),
    box=st.tuples(st.integers(0, 120), st.integers(0, 90), st.integers(10, 170), st.integers(10, 100)),
    seed=st.integers(0, 1000),
)
def test_labels_never_lie_over_the_structure_or_each_other(sizes, box, seed):
    structure = Rectangle(*box)
    rng = np.random.default_rng(seed)
    anchors = [(box[0] + box[2] * rng.random(), box[1] + box[3] * rng.random()) for _ in sizes]
    title = Rectangle(0, 180, 120, 20)
    places = place_labels(VIEW, sizes, anchors, structure, [title])
    assert [(place.width, place.height) for place in places if place] == [
        size for size, place in zip(sizes, places) if place
    ]
    for place in filter(None, places):
        assert inside(place) and not place.overlaps(title)
    for one, other in combinations(filter(None, places), 2):
        assert not one.overlaps(other)
    # a strip of 300 x 100 pixels beside a box of 100 holds six labels of 14
    if box[3] <= 60:
        assert all(place is not None and not place.overlaps(structure) for place in places)


def test_in_a_view_that_the_structure_fills_they_stand_at_the_margin():
    (place,) = place_labels(VIEW, [(60, 14)], [(150, 100)], Rectangle(0, 0, *VIEW))
    assert inside(place)
    assert min(place.x, VIEW[0] - place.x - place.width, place.y, VIEW[1] - place.y - place.height) <= 10
    assert place_labels((40, 40), [(60, 14)], [(1, 1)], Rectangle(0, 0, 5, 5)) == [None]


def test_a_label_points_to_where_the_outline_leaves_the_others():
    common = np.zeros((40, 60), bool)
    common[10:30, 10] = True
    away = common.copy()
    away[20, 10:40] = True  # a spur that the other one has not
    pixels = eligible_pixels([common, away, np.zeros_like(common)])
    assert len(pixels[0]) == 20  # it runs with the other one everywhere
    assert pixels[1][:, 0].min() == 13 and pixels[1][:, 0].max() == 39
    assert len(pixels[2]) == 0
    assert first_anchors(pixels)[2] == (0.0, 0.0)
    assert nearest_anchor(pixels[1], Rectangle(50, 20, 10, 5)) == (39.0, 20.0)


def test_distances():
    one = Rectangle(10, 10, 20, 10)
    assert one.nearest((0, 15)) == (10, 15) and one.distance((0, 15)) == 10 and one.distance((15, 15)) == 0
    assert not one.overlaps(Rectangle(30, 10, 5, 5)) and one.overlaps(Rectangle(30, 10, 5, 5), gap=1)
