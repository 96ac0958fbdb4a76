"""Rows with round numbers, and a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from SegmentationConcordanceLib.agreement.table import AgreementRow, PairwiseRow
from SegmentationConcordanceLib.reporting.report import write_report

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def agreement_row() -> Callable[..., AgreementRow]:
    """A row with Dice 0.8, that is a consensus of 2/3 of the model's 90 ml; any value can be given."""

    def make(**values: Any) -> AgreementRow:
        row = {
            "case": "case-01",
            "series_uid": "1.2.3",
            "structure": "spleen",
            "structure_key": "SCT:78961009",
            "model": "MOOSE",
            "status": "ok",
            "consensus": "intersection",
            "n_models": 3,
            "volume_ml": 90.0,
            "consensus_volume_ml": 60.0,
            "dice": 0.8,
            "jaccard": 2 / 3,
            "volume_ratio": 2 / 3,
        }
        return AgreementRow(**{**row, **values})

    return make


@pytest.fixture
def pairwise_row() -> Callable[..., PairwiseRow]:
    """A pair of models with Dice 0.9; any value can be given."""

    def make(**values: Any) -> PairwiseRow:
        row = {"case": "case-01", "structure": "spleen", "structure_key": "SCT:78961009", "model_a": "CADS"}
        row |= {"model_b": "MOOSE", "dice": 0.9, "volume_a_ml": 80.0, "volume_b_ml": 90.0}
        return PairwiseRow(**{**row, **values})

    return make


@dataclass
class Visit:
    """A page in a browser, and what it said and asked for while it was open."""

    page: Any
    messages: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def open(self, path: Path) -> Any:
        self.page.goto(path.as_uri())
        return self.page


@pytest.fixture(scope="session")
def browser(launch_chromium: Callable[[list[str]], Any]) -> Iterator[Any]:
    browser = launch_chromium(ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def window(browser: Any) -> Iterator[Any]:
    """One page for all tests: a new one costs as much as what most of them look at."""
    page = browser.new_page()
    page.set_default_timeout(30_000)
    yield page
    page.close()


@pytest.fixture
def browser_page(window: Any) -> Iterator[Visit]:
    """An empty page; the test fails at its end if it logged anything, or asked for anything but the file itself."""
    window.set_viewport_size({"width": 1200, "height": 900})
    window.emulate_media(media="null", color_scheme="null")
    visit = Visit(window)
    heard = {
        "console": lambda message: visit.messages.append(message.text),
        "pageerror": lambda error: visit.messages.append(str(error)),
        "dialog": lambda dialog: (visit.messages.append(f"dialog {dialog.message}"), dialog.dismiss()),
        "request": lambda request: visit.requests.append(request.url),
    }
    for event, hear in heard.items():
        window.on(event, hear)
    yield visit
    for event, hear in heard.items():
        window.remove_listener(event, hear)
    window.goto("about:blank")
    assert visit.messages == []
    assert [url for url in visit.requests if not url.startswith(("file:", "blob:"))] == []
    assert len({url.partition("#")[0] for url in visit.requests if url.startswith("file:")}) == 1


@pytest.fixture
def rows(agreement_row: Callable[..., AgreementRow]) -> list[AgreementRow]:
    """Two cases; spleen by three models, liver by two, aorta by one alone. In case b CADS missed the liver."""
    nothing = {"consensus_volume_ml": 0.0, "jaccard": None, "volume_ratio": None, "dice": None}
    empty = {"consensus_volume_ml": 0.0, "jaccard": 0.0, "volume_ratio": 0.0, "dice": 0.0}
    alone = {"consensus_volume_ml": None, "jaccard": None, "volume_ratio": None, "dice": None, "n_models": 1}
    liver = {"structure": "liver", "structure_key": "SCT:10200004", "n_models": 2}
    return [
        agreement_row(case="a", model="MOOSE", dice=0.8),
        agreement_row(case="a", model="CADS", dice=0.92, volume_ml=70.0, volume_ratio=6 / 7),
        agreement_row(case="a", model="Other", dice=0.96, volume_ml=65.0, volume_ratio=12 / 13),
        agreement_row(case="a", model="MOOSE", dice=0.95, **liver),
        agreement_row(case="a", model="CADS", dice=0.97, **liver),
        agreement_row(case="a", model="MOOSE", structure="aorta", structure_key="SCT:15825003", **alone),
        agreement_row(case="b", model="MOOSE", dice=0.84),
        agreement_row(case="b", model="CADS", dice=0.9, status="truncated"),
        agreement_row(case="b", model="Other", dice=0.94),
        agreement_row(case="b", model="MOOSE", status="empty_consensus", **{**liver, **empty}),
        agreement_row(case="b", model="CADS", status="missing", volume_ml=0.0, **{**liver, **nothing}),
    ]


@pytest.fixture
def page(
    browser_page: Visit, rows: list[AgreementRow], pairwise_row: Callable[..., PairwiseRow], tmp_path: Path
) -> Any:
    """The page of these rows and of one pair, open."""
    write_report(tmp_path / "page.html", rows, [pairwise_row(dice=0.75)], title="Two cases", notes=["A note."])
    return browser_page.open(tmp_path / "page.html")
