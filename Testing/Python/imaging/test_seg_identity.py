"""A SEG carries which model made it and what it could find, whatever the length of the names."""

from __future__ import annotations

import pydicom
import pytest

from imaging.seg_cases import ct_series, kidney_cyst_spleen
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary, shipped_vocabularies
from SegmentationConcordanceLib.errors import ConcordanceError
from SegmentationConcordanceLib.imaging.seg_header import read_seg_header
from SegmentationConcordanceLib.imaging.seg_identity import SegIdentity, identity_of_parameters
from SegmentationConcordanceLib.imaging.seg_reader import read_dicom_seg
from SegmentationConcordanceLib.imaging.seg_writer import BINARY, LABEL_MAP, write_dicom_seg

ALL_TASKS = load_vocabulary("totalsegmentator_v2").tasks
LONG = SegIdentity(
    model='Größe \\ "quoted" model, ' + "x" * 200,
    version="2.6",
    label_map="my own map [1]; " + "y" * 150,
    tasks=(*ALL_TASKS, "a,b", "task of ütmost length " + "z" * 100),
    looked_for=tuple(f"structure_{n}" for n in range(100)),
    covered=(slice(3, 9), slice(0, 512), slice(100, 200)),
)


@pytest.fixture(scope="module")
def series(tmp_path_factory):
    return ct_series(tmp_path_factory.mktemp("ct") / "ct")


@pytest.mark.parametrize("kind", [BINARY, LABEL_MAP])
def test_all_of_it_comes_back_in_full_and_from_the_header_alone(tmp_path, series, kind, dciodvfy):
    write_dicom_seg(tmp_path / "s.dcm", kidney_cyst_spleen(), series, model_name="M", identity=LONG, kind=kind)
    assert read_dicom_seg(tmp_path / "s.dcm").identity == LONG
    header = read_seg_header(tmp_path / "s.dcm")
    assert (header.label_map_name, header.tasks) == (LONG.label_map, LONG.tasks)
    dataset = pydicom.dcmread(tmp_path / "s.dcm")
    assert dataset.ContentDescription.startswith("label map my own map")
    assert len(dataset.ContentDescription) <= 64
    item = next(one for one in dataset.SegmentSequence if one.SegmentNumber)
    said = item.SegmentationAlgorithmIdentificationSequence[0]
    assert (said.AlgorithmName, said.AlgorithmVersion) == ("M", "2.6")
    assert said.AlgorithmFamilyCodeSequence[0].CodeValue == "123109"
    if kind == BINARY:
        assert dciodvfy(tmp_path / "s.dcm") == []


@pytest.mark.parametrize("name", shipped_vocabularies())
def test_every_shipped_map_fits_with_all_its_tasks_and_structures(name):
    vocabulary = load_vocabulary(name)
    everything = SegIdentity(
        vocabulary.title, "1", name, vocabulary.tasks, tuple(one.name for one in vocabulary.labels)
    )
    assert identity_of_parameters([everything.parameters]) == everything


def test_what_is_longer_than_dicom_allows_is_refused():
    with pytest.raises(ConcordanceError, match="a DICOM SEG holds 10240"):
        assert SegIdentity(label_map="m", tasks=tuple(f"task {n}" for n in range(2000))).parameters


def test_older_files_say_it_in_their_description(tmp_path, series):
    write_dicom_seg(tmp_path / "s.dcm", kidney_cyst_spleen(), series, model_name="M")
    dataset = pydicom.dcmread(tmp_path / "s.dcm")
    dataset.ContentDescription = "label map moose [org,rib]"
    dataset.save_as(tmp_path / "s.dcm")
    assert read_dicom_seg(tmp_path / "s.dcm").identity == SegIdentity(label_map="moose", tasks=("org", "rib"))
    assert read_seg_header(tmp_path / "s.dcm").tasks == ("org", "rib")


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["one", "two"],
        ["no json"],
        ["[]"],
        ['{"other": 1}'],
        ['{"label_map": 5, "covered": [[3, 1]]}'],
        ["[" * 5000],
    ],
)
def test_parameters_of_other_makers_say_nothing(texts):
    found = identity_of_parameters(texts)
    assert found is None or found == SegIdentity()


def test_the_same_input_gives_the_same_uids_and_other_input_others(tmp_path, series):
    def uids(name, **also):
        write_dicom_seg(tmp_path / name, kidney_cyst_spleen(), series, **({"model_name": "M"} | also))
        found = pydicom.dcmread(tmp_path / name)
        organization = found.DimensionOrganizationSequence[0].DimensionOrganizationUID
        return found.SOPInstanceUID, found.SeriesInstanceUID, organization

    for kind in (BINARY, LABEL_MAP):
        first = uids("a.dcm", kind=kind)
        assert uids("b.dcm", kind=kind) == first
        assert not set(uids("c.dcm", kind=kind, model_name="N")) & set(first)
    assert uids("a.dcm") != uids("b.dcm", kind=LABEL_MAP)
