"""Rows with round numbers, and a browser."""

from __future__ import annotations

import base64
import contextlib
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import SimpleITK

from reporting.made_pictures import picture
from reporting.visits import KeptPage, Visit
from SegmentationConcordanceLib.agreement.table import AgreementRow, PairwiseRow
from SegmentationConcordanceLib.reporting.pictures import PIXELS
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
    with visit.listening():
        yield visit
    window.goto("about:blank")
    visit.check()
    assert any(url.startswith("file:") for url in visit.requests)


@pytest.fixture(scope="module")
def keep(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path, int, int], KeptPage]]:
    """keep(path, width, height) -> the tab with a page like this one."""
    folder, kept = tmp_path_factory.mktemp("kept"), {}

    def tab(path: Path, width: int, height: int) -> KeptPage:
        held = path.read_bytes()
        key = (hashlib.sha256(held).hexdigest(), width, height)
        if key not in kept:
            own = folder / f"{len(kept)}.html"
            own.write_bytes(held)
            kept[key] = KeptPage(browser, own, (width, height))
        return kept[key]

    yield tab
    for one in kept.values():
        one.page.close()


@pytest.fixture
def kept_page(keep: Callable[[Path, int, int], KeptPage]) -> Iterator[Callable[..., Any]]:
    """kept_page(path) -> the page of a file as it is at first, also where a test before has opened its like.

    The test fails at its end if the page logged anything, or asked for anything but the file itself.
    """
    with contextlib.ExitStack() as listening:
        used: list[tuple[KeptPage, Visit]] = []

        def opened(path: Path, width: int = 1200, height: int = 900) -> Any:
            kept = keep(path, width, height)
            visit = Visit(kept.page)
            listening.enter_context(visit.listening())
            used.append((kept, visit))
            kept.open()
            return kept.page

        yield opened
        for kept, _ in used:
            kept.set_back()
    for _, visit in used:
        visit.check()


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
    kept_page: Callable[..., Any],
    rows: list[AgreementRow],
    pairwise_row: Callable[..., PairwiseRow],
    tmp_path: Path,
) -> Any:
    """The page of these rows and of one pair, open."""
    write_report(tmp_path / "page.html", rows, [pairwise_row(dice=0.75)], title="Two cases", notes=["A note."])
    return kept_page(tmp_path / "page.html")


@pytest.fixture(scope="session")
def jpeg(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A grey picture as JPEG in base64."""
    path = tmp_path_factory.mktemp("jpeg") / "grey.jpg"
    SimpleITK.WriteImage(SimpleITK.Image(PIXELS, PIXELS, SimpleITK.sitkUInt8) + 128, str(path))
    return base64.b64encode(path.read_bytes()).decode("ascii")


@pytest.fixture
def written(rows: list[AgreementRow], pairwise_row: Callable[..., PairwiseRow], jpeg: str, tmp_path: Path) -> Path:
    """The page of the rows, in which CADS missed the liver of b and MOOSE is low on the spleen; with two pictures."""
    pictures = [
        picture(jpeg, "b", "SCT:10200004", "liver", ["MOOSE", "CADS"], missed=[1]),
        picture(jpeg, "a", "SCT:78961009", "spleen", ["MOOSE", "CADS", "Other"]),
    ]
    write_report(tmp_path / "page.html", rows, [pairwise_row(dice=0.75)], title="Two cases", pictures=pictures)
    return tmp_path / "page.html"


@pytest.fixture
def first(kept_page: Callable[..., Any], written: Path) -> Any:
    """That page on a screen of 1440 x 900."""
    return kept_page(written, 1440, 900)
