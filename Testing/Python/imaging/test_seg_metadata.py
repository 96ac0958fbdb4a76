"""Names, codes and series attributes as dcmqi takes them."""

from __future__ import annotations

import pytest

from imaging.seg_cases import CYST_KIDNEY_RIGHT, KIDNEY_LEFT, SPLEEN, sct
from SegmentationConcordanceLib.anatomy.concepts import CodedStructure
from SegmentationConcordanceLib.errors import ConcordanceError
from SegmentationConcordanceLib.imaging.label_map import Segment
from SegmentationConcordanceLib.imaging.seg_metadata import (
    content_description,
    parse_content_description,
    seg_metadata,
    storable_segments,
    storable_text,
)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("spleen", "spleen"),
        ("Größe Ødème Łódź", "Grosse Odeme Lodz"),
        ("a\\b", "a/b"),
        (' & < > " ', '& < > "'),
        ("two\nlines\tand\x00more", "two lines and more"),
        ("肝臓", "??"),
        ("", ""),
        ("x" * 70, "x" * 64),
        ("x" * 63 + " y", "x" * 63),
    ],
)
def test_text_becomes_one_line_of_ascii(text, stored):
    assert storable_text(text) == stored


def test_empty_texts_are_filled_in_from_the_codes():
    (stored,) = storable_segments([Segment(1, " ", KIDNEY_LEFT)], "M")
    assert (stored.name, stored.description, stored.algorithm, stored.color) == (
        "Kidney, Left",
        "Kidney, Left",
        "M",
        (128, 128, 128),
    )


def test_a_concept_without_meaning_gets_its_code_as_meaning():
    structure = CodedStructure(sct("123037004", ""), sct("78961009", "Spléén"))
    (stored,) = storable_segments([Segment(1, "s", structure)], "M")
    assert stored.structure.category.meaning == "SCT:123037004"
    assert stored.structure.type.meaning == "Spleen"
    assert stored.structure == structure


def test_segments_without_codes_are_refused_by_name():
    segments = [Segment(1, "spleen", SPLEEN), Segment(2, "blob"), Segment(3, "spot")]
    with pytest.raises(ConcordanceError, match=r"2 of 3 segments have no codes: blob, spot\. Give them codes"):
        storable_segments(segments, "M")


def test_a_model_needs_a_name():
    with pytest.raises(ConcordanceError, match="name of the model is empty"):
        storable_segments([Segment(1, "spleen", SPLEEN)], "  ")


def test_a_segment_in_json():
    segments = storable_segments([Segment(7, "cyst", CYST_KIDNEY_RIGHT, (1, 2, 3), description="d")], "Model 1")
    document = seg_metadata([segments], series_description="Größe", content_description="label map x", series_number=12)
    assert document["SeriesDescription"] == "Grosse"
    assert document["SeriesNumber"] == "12"
    assert document["seriesAttributes"] == {"ContentLabel": "SEGMENTATION", "ContentDescription": "label map x"}
    assert document["segmentAttributes"] == [
        [
            {
                "labelID": 7,
                "SegmentLabel": "cyst",
                "SegmentDescription": "d",
                "SegmentAlgorithmType": "AUTOMATIC",
                "SegmentAlgorithmName": "Model 1",
                "recommendedDisplayRGBValue": [1, 2, 3],
                "SegmentedPropertyCategoryCodeSequence": {
                    "CodeValue": "49755003",
                    "CodingSchemeDesignator": "SCT",
                    "CodeMeaning": "Morphologically Altered Structure",
                },
                "SegmentedPropertyTypeCodeSequence": {
                    "CodeValue": "367643001",
                    "CodingSchemeDesignator": "SCT",
                    "CodeMeaning": "Cyst",
                },
                "AnatomicRegionSequence": {
                    "CodeValue": "64033007",
                    "CodingSchemeDesignator": "SCT",
                    "CodeMeaning": "Kidney",
                },
                "AnatomicRegionModifierSequence": {
                    "CodeValue": "24028007",
                    "CodingSchemeDesignator": "SCT",
                    "CodeMeaning": "Right",
                },
            }
        ]
    ]


@pytest.mark.parametrize(
    ("name", "tasks", "text"),
    [
        ("totalsegmentator_v2", ("total",), "label map totalsegmentator_v2 [total]"),
        ("cads", ("551", "552"), "label map cads [551,552]"),
        ("moose", (), "label map moose"),
        ("my own map", ("a b",), "label map my own map [a b]"),
        ("", ("total",), "segmentation"),
    ],
)
def test_the_label_map_is_told_and_found_again(name, tasks, text):
    assert content_description(name, tasks) == text
    assert parse_content_description(text) == (name, tasks if name else ())


def test_tasks_that_do_not_fit_are_left_out_all_together():
    tasks = tuple(f"clin_ct_task{n}" for n in range(9))
    assert content_description("moose", tasks) == "label map moose"


@pytest.mark.parametrize("name", ["x" * 60, "größe", "a\\b"])
def test_a_name_that_does_not_fit_is_cut_for_people(name):
    assert storable_text(content_description(name)) == content_description(name)


@pytest.mark.parametrize("text", ["", "segmentation", "DCMQI", "label map", "label map ", "a label map x"])
def test_descriptions_of_other_makers_name_no_label_map(text):
    assert parse_content_description(text) == ("", ())
