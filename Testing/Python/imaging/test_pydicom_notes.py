"""pydicom's warnings are not heard while our own words are said, and heard again afterwards."""

from __future__ import annotations

import warnings
from contextlib import ExitStack

import pytest
from pydicom.dataset import Dataset

from SegmentationConcordanceLib.imaging.pydicom_notes import without_pydicom_notes


def heard():
    """How often pydicom is heard about one value that is no UID, with the filters as they are."""
    said = []
    show, warnings.showwarning = warnings.showwarning, lambda *words, **more: said.append(words)
    try:
        Dataset().StudyInstanceUID = "no UID"
    finally:
        warnings.showwarning = show
    return len(said)


def test_pydicom_is_not_heard_within_and_heard_after_an_error():
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        with pytest.raises(ValueError, match="ours"), without_pydicom_notes():
            Dataset().StudyInstanceUID = "no UID"
            warnings.warn("ours are heard", stacklevel=1)
            raise ValueError("ours")
        Dataset().StudyInstanceUID = "no UID"
    assert [one.category for one in said] == [UserWarning, UserWarning]
    assert str(said[0].message) == "ours are heard"


def test_whichever_of_two_ends_first_nothing_stays_changed():
    before = list(warnings.filters)
    command, reading_ahead = ExitStack(), ExitStack()
    command.enter_context(without_pydicom_notes())
    reading_ahead.enter_context(without_pydicom_notes())
    command.close()
    assert heard() == 0, "the other one is still within"
    reading_ahead.close()
    assert warnings.filters == before
