"""Names of which there may be many, in words."""

from __future__ import annotations

import pytest

from SegmentationConcordanceLib.plurals import first_few


@pytest.mark.parametrize(
    ("names", "said"),
    [([], ""), (["a"], "a"), (["a", "b"], "a, b"), (["a", "b", "c"], "a, b and 1 more")],
)
def test_as_many_names_as_asked_and_how_many_more(names, said):
    assert first_few(names, 2) == said
