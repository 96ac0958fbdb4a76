"""Label tables of other programs, written here line by line as those programs write them."""

from __future__ import annotations

import json

import pytest

from SegmentationConcordanceLib.anatomy.foreign_tables import ForeignLabel, read_foreign_table
from SegmentationConcordanceLib.errors import LabelMapTableError

SLICER = """# Color table file x.ctbl
# 3 values
0 Background 0 0 0 0
1 left_kidney 212 126 151 255
7 spleen 157 108 162 255
"""
SNAP = """################################################
# ITK-SnAP Label Description File
################################################
    0     0    0    0        0  0  0    "Clear Label"
    1   212  126  151        1  1  1    "left kidney"
    7   157  108  162      0.5  1  1    "spleen"
"""
EXPECTED = (ForeignLabel(1, "left kidney", (212, 126, 151)), ForeignLabel(7, "spleen", (157, 108, 162)))


@pytest.mark.parametrize(("name", "text"), [("a.ctbl", SLICER), ("a.txt", SLICER), ("b.txt", SNAP), ("b.label", SNAP)])
def test_colour_tables_and_label_files(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert read_foreign_table(path) == EXPECTED


@pytest.mark.parametrize(
    "labels",
    [
        {"background": 0, "left kidney": 1, "spleen": 7},
        {"0": "background", "1": "left kidney", "7": "spleen"},
        {"background": 0, "left kidney": [1], "spleen": 7},
    ],
)
def test_dataset_json_of_nnunet_1_and_2(tmp_path, labels):
    path = tmp_path / "dataset.json"
    path.write_text(json.dumps({"labels": labels, "file_ending": ".nii.gz"}), encoding="utf-8")
    assert [(label.label, label.name) for label in read_foreign_table(path)] == [(1, "left kidney"), (7, "spleen")]


def test_slicers_csv_brings_codes(tmp_path):
    columns = ["LabelValue", "Name", "Color_R", "Color_G", "Color_B", "Color_A"]
    parts = ("SegmentedPropertyCategoryCodeSequence", "SegmentedPropertyTypeCodeSequence")
    parts += ("SegmentedPropertyTypeModifierCodeSequence",)
    columns += [f"{part}.{field}" for part in parts for field in ("CodingSchemeDesignator", "CodeValue", "CodeMeaning")]
    row = "2,Kidney,212,126,151,255,SCT,123037004,Anatomical Structure,SCT,64033007.0,Kidney,SCT,7771000,Left"
    path = tmp_path / "colors.csv"
    path.write_text(f"{','.join(columns)}\n{row}\n3,Plain,1,2,3,255{',' * 9}\n", encoding="utf-8")
    kidney, plain = read_foreign_table(path)
    assert (kidney.label, kidney.name, kidney.color) == (2, "Kidney", (212, 126, 151))
    coded = kidney.structure
    assert [str(one) for one in (coded.category, coded.type, coded.modifier)] == [
        "SCT:123037004",
        "SCT:64033007",
        "SCT:7771000",
    ]
    assert coded.region is None
    assert plain.structure is None


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.ctbl", "1 spleen red green blue 255\n", "line 1"),
        ("a.ctbl", "1 spleen 300 0 0 255\n", "300"),
        ("a.ctbl", "1 spleen 1 2 3 255\n1 liver 1 2 3 255\n", "gives label 1 two names"),
        ("a.ctbl", "# nothing\n", "holds no label"),
        ("a.json", "{", "is no JSON"),
        ("a.json", "[]", 'has no "labels"'),
        ("a.json", '{"labels": {"tumor core": [1, 3]}}', "is a region of the labels"),
        ("a.json", '{"labels": {"tumor": -1}}', '"-1" is no label id'),
        ("a.csv", "number,what\n1,spleen\n", "neither ours nor LabelValue and Name"),
    ],
)
def test_what_is_no_label_table_is_refused(tmp_path, name, text, words):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LabelMapTableError) as error:
        read_foreign_table(path)
    assert words in str(error.value)
    assert str(path) in str(error.value)


def test_a_missing_file_and_a_binary_one(tmp_path):
    with pytest.raises(LabelMapTableError, match="cannot be read"):
        read_foreign_table(tmp_path / "absent.ctbl")
    (tmp_path / "binary.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(LabelMapTableError, match="no UTF-8"):
        read_foreign_table(tmp_path / "binary.txt")
