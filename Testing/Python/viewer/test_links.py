"""Links to viewers: the addresses that come out are written here by hand."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from SegmentationConcordanceLib.errors import ConcordanceError
from SegmentationConcordanceLib.viewer.links import link_template, viewer_link

POINT = ("1.2", "1.2.3", ["1.2.4", "1.2.5"], "1.2.4", "lung left")


@pytest.mark.parametrize(
    ("setting", "link"),
    [
        (
            "local",
            "http://127.0.0.1:8520/viewer?StudyInstanceUIDs=1.2&SeriesInstanceUIDs=1.2.3,1.2.4,1.2.5&seg=1.2.4"
            "&structure=lung%20left",
        ),
        (
            "idc",
            "https://viewer.imaging.datacommons.cancer.gov/v3/viewer/?StudyInstanceUIDs=1.2"
            "&SeriesInstanceUIDs=1.2.3,1.2.4,1.2.5&initialSeriesInstanceUID=1.2.4",
        ),
        (
            "segverify",
            "https://segverify-viewer.web.app/viewer?StudyInstanceUIDs=1.2&SeriesInstanceUIDs=1.2.3,1.2.4,1.2.5"
            "&initialSeriesInstanceUID=1.2.4&dicomweb=us-central1-idc-external-031.cloudfunctions.net/segverify_proxy1",
        ),
        (
            "https://ohif.example/some/where/",
            "https://ohif.example/some/where/viewer?StudyInstanceUIDs=1.2&SeriesInstanceUIDs=1.2.3,1.2.4,1.2.5"
            "&initialSeriesInstanceUID=1.2.4&structure=lung%20left",
        ),
        (
            "https://ohif.example/viewer?dicomweb=pacs.example/dicom-web",
            "https://ohif.example/viewer?dicomweb=pacs.example/dicom-web&StudyInstanceUIDs=1.2"
            "&SeriesInstanceUIDs=1.2.3,1.2.4,1.2.5&initialSeriesInstanceUID=1.2.4&structure=lung%20left",
        ),
        ("http://own.example/?s={study}&only={segs}#top", "http://own.example/?s=1.2&only=1.2.4,1.2.5#top"),
    ],
)
def test_every_kind_of_setting_gives_the_link_of_its_viewer(setting, link):
    assert viewer_link(link_template(setting), *POINT) == link


def test_a_place_is_in_the_link_of_this_machines_viewer_alone():
    local = viewer_link(link_template("local"), *POINT, place_lps=(-1.5, 0.0, 1234.25))
    assert local.endswith("&structure=lung%20left&place=-1.5,0,1234.25")
    assert "place" not in viewer_link(link_template("https://host/ohif"), *POINT, place_lps=(-1.5, 0.0, 1234.25))


def test_a_value_cannot_end_its_parameter_or_the_address():
    hostile = 'x&evil=1#"><script>alert(1)</script> %2f+,{study}\u00e4'
    link = viewer_link(link_template("local"), hostile, "1", [hostile], hostile, hostile)
    parts = urlsplit(link)
    assert not set(link) & set("\"<> '{}")
    assert link.isascii()
    assert (parts.netloc, parts.path, parts.fragment) == ("127.0.0.1:8520", "/viewer", "")
    assert parse_qs(parts.query) == {
        "StudyInstanceUIDs": [hostile],
        "SeriesInstanceUIDs": [f"1,{hostile}"],
        "seg": [hostile],
        "structure": [hostile],
    }


def test_what_has_no_value_is_left_out():
    link = viewer_link(link_template("local"), "1.2", "", ["1.3"], "", "")
    assert link == "http://127.0.0.1:8520/viewer?StudyInstanceUIDs=1.2&SeriesInstanceUIDs=1.3"


@pytest.mark.parametrize(
    ("setting", "fact"),
    [
        ("ohif", "is no http or https address"),
        ("javascript:alert(1)//{study}", "is no http or https address"),
        ("file:///viewer?{study}", "is no http or https address"),
        ("https://user:word@host/?{study}", "is no http or https address"),
        ("https://host/?a={study", "is no address of a viewer"),
        ("https://[host/?a={study}", "is no address of a viewer"),
        ("https://host/?a={study}&b={patient}", "unknown field {patient}"),
        ("https://host/?a={study.__class__}", "unknown field {study.__class__}"),
        ("https://host/?a={study!r}", "unknown field {study!r}"),
        ("https://host/?a={study:>99999}", "unknown field {study:>99999}"),
        ("https://host/?a={}", "unknown field {}"),
        ("https://{study}/?a=1", "field before its question mark"),
        ("https://host/?a={seg}", "does not name the study"),
    ],
)
def test_a_setting_that_leads_nowhere_is_refused(setting, fact):
    with pytest.raises(ConcordanceError) as refused:
        link_template(setting)
    assert fact in str(refused.value)
