"""The groups of structures: whole words, the first that fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from SegmentationConcordanceLib.anatomy.groups import OTHER, group_of, read_groups, shipped_groups
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary, shipped_vocabularies
from SegmentationConcordanceLib.errors import ConcordanceError


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("lung_upper_lobe_left", "Lungs"),
        ("lung_vessels", "Lungs"),
        ("heart_atrium_left", "Heart"),
        ("pulmonary_artery", "Vessels"),
        ("rib_right_12", "Ribs"),
        ("sternum", "Ribs"),
        ("vertebrae_T8", "Vertebrae"),
        ("liver", "Digestive"),
        ("kidney_cyst_left", "Urogenital"),
        ("femur_left", "Bones"),
        ("gluteus_maximus_right", "Muscles"),
        ("frontal_lobe", "Brain"),
        ("subcutaneous_fat", "Body"),
        ("ear", OTHER),
    ],
)
def test_a_structure_is_in_the_group_a_reader_expects(name: str, group: str) -> None:
    assert group_of(name, shipped_groups()) == group


def test_words_are_whole() -> None:
    groups = shipped_groups()
    assert group_of("tribe", groups) == OTHER
    assert group_of("heartburn", groups) == OTHER


def test_every_structure_of_the_shipped_label_maps_has_a_group() -> None:
    names = {label.structure_name for name in shipped_vocabularies() for label in load_vocabulary(name).labels}
    assert sorted(name for name in names if group_of(name, shipped_groups()) == OTHER) == []


@pytest.mark.parametrize("text", ["group\nLungs\n", "group,words\nLungs,\n", "group,words\n,lung\n", ""])
def test_a_damaged_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "groups.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConcordanceError, match=r"groups\.csv"):
        read_groups(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConcordanceError, match="absent"):
        read_groups(tmp_path / "absent.csv")
