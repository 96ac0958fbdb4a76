"""``concordance cohort idc``: IDC's own index, and a stand-in for its bucket."""

from __future__ import annotations

import csv
import io
import logging
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from cohort.bucket import Bucket
from SegmentationConcordanceLib.cohort import idc as idc_module
from SegmentationConcordanceLib.cohort.idc import Idc
from SegmentationConcordanceLib.errors import ConcordanceError

index_module = pytest.importorskip("idc_index.index", reason="needs idc-index: make setup-test")


@pytest.fixture(scope="module")
def idc():
    """The package's index; a million series."""
    return Idc()


@pytest.fixture(scope="module")
def studies(idc, table):
    """Of the index the studies of the table."""
    index, listed = idc._client.index, [line["series"] for line in lines_of(table)]
    uids = index["StudyInstanceUID"][index["SeriesInstanceUID"].isin(listed)]
    return index[index["StudyInstanceUID"].isin(uids)]


@pytest.fixture
def one_index(idc, studies, monkeypatch):
    """Makes the command use the index that is read already, of which a few studies are left."""
    monkeypatch.setattr(idc._client, "index", studies)
    monkeypatch.setattr(idc_module, "Idc", lambda: idc)
    monkeypatch.setattr("SegmentationConcordanceLib.commands.cohort_idc.Idc", lambda: idc)


@pytest.fixture(scope="module")
def table(repository):
    return repository / "docs" / "examples" / "nlst_18.csv"


def lines_of(path):
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_the_study_s_18_series_are_in_the_index(idc, table):
    lines = lines_of(table)
    images = idc.images([line["series"] for line in lines])
    assert [one.series_uid for one in images] == [line["series"] for line in lines]
    assert {(one.collection, one.modality) for one in images} == {("nlst", "CT")}
    assert [one.patient for one in images] == [line["patient_id"] for line in lines]
    segs = idc.segmentations(images, ["totalsegmentator_ct_segmentations"])
    assert {one.study_uid for one in segs} <= {one.study_uid for one in images}
    assert {one.modality for one in segs} == {"SEG"}


def test_a_cohort_file_without_fetching(concordance, one_index, table, tmp_path):
    outcome = concordance("cohort", "idc", "--from", table, "--folder", tmp_path / "nlst")
    assert outcome.code == 0, outcome
    assert "18 image series, 0 segmentations" in outcome.out
    lines, told = lines_of(tmp_path / "nlst" / "cohort.csv"), lines_of(table)
    assert [line["case"] for line in lines] == [line["case"] for line in told]
    assert [line["kernel"] for line in lines] == [line["kernel"] for line in told]
    assert lines[0]["ct"] == told[0]["ct"].replace("nlst/", "nlst/", 1)


def test_an_unknown_series_is_named(refused, one_index, tmp_path):
    line = refused("cohort", "idc", "--series", "1.2.3", "--folder", tmp_path)
    assert "has no image series 1.2.3" in line


def slices(series):
    """As many small CT slices as IDC has of the series."""
    for number in range(series.files):
        dataset = Dataset()
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = CTImageStorage
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID = generate_uid()
        dataset.Modality, dataset.SeriesInstanceUID, dataset.InstanceNumber = "CT", series.series_uid, number
        stream = io.BytesIO()
        dataset.save_as(stream, enforce_file_format=True)
        yield stream.getvalue()


def test_what_is_fetched_lies_where_the_cohort_file_says(concordance, idc, one_index, table, tmp_path, monkeypatch):
    uid = lines_of(table)[12]["series"]
    (series,) = idc.images([uid])
    row = idc._client.index[idc._client.index["SeriesInstanceUID"] == uid].iloc[0]
    place = f"{row.aws_bucket}/{row.crdc_series_uuid}"
    bucket = Bucket({f"{place}/{n:04}.dcm": data for n, data in enumerate(slices(series))})
    monkeypatch.setattr(index_module, "aws_endpoint_url", bucket.address)
    words = ("cohort", "idc", "--series", uid, "--fetch", "--folder", tmp_path / "nlst")
    outcome = concordance(*words)
    assert outcome.code == 0, outcome
    (line,) = lines_of(tmp_path / "nlst" / "cohort.csv")
    assert len(list((tmp_path / "nlst" / line["ct"]).glob("*.dcm"))) == series.files
    asked = len(bucket.requests)
    assert concordance(*words, "--output", tmp_path / "again.csv").code == 0
    assert len(bucket.requests) == asked  # nothing is fetched twice
    bucket.close()


def test_without_a_network_it_is_said_at_once(concordance, idc, one_index, table, tmp_path, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        nobody = f"http://127.0.0.1:{server.getsockname()[1]}"
    monkeypatch.setattr(index_module, "aws_endpoint_url", nobody)  # the port is closed again
    outcome = concordance("cohort", "idc", "--from", table, "--folder", tmp_path / "idc", "--fetch")
    assert outcome.code == 2
    assert f"IDC's bucket: does not answer at {nobody}" in outcome.err
    assert "Is there a network?" in outcome.err


def test_what_does_not_arrive_is_said(concordance, idc, one_index, table, tmp_path, monkeypatch):
    bucket = Bucket({})
    monkeypatch.setattr(index_module, "aws_endpoint_url", bucket.address)
    uid = lines_of(table)[12]["series"]
    outcome = concordance("cohort", "idc", "--series", uid, "--fetch", "--folder", tmp_path / "nlst")
    bucket.close()
    assert outcome.code == 2
    (line,) = outcome.err.splitlines()
    assert "1 of 1 series did not arrive whole" in line
    assert "Is there a network?" in line
    assert not (tmp_path / "nlst" / "cohort.csv").exists()


def test_of_two_fetches_at_once_none_leaves_the_index_silent(idc, table, tmp_path, monkeypatch, caplog):
    """The second one begins while the first one is at work, and ends after it."""
    (series,) = idc.images([lines_of(table)[12]["series"]])
    log = logging.getLogger("idc_index.index")
    begun = {"first": threading.Event(), "second": threading.Event()}

    def download(downloadDir, **_):  # noqa: N803
        name = Path(downloadDir).name
        begun[name].set()
        log.error("unheard")
        assert begun["second"].wait(60)
        assert name == "first" or first.result(60) is None

    def fetch(name):
        with pytest.raises(ConcordanceError, match="did not arrive whole"):
            idc.fetch([series], tmp_path / name)

    monkeypatch.setattr(idc_module, "_require_answer", lambda: None)
    monkeypatch.setattr(idc._client, "download_from_selection", download)
    before = log.level, list(log.filters)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(fetch, "first")
        assert begun["first"].wait(60)
        log.error("of another thread")
        pool.submit(fetch, "second").result(60)
    log.error("afterwards")
    assert caplog.messages == ["of another thread", "afterwards"]
    assert (log.level, list(log.filters)) == before


def test_the_file_of_a_look_gives_way_to_the_one_of_a_fetch_but_no_words_of_a_user_s(
    concordance, refused, one_index, table, tmp_path
):
    words = ("cohort", "idc", "--from", table, "--folder", tmp_path / "nlst")
    path = tmp_path / "nlst" / "cohort.csv"
    assert concordance(*words).code == 0
    first = path.read_bytes()
    assert concordance(*words).code == 0
    assert path.read_bytes() == first
    path.write_bytes(first.replace(b"LUNG", b"MINE", 1) if b"LUNG" in first else first + b"Z,z,1.2,,,,\n")
    assert "lines that the new one would not have" in refused(*words)
