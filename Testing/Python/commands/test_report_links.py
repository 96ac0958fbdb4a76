"""The links of a report to a browser viewer: from the demo and from compare, clicked in a browser."""

from __future__ import annotations

import functools
import json
from urllib.parse import parse_qs, urlsplit

import pydicom
import pytest
from pydicom.filereader import read_partial

from reporting.report_views import address, click_mark

MODELS = {"MOOSE": "moose", "CADS": "cads", "TotalSegmentator 2.6": "totalsegmentator_v2"}


@functools.cache
def uids(path):
    with path.open("rb") as file:  # the headers of a SEG's frames, behind these, take long
        header = read_partial(file, lambda tag, vr, length: tag > pydicom.tag.Tag("SeriesInstanceUID"))
    return str(header.StudyInstanceUID), str(header.SeriesInstanceUID)


@pytest.fixture
def page(launch_chromium):
    browser = launch_chromium(["--no-sandbox", "--disable-gpu"])
    page = browser.new_page(viewport={"width": 1200, "height": 2400})
    page.set_default_timeout(30_000)
    yield page
    browser.close()


def test_a_clicked_point_of_the_demos_report_leads_to_its_own_case_model_and_structure(coarse_demo, page):
    page.goto((coarse_demo / "report.html").as_uri())
    seen = set()
    for model, label_map in MODELS.items():
        click_mark(page, "dice-plot", f"points {model}", 4)
        link = urlsplit(page.locator("#viewer-link").get_attribute("href"))
        case, structure_key, clicked = json.loads(address(page).partition("selected=")[2].partition("&")[0])
        assert clicked == model
        study, ct = uids(next((coarse_demo / "sample" / case / "ct").iterdir()))
        _, seg = uids(coarse_demo / "cases" / case / "segmentations" / f"{label_map}.dcm")
        _, consensus = uids(coarse_demo / "cases" / case / "consensus.dcm")
        query = {name: values[0] for name, values in parse_qs(link.query).items()}
        assert (link.scheme, link.netloc, link.path) == ("http", "127.0.0.1:8520", "/viewer")
        assert (query["StudyInstanceUIDs"], query["seg"]) == (study, seg)
        # The point's model first, the consensus last, and between them the other models that know the structure.
        first, own, *others, last = query["SeriesInstanceUIDs"].split(",")
        assert (first, own, last) == (ct, seg, consensus)
        series_of = {uids(path)[1] for path in (coarse_demo / "cases" / case / "segmentations").glob("*.dcm")}
        assert len(others) >= 2
        assert set(others) <= series_of - {seg}
        heading = page.locator("#details-heading").inner_text()
        assert heading.lower() == f"{query['structure'].replace('_', ' ')}, {model}".lower()
        seen.add((case, structure_key, model))
        page.locator("#details-close").click()
    assert len(seen) == len(MODELS)


def compared(concordance, case, segs, folder, *words):
    call = ["compare", "--ct", case.ct_folder, "--seg", segs["moose"], segs["auto3dseg"], "--no-surfaces"]
    assert concordance(*call, "--output", folder, *words).code == 0
    return folder / "report.html"


def test_compare_links_to_the_segs_that_it_was_given(concordance, case, segs, tmp_path, page):
    page.goto(compared(concordance, case, segs, tmp_path / "out").as_uri())
    click_mark(page, "dice-plot", "points MOOSE", 0)
    query = parse_qs(urlsplit(page.locator("#viewer-link").get_attribute("href")).query)
    assert query["seg"] == [uids(segs["moose"])[1]]
    assert query["SeriesInstanceUIDs"][0].split(",")[1:] == [
        uids(segs["moose"])[1],
        uids(segs["auto3dseg"])[1],
        uids(tmp_path / "out" / "consensus.dcm")[1],
    ]


@pytest.mark.parametrize(
    ("setting", "begin"),
    [
        ("none", ""),
        ("idc", "https://viewer.imaging.datacommons.cancer.gov/v3/viewer/?"),
        ("https://host/ohif", "https://host/ohif/viewer?"),
        ("https://host/x?s={study}", "https://host/x?s={study}"),
    ],
)
def test_one_setting_says_which_viewer(concordance, case, segs, tmp_path, setting, begin):
    page = compared(concordance, case, segs, tmp_path / "out", "--viewer", setting).read_text(encoding="utf-8")
    viewer = json.loads('"' + page.partition('"viewer":"')[2].partition('"')[0] + '"')
    assert viewer.startswith(begin)
    assert bool(viewer) == bool(begin)


def test_a_viewer_that_is_none_is_refused_before_anything_is_read(refused, case, segs, tmp_path):
    call = ["compare", "--ct", case.ct_folder, "--seg", *segs.values(), "--output", tmp_path / "out"]
    assert "is no http or https address" in refused(*call, "--viewer", "ftp://host/{study}")
    assert not (tmp_path / "out").exists()
