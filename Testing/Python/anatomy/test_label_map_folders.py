"""Label maps of one's own: where they are found, and that they go before the shipped ones."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from SegmentationConcordanceLib.anatomy.label_map_folders import label_map_folders, label_maps_in, users_folder
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
from SegmentationConcordanceLib.errors import LabelMapTableError

SPLEEN = "label,name,structure,category,type\n1,Milz,spleen,SCT:123037004 Anatomical Structure,SCT:78961009 Spleen\n"


@pytest.fixture
def folder(tmp_path):
    for name in ("moose", "mine", "thing_v1"):
        (tmp_path / f"{name}.csv").write_text(SPLEEN, encoding="utf-8")
    return tmp_path


def test_folders_given_go_before_those_of_the_environment(tmp_path):
    one, two, three = (tmp_path / name for name in ("one", "two", "three"))
    for path in (one, two, three):
        path.mkdir()
        (path / "mine.csv").write_text(SPLEEN, encoding="utf-8")
    environment = {"CONCORDANCE_LABEL_MAPS": os.pathsep.join([str(two), str(three), str(one)])}
    folders = label_map_folders([str(one)], environment)
    assert folders == (one, two, three)
    assert label_maps_in(folders) == {"mine": one / "mine.csv"}
    assert label_map_folders([], {}) == ()
    with pytest.raises(LabelMapTableError, match="absent: is no folder"):
        label_map_folders([], {"CONCORDANCE_LABEL_MAPS": str(tmp_path / "absent")})


@pytest.mark.parametrize(
    ("system", "environment", "expected"),
    [
        ("linux", {"HOME": "/home/a"}, "/home/a/.local/share"),
        ("linux", {"HOME": "/home/a", "XDG_DATA_HOME": "/data"}, "/data"),
        ("linux", {"HOME": "/home/a", "XDG_DATA_HOME": "relative"}, "/home/a/.local/share"),
        ("darwin", {"HOME": "/Users/a", "XDG_DATA_HOME": "/data"}, "/Users/a/Library/Application Support"),
        ("win32", {"USERPROFILE": "/u/a", "APPDATA": "/u/a/Roam"}, "/u/a/Roam"),
        ("win32", {"USERPROFILE": "/u/a"}, "/u/a/AppData/Roaming"),
    ],
)
def test_the_users_own_folder(system, environment, expected):
    assert users_folder(environment, system) == Path(expected, "segmentation-concordance", "labelmaps")


def test_the_users_own_folder_comes_last_and_need_not_be_there(tmp_path):
    environment = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    own = users_folder(environment)
    assert label_map_folders([], environment) == ()
    own.mkdir(parents=True)
    (tmp_path / "given").mkdir()
    assert label_map_folders([tmp_path / "given"], environment) == (tmp_path / "given", own)
    assert users_folder({}) is None


def test_a_users_map_replaces_a_shipped_one_and_says_so(folder):
    own, shipped = load_vocabulary("moose", [folder]), load_vocabulary("moose")
    assert (len(own.labels), own.replaces_shipped, own.path) == (1, True, folder / "moose.csv")
    assert (len(shipped.labels), shipped.replaces_shipped) == (144, False)
    assert load_vocabulary("mine", [folder]).replaces_shipped is False
    assert own.for_task("").replaces_shipped is True


def test_a_users_versions_are_asked_about_too(folder):
    with pytest.raises(LabelMapTableError, match=r"thing: has several versions.*: thing_v1\."):
        load_vocabulary("thing", [folder])
