"""The page of the report as a file: what it holds, and what it never asks for."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from pathlib import Path

import numpy as np
import pytest

from SegmentationConcordanceLib.agreement.table import AGREEMENT_COLUMNS
from SegmentationConcordanceLib.errors import OutputError
from SegmentationConcordanceLib.reporting import report
from SegmentationConcordanceLib.reporting.page_data import (
    agreement_columns,
    embedded_json,
    groups_for_page,
    pairwise_columns,
)
from SegmentationConcordanceLib.reporting.report import write_report

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>&amp;\u2028'\""


def embedded_data(text):
    (data,) = re.findall(r'<script type="application/json" id="report-data">(.*?)</script>', text, flags=re.DOTALL)
    return json.loads(data)


def floats(text):
    """Numbers as the page holds them, None for NaN."""
    values = np.frombuffer(base64.b64decode(text), dtype="<f4")
    return [None if math.isnan(value) else float(value) for value in values]


def texts(column):
    index = np.frombuffer(base64.b64decode(column["index"]), dtype=f"<u{column['bits'] // 8}")
    return [column["texts"][number] for number in index]


def column(data, name, count):
    held = data["agreement"]
    assert held["count"] == count
    if name in held["texts"]:
        return texts(held["texts"][name])
    return floats(held["numbers"][name]) if name in held["numbers"] else [None] * count


def test_the_data_in_the_page_are_the_rows(tmp_path, agreement_row):
    rows = [
        agreement_row(dice=0.1 + 0.2, hd95_mm=1 / 3),
        agreement_row(model="CADS", status="missing", volume_ml=0.0, dice=None, jaccard=None, volume_ratio=None),
        agreement_row(case="Fall 2 ß", consensus="majority"),
    ]
    write_report(tmp_path / "page.html", rows, title="Three rows")
    data = embedded_data((tmp_path / "page.html").read_text(encoding="utf-8"))
    for name in AGREEMENT_COLUMNS:
        held = column(data, name, 3)
        assert len(held) == 3
        for value, row in zip(held, rows):
            expected = getattr(row, name)
            assert value == (pytest.approx(expected, rel=1e-6) if isinstance(expected, float) else expected), name


def test_hostile_text_stays_text(tmp_path, agreement_row):
    write_report(tmp_path / "page.html", [agreement_row(case=HOSTILE)], title=HOSTILE, notes=[HOSTILE])
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<img" not in text
    assert "<script>alert" not in text
    data = embedded_data(text)
    assert column(data, "case", 1) == [HOSTILE]
    assert data["notes"][0] == HOSTILE


def test_embedded_json_has_no_character_that_html_reads():
    assert embedded_json({"a": "<>&\u2028ü"}) == '{"a":"\\u003c\\u003e\\u0026\\u2028\\u00fc"}'
    with pytest.raises(ValueError, match="JSON"):
        embedded_json(float("nan"))


def test_nothing_is_loaded_from_anywhere(tmp_path, agreement_row):
    write_report(tmp_path / "page.html", [agreement_row()], title="One row")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    markup = re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL)
    assert re.findall(r"\b(?:src|href|srcset|action)\s*=|url\(|@import|<link|<iframe", markup) == []
    assert re.findall(r"https?://", markup) == []
    assert {
        url for url in re.findall(r"https?://[^\"'`\s]+", text) if not url.startswith("http://www.w3.org/")
    } == set()


def test_the_policy_allows_exactly_the_scripts_of_the_page(tmp_path, agreement_row):
    write_report(tmp_path / "page.html", [agreement_row()], title="One row")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="(.*?)"', text)
    scripts = re.findall(r"<script>(.*?)</script>", text, flags=re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    assert policy.split("; ")[0] == "default-src 'none'"
    assert policy.split("; ")[1] == "script-src " + " ".join(f"'sha256-{digest}'" for digest in digests)


def test_the_published_number_of_points_stays_under_1500_kb(tmp_path, agreement_row):
    rows = [
        agreement_row(case=f"case-{i % 18}", structure=f"s{i % 24}", model=f"m{i % 6}", dice=1 / (1 + i / 9999))
        for i in range(2538)
    ]
    write_report(tmp_path / "page.html", rows, title="As many as published")
    assert (tmp_path / "page.html").stat().st_size < 1_500_000


def test_a_page_that_cannot_be_written(tmp_path, agreement_row):
    with pytest.raises(OutputError):
        write_report(tmp_path, [agreement_row()], title="A folder is there")


def test_pairs_by_place(pairwise_row):
    rows = [
        pairwise_row(dice=0.5),
        pairwise_row(case="b", dice=1 / 3),
        pairwise_row(dice=None, structure_key="none"),
        pairwise_row(case="b", model_b="X", dice=0.25, structure_key=""),
    ]
    held = pairwise_columns(rows)
    assert held["count"] == 3
    assert texts(held["case"]) == ["case-01", "b", "b"]
    assert texts(held["structure"]) == ["SCT:78961009", "SCT:78961009", "spleen"]
    assert [(pair["a"], pair["b"]) for pair in held["pairs"]] == [("CADS", "MOOSE"), ("CADS", "X")]
    assert floats(held["pairs"][0]["dice"]) == [0.5, pytest.approx(1 / 3, rel=1e-7), None]
    assert floats(held["pairs"][1]["dice"]) == [None, None, 0.25]
    assert pairwise_columns([])["pairs"] == []


def test_many_different_texts_are_indexed_in_more_bits(agreement_row):
    rows = [agreement_row(case=f"case {number}") for number in range(300)]
    held = agreement_columns(rows)
    assert [held["texts"][name]["bits"] for name in ("case", "model")] == [16, 8]
    assert texts(held["texts"]["case"])[-1] == "case 299"


def test_structures_are_grouped_by_their_codes_and_by_name_without(agreement_row):
    rows = [
        agreement_row(structure="Milz"),
        agreement_row(structure="rib_left_3", structure_key=""),
        agreement_row(structure="Liver lesion of the left rib", structure_key="99X:1"),
        agreement_row(structure="Ding", structure_key=""),
    ]
    assert groups_for_page(rows) == [
        {"title": "Ribs", "structures": ["rib_left_3", "99X:1"]},
        {"title": "Digestive", "structures": ["SCT:78961009"]},
        {"title": "Other", "structures": ["Ding"]},
    ]


def test_the_data_can_be_in_a_file_beside_the_page(tmp_path, agreement_row, browser):
    path = tmp_path / "many & <rows>.html"
    write_report(path, [agreement_row(), agreement_row(model="CADS")], title="Beside", data_beside=True)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["many & <rows>.data.js", "many & <rows>.html"]
    page = browser.new_page()
    messages = []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.goto(path.as_uri())
    assert page.locator("#rows tbody tr").count() == 2
    assert messages == []
    page.close()


def test_the_page_has_every_file_of_scripts_and_styles_once(tmp_path):
    write_report(tmp_path / "page.html", [], title="Empty")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    folder = Path(report.__file__).parent / "page"
    files = [*folder.rglob("*.js"), *folder.rglob("*.css")]
    assert len(files) > 40
    assert {file.name: text.count(file.read_text(encoding="utf-8").strip()) for file in files} == {
        file.name: 1 for file in files
    }
