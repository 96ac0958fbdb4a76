"""Slicer's terminology files as a source of suggestions."""

from __future__ import annotations

import json

import pytest

from SegmentationConcordanceLib.anatomy.known_structures import KnownStructures
from SegmentationConcordanceLib.anatomy.slicer_terms import installed_terminologies, read_terminology, terms_of
from SegmentationConcordanceLib.anatomy.suggestions import UnknownLabel, suggest
from SegmentationConcordanceLib.anatomy.vocabulary import all_vocabularies
from SegmentationConcordanceLib.cli import run
from SegmentationConcordanceLib.errors import LabelMapTableError


def concept(value, meaning, **more):
    return {"CodingSchemeDesignator": "SCT", "CodeValue": value, "CodeMeaning": meaning, **more}


AMYGDALA = concept(
    "4958002",
    "Amygdala",
    Modifier=[
        concept("24028007", "Right", recommendedDisplayRGBValue=[98, 153, 112], **{"3dSlicerLabel": "right almond"}),
        concept("7771000", "Left", recommendedDisplayRGBValue=[98, 153, 112], slicerDisplayName="left almond"),
    ],
)
MENISCUS = concept("74135004", "Meniscus", recommendedDisplayRGBValue=[178, 212, 242])
TERMS = {
    "SegmentationCategoryTypeContextName": "Slicer's list",
    "SegmentationCodes": {"Category": [concept("123037004", "Anatomical Structure", Type=[AMYGDALA, MENISCUS])]},
}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "SegmentationCategoryTypeModifier-Mine.term.json"
    path.write_text(json.dumps(TERMS), encoding="utf-8")
    return path


def test_every_type_alone_and_with_each_modifier(file):
    vocabulary = read_terminology(file)
    assert vocabulary.title == "Slicer's list"
    assert [(label.name, label.identity.key, label.color) for label in vocabulary.labels] == [
        ("Amygdala", "SCT:4958002", None),
        ("right almond", "SCT:4958002|SCT:24028007", (98, 153, 112)),
        ("left almond", "SCT:4958002|SCT:7771000", (98, 153, 112)),
        ("Meniscus", "SCT:74135004", (178, 212, 242)),
    ]


def test_suggestions_come_with_their_source_and_are_never_exact(file):
    known, terms = KnownStructures.of(all_vocabularies()[0]), terms_of([file])
    almond, meniscus, neither = (
        suggest([UnknownLabel(1, name)], known, terms=terms)[0] for name in ("almond_left", "meniscus", "xyzzy")
    )
    assert (almond[0].identity.key, almond[0].exact) == ("SCT:4958002|SCT:7771000", False)
    assert 'called "left almond" in Slicer\'s list' in almond[0].reasons
    assert [one.identity.key for one in almond if "SCT:24028007" in one.identity.key] == []
    assert meniscus[0].identity.key == "SCT:74135004"
    assert neither == ()
    assert not suggest([UnknownLabel(1, "almond_left")], known)[0]


def test_a_label_map_goes_before_a_terminology(file):
    known, terms = KnownStructures.of(all_vocabularies()[0]), terms_of([file])
    (spleen, *_) = suggest([UnknownLabel(1, "spleen")], known, terms=terms)[0]
    assert spleen.exact
    assert not any("Slicer's list" in reason for reason in spleen.reasons)


def test_the_command_reads_a_file_and_slicers_own(file, tmp_path, monkeypatch, capfd):
    draft = tmp_path / "draft.csv"
    draft.write_text("label,name,structure,category,type\n1,right almond,,,\n", encoding="utf-8")
    assert run(["labelmaps", "suggest", "--map", str(draft), "--terminology", str(file)]) == 0
    assert "Slicer's list" in capfd.readouterr().out
    assert run(["labelmaps", "suggest", "--map", str(draft)]) == 0
    assert "nothing known fits" in capfd.readouterr().out
    installed = tmp_path / "Slicer/share/Slicer-5.12/qt-loadable-modules/Terminologies" / file.name
    installed.parent.mkdir(parents=True)
    file.rename(installed)
    monkeypatch.setenv("SLICER_HOME", str(tmp_path / "Slicer"))
    assert installed_terminologies({"SLICER_HOME": str(tmp_path / "Slicer")}) == (installed,)
    assert installed_terminologies({}) == ()
    assert run(["labelmaps", "suggest", "--map", str(draft)]) == 0
    assert "Slicer's list" in capfd.readouterr().out


_CONCEPT = '"CodeValue": "1", "CodingSchemeDesignator": "X", "CodeMeaning": "x"'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"AnatomicCodes": {}}',
        '{"SegmentationCodes": {"Category": [{"Type": [3]}]}}',
        f'{{"SegmentationCodes": {{"Category": [{{{_CONCEPT}, "Type": [{{{_CONCEPT}, '
        '"recommendedDisplayRGBValue": ["r", "g", "b"]}]}]}}',
    ],
)
def test_what_is_no_terminology(tmp_path, text):
    path = tmp_path / "terms.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LabelMapTableError, match=r"terms\.json: is no "):
        read_terminology(path)
    with pytest.raises(LabelMapTableError, match="cannot be read"):
        read_terminology(tmp_path / "absent.json")
