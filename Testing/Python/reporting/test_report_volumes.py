"""The plots of volumes show the values of the tables and of the library: the page computes none of its own."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from reporting.report_views import download, series
from SegmentationConcordanceLib.agreement.volume_spread import volume_spread
from SegmentationConcordanceLib.reporting.report import write_report

MODELS, STRUCTURES, CASES = ("A", "B", "C", "D"), ("liver", "spleen", "heart"), ("one", "two", "three")


@pytest.fixture
def volumes(agreement_row):
    """Rows with volumes made at random; one in five is missing."""
    random = np.random.default_rng(3)
    rows = []
    for case in CASES:
        for name in STRUCTURES:
            for model in MODELS:
                place = {"case": case, "structure": name, "structure_key": "", "model": model}
                volume = float(random.uniform(20, 900))
                if random.random() < 0.2:
                    rows.append(agreement_row(**place, status="missing", volume_ml=0.0, dice=None, volume_ratio=None))
                else:
                    # Written to four digits, as many as the page's seven keep.
                    share = round(float(random.uniform(0.1, 1)), 4)
                    rows.append(agreement_row(**place, volume_ml=round(volume, 2), volume_ratio=share))
    return rows


@pytest.fixture
def opened(kept_page, volumes, tmp_path):
    write_report(tmp_path / "page.html", volumes, title="Volumes")
    return kept_page(tmp_path / "page.html")


def saved(page, view):
    _, text = download(page, page.locator(f"[data-export={view}] button", has_text="CSV"))
    return list(csv.DictReader(io.StringIO(text)))


def expected_spreads(volumes):
    of = {}
    for row in volumes:
        of.setdefault((row.case, row.structure), []).append(row.volume_ml)
    return {place: value for place, own in of.items() if (value := volume_spread(own)) is not None}


def test_the_spread_is_that_of_the_library(opened, volumes):
    expected = expected_spreads(volumes)
    assert {(line["case"], line["structure"]): float(line["spread"]) for line in saved(opened, "spread")} == {
        place: pytest.approx(value, rel=1e-6) for place, value in expected.items()
    }
    drawn = sorted(x for x, _, _ in series(opened, "spread-plot")["spread"])
    assert drawn == pytest.approx(sorted(100 * value for value in expected.values()), rel=1e-6)


def test_a_model_that_is_switched_off_stays_in_the_spread_and_it_is_said(opened, volumes):
    expected = expected_spreads(volumes)
    opened.locator("#models button", has_text="B").click()
    lines = saved(opened, "spread")
    assert 0 < len(lines) < len(expected)
    assert all("B" not in (line["largest_model"], line["smallest_model"]) for line in lines)
    for line in lines:
        assert float(line["spread"]) == pytest.approx(expected[line["case"], line["structure"]], rel=1e-6)
    note = opened.locator("#spread-note").text_content()
    hidden = len(expected) - len(lines)
    assert f"B: left out of the view, not of the spread. Not drawn: {hidden} mark" in note


def test_the_share_is_that_of_the_table(opened, volumes):
    expected = {(row.case, row.structure, row.model): row.volume_ratio for row in volumes if row.volume_ml}
    lines = [line for line in saved(opened, "share") if line["volume_ratio"]]
    assert {(line["case"], line["structure"], line["model"]): float(line["volume_ratio"]) for line in lines} == expected
    marks = [mark for name, own in series(opened, "share-plot").items() if name.startswith("points") for mark in own]
    assert sorted(y for _, y, _ in marks) == pytest.approx(sorted(100 * share for share in expected.values()))
    bands = "echarts.getInstanceByDom(document.getElementById('share-plot')).getOption().series[0].markArea.data"
    assert opened.evaluate(f"{bands}.map(([one]) => one.name)")[:4] == [
        "100\u201390 %",
        "90\u201375 %",
        "75\u201350 %",
        "50\u201325 %",
    ]
