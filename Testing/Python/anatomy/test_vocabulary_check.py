"""Every kind of error that a label map can hold is found, and the shipped maps hold none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from SegmentationConcordanceLib.anatomy.label_map_table import read_table
from SegmentationConcordanceLib.anatomy.vocabulary_check import check_all, check_vocabulary, shipped_files

COLUMNS = "task,label,name,structure,category,type,modifier,region,region_modifier,color"
ANATOMY = "SCT:123037004 Anatomical Structure"
SPLEEN = f"t,1,spleen,spleen,{ANATOMY},SCT:78961009 Spleen,,,,#9d6ca2"
LEFT_KIDNEY = f"t,2,kidney_left,kidney_left,{ANATOMY},SCT:64033007 Kidney,SCT:7771000 Left,,,#d47e97"
LIVER_CODES = f"{ANATOMY},SCT:10200004 Liver,,,,#dd8265"


def write(folder: Path, *rows: str, columns: str = COLUMNS, head: str = "") -> Path:
    path = folder / "planted.csv"
    path.write_text(head + "\n".join([columns, *rows]) + "\n", encoding="utf-8")
    return path


def kinds(path: Path) -> list[tuple[int, str]]:
    return [(finding.line, finding.kind) for finding in check_vocabulary(path)]


def test_the_shipped_maps_are_sound():
    assert check_all() == []
    assert len(shipped_files()) == 10


def test_a_sound_file_has_no_findings(tmp_path):
    assert check_vocabulary(write(tmp_path, SPLEEN, LEFT_KIDNEY, head="# title: Mine\n# output t: x.nii.gz\n")) == []


def test_what_a_spreadsheet_saved_with_semicolons_says_the_same(tmp_path):
    head = "# title: Mine\n# family: a, b\n"
    before = read_table(write(tmp_path, SPLEEN, LEFT_KIDNEY, head=head))
    saved = [line.replace(",", ";") for line in (COLUMNS, SPLEEN, LEFT_KIDNEY)]
    filled = "".join(f"{line};;;;;;;;;\n" for line in head.splitlines())
    after = read_table(write(tmp_path, *saved[1:], columns=saved[0], head=filled))
    assert (after.findings, after.head) == ([], {"title": "Mine", "family": "a, b"})
    assert after.rows == before.rows and [row.name for row in after.rows] == ["spleen", "kidney_left"]


def test_an_announced_separator_tabs_capitals_and_blank_lines_say_the_same(tmp_path):
    head = "# title: Mine\n# family: a, b\n"
    before = read_table(write(tmp_path, SPLEEN, LEFT_KIDNEY, head=head))
    saved = [line.replace(",", "\t") for line in (COLUMNS.upper(), SPLEEN, LEFT_KIDNEY)]
    after = read_table(write(tmp_path, *saved[1:], columns=saved[0], head=f"sep=\t\n{head}\n\n"))
    assert (after.findings, after.head) == ([], before.head)
    assert [replace(row, line=0) for row in after.rows] == [replace(row, line=0) for row in before.rows]


PLANTED = {
    "label id twice": (f"t,1,liver,liver,{LIVER_CODES}", "label", "label id 1 of liver is that of spleen (line 2)"),
    "label id zero": (f"t,0,liver,liver,{LIVER_CODES}", "label", '"0" is no whole number'),
    "label id fraction": (f"t,1.5,liver,liver,{LIVER_CODES}", "label", '"1.5" is no whole number'),
    "label id missing": (f"t,,liver,liver,{LIVER_CODES}", "label", "liver has no label id"),
    "label name twice": (f"t,3,spleen,liver,{LIVER_CODES}", "name", 'label name "spleen"'),
    "name missing": (f"t,3,,liver,{LIVER_CODES}", "name", "is empty"),
    "structure missing": (f"t,3,liver,,{LIVER_CODES}", "structure", "is empty"),
    "type missing": (f"t,3,liver,liver,{ANATOMY},,,,,#dd8265", "code", "the type is empty"),
    "category missing": ("t,3,liver,liver,,SCT:10200004 Liver,,,,#dd8265", "code", "the category is empty"),
    "check digit": (f"t,3,liver,liver,{ANATOMY},SCT:10200005 Liver,,,,", "code", "type SCT:10200005 of liver"),
    "code as float": (f"t,3,liver,liver,{ANATOMY},SCT:10200004.0 Liver,,,,", "code", "SCT:10200004.0"),
    "code without scheme": (f"t,3,liver,liver,{ANATOMY},10200004 Liver,,,,", "code", "is no coded concept"),
    "code without meaning": (f"t,3,liver,liver,{ANATOMY},SCT:10200004,,,,", "code", "is no coded concept"),
    "color out of range": (f"t,3,liver,liver,{ANATOMY},SCT:10200004 Liver,,,,#1dd8265", "color", "#1dd8265"),
    "color garbage": (f"t,3,liver,liver,{ANATOMY},SCT:10200004 Liver,,,,ƒp", "color", "ƒp"),
    "too few cells": ("t,3,liver,liver", "row", "has 4 cells under 10 columns"),
    "region modifier alone": (
        f"t,3,liver,liver,{ANATOMY},SCT:10200004 Liver,,,SCT:255503000 Entire,",
        "code",
        "region modifier without a region",
    ),
    "name right, modifier left": (
        f"t,3,x,femur_right,{ANATOMY},SCT:71341001 Femur,SCT:7771000 Left,,,",
        "laterality",
        "structure femur_right says right, its codes say left",
    ),
    "name left, no modifier": (
        f"t,3,x,quadriceps_femoris_left,{ANATOMY},SCT:21989003 Quadriceps femoris muscle,,,,",
        "laterality",
        "says left, its codes say no side",
    ),
    "model's name R, modifier left": (
        f"t,3,Femur R,femur_left,{ANATOMY},SCT:71341001 Femur,SCT:7771000 Left,,,",
        "laterality",
        'label name "Femur R" says right, its codes say left',
    ),
    "region on the other side": (
        "t,3,x,kidney_cyst_left,SCT:49755003 Morphologically Abnormal Structure,SCT:367643001 Cyst,,"
        "SCT:64033007 Kidney,SCT:24028007 Right,",
        "laterality",
        "says left, its codes say right",
    ),
    "one identity twice": (
        "t,3,milt,spleen_2,SCT:91723000 Anatomical Structure,SCT:78961009 Spleen,,,,",
        "identity",
        "the identity SCT:78961009 of milt is that of spleen (line 2)",
    ),
    "other codes than in the shipped maps": (
        f"t,3,minimus_left,gluteus_minimus_left,{ANATOMY},SCT:78333006 Gluteus medius muscle,SCT:7771000 Left,,,",
        "codes across maps",
        "gluteus_minimus_left is SCT:78333006|SCT:7771000, but SCT:75297007|SCT:7771000 in",
    ),
    "two colors for a pair": (
        f"t,3,kidney_right,kidney_right,{ANATOMY},SCT:64033007 Kidney,SCT:24028007 Right,,,#d47e98",
        "color of a pair",
        "kidney_right is #d47e98, its other side #d47e97 (line 3)",
    ),
    "one color for neighbours": (
        f"t,3,stomach,stomach,{ANATOMY},SCT:69695003 Stomach,,,,#9d6ca2",
        "color of neighbours",
        "stomach is #9d6ca2 like spleen (line 2), which it touches",
    ),
    "one color for what may touch": (
        f"t,3,glottis,glottis,{ANATOMY},SCT:1307006 Glottis,,,,#9d6ca2",
        "color of neighbours",
        "glottis is #9d6ca2 like spleen (line 2), which it may touch",
    ),
    "other name than in the shipped maps": (
        f"t,3,clavicle_left,clavicle_left,{ANATOMY},SCT:51299004 Clavicle,SCT:7771000 Left,,,",
        "names across maps",
        "is called clavicle_left, but clavicula_left in",
    ),
}


@pytest.mark.parametrize("case", PLANTED)
def test_a_planted_error_is_found(tmp_path, case):
    row, kind, text = PLANTED[case]
    path = write(tmp_path, SPLEEN, LEFT_KIDNEY, row)
    found = [finding for finding in check_vocabulary(path) if finding.kind == kind and text in finding.text]
    assert [(finding.file, finding.line) for finding in found] == [(str(path), 4)]


def test_two_tasks_may_share_ids_and_structures(tmp_path):
    assert check_vocabulary(write(tmp_path, SPLEEN, SPLEEN.replace("t,", "u,", 1))) == []


def test_an_unknown_a_repeated_and_a_missing_column(tmp_path):
    path = write(tmp_path, columns=COLUMNS.replace("modifier,region,", "modifer,region,region,"))
    assert kinds(path)[:2] == [(1, "column"), (1, "column")]
    assert {text.text.split('"')[1] for text in check_vocabulary(path) if text.kind == "column"} == {
        "modifer",
        "region",
    }
    path = write(tmp_path, columns="label,name,category,type")
    assert [finding.text for finding in check_vocabulary(path)] == ["missing: structure"]


def test_an_unknown_head_key_and_an_empty_table(tmp_path):
    assert kinds(write(tmp_path, head="# ouput: x\n")) == [(1, "head"), (2, "row")]


def test_all_findings_of_a_file_are_reported(tmp_path):
    rows = [PLANTED[case][0] for case in ("label id zero", "check digit", "color garbage", "too few cells")]
    found = kinds(write(tmp_path, SPLEEN, *rows))
    assert {(3, "label"), (4, "code"), (5, "color"), (6, "row")} <= set(found)


def test_two_files_are_held_against_each_other(tmp_path):
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    row = "1,x,new_structure,{anatomy},99X:{code} New"
    for path, code in ((one, "A"), (other, "B")):
        row_text = row.format(anatomy=ANATOMY, code=code)
        path.write_text(f"label,name,structure,category,type\n{row_text}\n", encoding="utf-8")
    assert check_vocabulary(one) == check_vocabulary(other) == []
    (finding,) = check_vocabulary(one, other)
    assert (finding.file, finding.line, finding.kind) == (str(other), 2, "codes across maps")
    assert str(finding) == f"{other}, line 2: codes across maps: new_structure is 99X:B, but 99X:A in one.csv, line 2"
