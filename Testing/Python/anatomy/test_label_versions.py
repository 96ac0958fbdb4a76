"""Label ids that are not the same structure in every version of a model."""

from __future__ import annotations

import pytest

from SegmentationConcordanceLib.anatomy.label_versions import ambiguous_labels, versions_of_names
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary


@pytest.fixture(scope="module")
def versions():
    return load_vocabulary("totalsegmentator_v2"), load_vocabulary("totalsegmentator_v2_0")


def test_sixteen_ribs_leave_the_version_open(versions):
    found = ambiguous_labels(versions, "total")
    assert list(found) == list(range(92, 108))
    assert found[92] == {"totalsegmentator_v2": "rib_left_1", "totalsegmentator_v2_0": "rib_right_4"}


def test_a_file_without_these_ribs_is_not_ambiguous(versions):
    assert ambiguous_labels(versions, "total", [1, 5, 91, 108, 117]) == {}
    assert list(ambiguous_labels(versions, "total", [1, 107])) == [107]
    assert ambiguous_labels(versions, "body") == {}


def test_names_in_the_header_tell_the_version(versions):
    assert versions_of_names(versions, "total", {1: "spleen", 92: "rib_left_1"}) == ("totalsegmentator_v2",)
    assert versions_of_names(versions, "total", {92: "rib_right_4"}) == ("totalsegmentator_v2_0",)
    assert versions_of_names(versions, "total", {1: "spleen"}) == ("totalsegmentator_v2", "totalsegmentator_v2_0")
    assert versions_of_names(versions, "total", {}) == ()
