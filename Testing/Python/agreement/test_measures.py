"""Measures as data: what is made from them says the same."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from SegmentationConcordanceLib.agreement.measures import LESS, MEASURES, MORE, NEITHER
from SegmentationConcordanceLib.agreement.row_order import SHOWN_COLUMNS
from SegmentationConcordanceLib.agreement.table import AGREEMENT_COLUMNS, FACTS, heading_of
from SegmentationConcordanceLib.reporting.page_data import measures_for_page

TOP = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def docs():
    path = TOP / "Scripts" / "update_measure_docs.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_column_is_a_measure_or_a_fact():
    assert set(AGREEMENT_COLUMNS) == MEASURES.keys() | FACTS.keys()
    assert not MEASURES.keys() & FACTS.keys()


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
def test_each_measure_says_what_it_is(measure):
    assert measure.title and measure.sentence and not measure.sentence.endswith(".")
    assert measure.better in (MORE, LESS, NEITHER) and measure.section in ("overlap", "surface", "order")
    assert measure.unit in ("", "ml", "mm") and measure.key.endswith(
        f"_{measure.unit}" if measure.unit else measure.key
    )


def test_what_a_value_looks_like():
    assert [MEASURES[name].shown(2 / 3) for name in ("dice", "volume_ml", "assd_mm")] == ["0.667", "0.7", "0.67"]
    assert MEASURES["dice"].shown(None) == ""
    assert MEASURES["volume_ml"].heading == "Volume (ml)"


@pytest.mark.parametrize("name", ["docs/measures.md", "README.md"])
def test_the_documents_are_made_from_them(docs, name):
    text = (TOP / name).read_text(encoding="utf-8")
    assert "<!-- measures: " in text
    assert docs.updated(text) == text, "run Scripts/update_measure_docs.py"


def test_the_page_and_the_panels_know_them_by_the_same_words():
    assert {one["name"]: one["heading"] for one in measures_for_page()} == {
        name: measure.heading for name, measure in MEASURES.items()
    }
    assert heading_of("hd95_mm")[:2] == ("HD95", "mm")
    assert all(name in MEASURES or name in FACTS for name in SHOWN_COLUMNS)
