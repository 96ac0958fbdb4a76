"""DICOMweb as a client sees it, held against pydicom's reading of the same files."""

from __future__ import annotations

import io
import json

import numpy as np
import pydicom
import pytest
from pydicom.pixels import pack_bits

SYNTAX = "1.2.840.10008.1.2.1"


def value(answer, tag):
    return answer[tag].get("Value")


@pytest.fixture
def series_url(study):
    return lambda series: f"/dicom-web/studies/{study.uid}/series/{series}"


def test_studies_tell_what_a_study_list_shows(get, study):
    received = get("/dicom-web/studies")
    assert (received.status, received.headers["Content-Type"]) == (200, "application/dicom+json")
    (found,) = received.json()
    assert value(found, "0020000D") == [study.uid]
    assert value(found, "00100010") == [{"Alphabetic": "Müller^Jürgen"}]
    assert value(found, "00100020") == ["P 1"]
    assert value(found, "00080061") == ["CT", "SEG"]
    assert (value(found, "00201206"), value(found, "00201208")) == ([4], [15])


@pytest.mark.parametrize(
    ("query", "n_series"),
    [
        ("", 4),
        ("Modality=SEG", 3),
        ("00080060=CT", 1),
        ("SeriesInstanceUID={ct}", 1),
        ("SeriesInstanceUID={ct},{moose}", 2),
        ("0020000E={ct}%5C{moose}", 2),
        ("SeriesInstanceUID=1.2.3", 0),
        ("PatientID=P%201", 4),
        ("PatientID=P", 0),
        ("PatientID=P*", 4),
        ("PatientName=m%C3%BCller*", 4),
        ("StudyDate=20231231-20240101", 4),
        ("StudyDate=20240102-", 0),
        ("StudyDate=-20240101", 4),
        ("SeriesDescription=?OOSE", 1),
        ("SeriesDescription=Consensus%20(intersection)", 1),
        ("SOPInstanceUID={image}", 1),
        ("Modality=SEG&SeriesDescription=CADS", 1),
        ("Modality=CT&SeriesDescription=CADS", 0),
        ("Modality=", 4),
        ("limit=2", 2),
        ("limit=10&offset=3", 1),
        ("limit=0", 0),
        ("includefield=all&fuzzymatching=true&includefield=00081030", 4),
    ],
)
def test_filters(get, study, query, n_series):
    query = query.format(ct=study.ct, moose=study.segs["MOOSE"], image=study.images[0])
    assert len(get(f"/dicom-web/studies/{study.uid}/series?{query}").json()) == n_series
    assert len(get(f"/dicom-web/series?{query}").json()) == n_series


def test_instances_of_every_level(get, study, series_url):
    assert len(get("/dicom-web/instances").json()) == 15
    assert len(get(f"/dicom-web/studies/{study.uid}/instances?Modality=CT").json()) == 12
    found = get(f"{series_url(study.ct)}/instances?InstanceNumber=3").json()
    assert [value(one, "00080018") for one in found] == [[study.images[2]]]
    assert (value(found[0], "00280010"), value(found[0], "00280011")) == ([64], [48])


def test_searches_below_what_is_not_there_find_nothing(get, study):
    assert get("/dicom-web/studies?StudyInstanceUID=1.2").json() == []
    assert get("/dicom-web/studies/1.2/series").json() == []
    assert get(f"/dicom-web/studies/{study.uid}/series/1.2/instances").json() == []


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("studies?Colour=red", 400, "does not filter by 'Colour'"),
        ("studies?00091001=x", 400, "does not filter by '00091001'"),
        ("studies?limit=-1", 400, "limit is no number"),
        ("studies?limit=1e3", 400, "limit is no number"),
        ("studies?PatientName=" + "*a" * 9, 400, "more than 8 wild cards"),
        ("studies?" + "Modality=CT&" * 300, 400, "no more than 200 fields"),
        ("studies/abc/series", 400, "is no UID"),
        ("studies/..%2F..%2Fetc/series", 400, "is no UID"),
        ("studies/1.2%00/series", 400, "is no UID"),
        ("studies/" + "1" * 65 + "/series", 400, "is no UID"),
        ("studies/1.2/metadata", 404, "No such study"),
        ("studies/{study}/series/1.2", 404, "No such series"),
        ("studies/{study}/series/{ct}/instances/1.2", 404, "No such instance"),
        ("studies/{study}/series/{ct}/instances/{image}/frames/0", 400, "numbers from 1 on"),
        ("studies/{study}/series/{ct}/instances/{image}/frames/1,", 400, "numbers from 1 on"),
        ("studies/{study}/series/{ct}/instances/{image}/frames/2", 404, "There is no frame 2: this instance has 1."),
        ("studies/{study}/series/{ct}/instances/{image}/frames/1/x", 404, "nothing else"),
        ("studies/{study}/series/{ct}/instances/{image}/rendered", 404, "nothing else"),
        ("studies/{study}/series/{ct}/instances/{image}/bulkdata/00100010", 404, "no such bulk data"),
        ("studies/{study}/series/{ct}/instances/{image}/bulkdata/..%2F..", 404, "no such bulk data"),
        ("studies/{study}/series/{ct}/metadata/more", 404, "nothing else"),
        ("patients", 404, "studies, series and instances"),
        ("", 404, "studies, series and instances"),
    ],
)
def test_a_senseless_request_is_refused_in_one_line(get, study, path, status, said):
    path = path.format(study=study.uid, ct=study.ct, image=study.images[0])
    received = get(f"/dicom-web/{path}")
    assert received.status == status
    assert received.headers["Content-Type"] == "text/plain; charset=utf-8"
    (line,) = received.body.decode().splitlines()
    assert said in line


def test_metadata_of_a_series_are_pydicoms_without_the_pixels(get, study, series_url):
    models = get(f"{series_url(study.ct)}/metadata").json()
    assert [value(model, "00080018")[0] for model in models] == list(study.images)
    for number, model in enumerate(models, start=1):
        dataset = pydicom.dcmread(study.folder / "ct" / f"slice_{number:04}.dcm")
        del dataset.PixelData
        expected = json.loads(dataset.to_json())
        assert value(model, "00083002") == [SYNTAX]
        assert set(model) - set(expected) == {"00083002", "7FE00010"}
        assert {tag: model[tag] for tag in expected} == expected


def test_metadata_of_a_study_are_those_of_its_series(get, study, series_url):
    whole = get(f"/dicom-web/studies/{study.uid}/metadata").json()
    parts = [get(f"{series_url(uid)}/metadata").json() for uid in (study.ct, *study.segs.values())]
    key = lambda model: value(model, "00080018")  # noqa: E731
    assert sorted(whole, key=key) == sorted((model for part in parts for model in part), key=key)
    image = f"{series_url(study.ct)}/instances/{study.images[0]}"
    assert get(f"{image}/metadata").json() == [model for model in whole if key(model) == [study.images[0]]]


def test_pixel_data_are_where_the_metadata_say(get, study, server, series_url):
    for uid, path in ((study.ct, study.folder / "ct" / "slice_0001.dcm"), (study.segs["CADS"], study.seg_path("CADS"))):
        (address,) = {
            model["7FE00010"]["BulkDataURI"]
            for model in get(f"{series_url(uid)}/metadata").json()
            if value(model, "00080018") == [str(pydicom.dcmread(path).SOPInstanceUID)]
        }
        assert address.startswith(server.address + "/")
        (stored,) = get(address.removeprefix(server.address)).parts()
        assert stored == pydicom.dcmread(path).PixelData[: len(stored)]
        assert len(stored) >= len(pydicom.dcmread(path).PixelData) - 1


def test_frames_are_the_stored_pixels(get, study, series_url):
    received = get(
        f"{series_url(study.ct)}/instances/{study.images[4]}/frames/1",
        Accept='multipart/related; type="application/octet-stream"; transfer-syntax=*',
    )
    assert received.headers["Content-Type"].startswith('multipart/related; type="application/octet-stream"')
    dataset = pydicom.dcmread(study.folder / "ct" / "slice_0005.dcm")
    assert received.parts() == [dataset.PixelData]


def test_frames_of_a_segmentation_in_any_order(get, study, series_url):
    dataset = pydicom.dcmread(study.seg_path("MOOSE"))
    url = f"{series_url(study.segs['MOOSE'])}/instances/{dataset.SOPInstanceUID}/frames"
    expected = [pack_bits(frame, pad=False) for frame in dataset.pixel_array]
    assert get(f"{url}/6,1,3").parts() == [expected[5], expected[0], expected[2]]


def test_an_instance_is_the_file(get, study, series_url):
    url = f"{series_url(study.ct)}/instances/{study.images[0]}"
    stored = (study.folder / "ct" / "slice_0001.dcm").read_bytes()
    received = get(url, Accept='multipart/related; type="application/dicom"; transfer-syntax=*')
    assert received.headers["Content-Type"].startswith('multipart/related; type="application/dicom"')
    assert received.parts() == [stored]
    single = get(url, Accept="application/dicom")
    assert (single.headers["Content-Type"], single.body) == ("application/dicom", stored)
    assert len(get(series_url(study.ct)).parts()) == 12


def test_what_would_need_transcoding_is_refused(get, study, series_url):
    url = f"{series_url(study.ct)}/instances/{study.images[0]}"
    jpeg = 'multipart/related; type="image/jp2"; transfer-syntax=1.2.840.10008.1.2.4.90'
    for path in (url, f"{url}/frames/1"):
        assert get(path, Accept=jpeg).status == 406
        assert get(path, Accept=f"{jpeg}, multipart/related; transfer-syntax={SYNTAX}").status == 200


def test_metadata_survive_what_json_cannot_say(study, tmp_path, monkeypatch):
    from SegmentationConcordanceLib.viewer.metadata import json_model, read_header

    dataset = pydicom.dcmread(study.folder / "ct" / "slice_0001.dcm")
    dataset.add_new(0x00189306, "FD", float("nan"))
    dataset.add_new(0x00091001, "UN", bytes(2000))
    item = pydicom.Dataset()
    item.add_new(0x00091002, "OB", bytes(range(250)) * 8)
    item.add_new(0x00189307, "FD", [1.0, float("inf")])
    dataset.add_new(0x00081140, "SQ", [pydicom.Dataset(), item])
    stream = io.BytesIO()
    dataset.save_as(stream)
    stream.seek(0)
    header = read_header(stream)
    model = json_model(header, SYNTAX, "http://x", has_pixels=True)
    json.dumps(model, allow_nan=False)
    assert model["00189306"] == {"vr": "FD"}
    assert model["00091001"]["BulkDataURI"] == "http://x/bulkdata/00091001"
    assert model["00081140"]["Value"][1]["00091002"]["BulkDataURI"] == "http://x/bulkdata/00081140/2/00091002"
    from SegmentationConcordanceLib.viewer.metadata import bulk_value

    assert bulk_value(header, "00081140/2/00091002") == bytes(range(250)) * 8
    assert bulk_value(header, "00091001") == bytes(2000)
    for absent in ("00081140/3/00091002", "00081140/0/00091002", "00100010/1/00091002", "00081140", "", "/", "x"):
        assert bulk_value(header, absent) is None


def test_no_other_thread_finds_pydicom_strict_while_metadata_are_made(study, monkeypatch):
    from SegmentationConcordanceLib.viewer.metadata import json_model, read_header

    modes = set()

    class Watched(pydicom.DataElement):
        def to_json_dict(self, *arguments):
            modes.add(pydicom.config.settings.reading_validation_mode)
            return super().to_json_dict(*arguments)

    header = read_header(io.BytesIO((study.folder / "ct" / "slice_0001.dcm").read_bytes()))
    header.add(Watched(0x00080060, "CS", "CT"))
    model = json_model(header, SYNTAX, "http://x", has_pixels=True)
    assert model["00080060"] == {"vr": "CS", "Value": ["CT"]}
    assert modes == {pydicom.config.WARN}


@pytest.mark.filterwarnings("ignore")
def test_metadata_leave_out_the_damaged_element_alone(study):
    """Also within a sequence; what only breaks a rule of form is there."""
    from SegmentationConcordanceLib.viewer.metadata import json_model, read_header

    dataset = pydicom.dcmread(study.folder / "ct" / "slice_0001.dcm")
    item = pydicom.Dataset()
    item.add_new(0x00080100, "SH", "T-62000")
    item.add_new(0x00089123, "DS", "0")
    item[0x00089123]._value = "none"
    dataset.add_new(0x00082218, "SQ", [item])
    dataset.add_new(0x0008103E, "LO", "C" * 70)
    stream = io.BytesIO()
    dataset.save_as(stream)
    stream.seek(0)
    model = json_model(read_header(stream), SYNTAX, "http://x", has_pixels=True)
    assert model["00082218"]["Value"] == [{"00080100": {"vr": "SH", "Value": ["T-62000"]}}]
    assert model["0008103E"]["Value"] == ["C" * 70]


def test_the_masks_that_come_over_the_wire_are_those_that_were_written(get, study, series_url):
    """Through the whole chain: label map, dcmqi, server, bits."""
    model = "MOOSE"
    (metadata,) = get(f"{series_url(study.segs[model])}/metadata").json()
    url = f"{series_url(study.segs[model])}/instances/{value(metadata, '00080018')[0]}"
    items = value(metadata, "52009230")
    found = np.zeros((2, 12), dtype=int)
    for number, item in enumerate(items, start=1):
        segment = item["0062000A"]["Value"][0]["0062000B"]["Value"][0]
        image = item["00089124"]["Value"][0]["00082112"]["Value"][0]["00081155"]["Value"][0]
        (bits,) = get(f"{url}/frames/{number}").parts()
        found[segment - 1, study.images.index(image)] = np.unpackbits(np.frombuffer(bits, np.uint8)).sum()
    expected = np.zeros((2, 12), dtype=int)
    expected[0, 2:5], expected[1, 7:10] = 12 * 10, 10 * 10
    assert found.tolist() == expected.tolist()
