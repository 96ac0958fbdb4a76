"""Finding the segmentations of a series in the DICOM database."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pydicom
import pytest

from host.dicom_database import ctkDICOMDatabase
from imaging.seg_cases import seeded_uid
from scene.study.found_segmentations import find_segmentations
from scene.study_fixtures import Patient
from SegmentationConcordanceLib.imaging import seg_header_cache
from SegmentationConcordanceLib.imaging.seg_header_cache import SegHeaderCache
from SegmentationConcordanceLib.scene.model_grouping import ModelRule
from SegmentationConcordanceLib.scene.study.study_search import loaded_instances, search_steps


@pytest.fixture
def patient(made_patient, tmp_path) -> Patient:
    return made_patient.copy(tmp_path)


def found_paths(patient: Patient) -> set[Path]:
    return {found.header.path for found in find_segmentations(patient.database, patient.series.series_uid).found}


def test_the_segmentations_of_a_series_by_model(patient):
    result = find_segmentations(patient.database, patient.series.series_uid)
    assert result.errors == ()
    by_model = {model: [found.header.path for found in some] for model, some in result.models.items()}
    segs = patient.segs
    assert by_model == {"Model D": [segs["D organs"], segs["D rest"]], "Model H": [segs["H"]]}
    assert {found.reason for found in result.found} == {"refers to this series"}


def test_rules_name_models_by_whole_words_of_description_and_algorithm(patient):
    rules = [ModelRule("Rest", ("rest",)), ModelRule("Nothing", ("mod", "organ")), ModelRule("Ours", ("model h",))]
    result = find_segmentations(patient.database, patient.series.series_uid, rules=rules)
    assert list(result.models) == ["Model D", "Rest", "Ours"]


def test_an_algorithm_is_called_as_its_loaded_node_would_call_it(patient):
    path = patient.add("odd", "H")
    changed = pydicom.dcmread(path)
    for item in changed.SegmentSequence:
        item.SegmentAlgorithmName = "A|B^C"
    changed.save_as(path)
    assert "A B C" in find_segmentations(patient.database, patient.series.series_uid).models


def test_every_file_of_a_series_and_every_study_of_the_patient(patient):
    second_file = patient.add("second file", "H", SeriesInstanceUID="1.2.3.4")
    third_file = patient.add("third file", "H", SeriesInstanceUID="1.2.3.4")
    elsewhere = patient.add("other study", "H", StudyInstanceUID="1.2.3.5")
    stranger = patient.add("other patient", "H", StudyInstanceUID="1.2.3.6", PatientID="2")
    found = found_paths(patient)
    assert {second_file, third_file, elsewhere} < found
    assert stranger not in found


def test_the_study_of_the_series_is_searched_first(patient):
    elsewhere = patient.add("other study", "H", StudyInstanceUID="0.1")
    own = patient.add("own study", "H")
    found = find_segmentations(patient.database, patient.series.series_uid).found
    assert [one.header.path for one in found][-1] == elsewhere
    assert own in [one.header.path for one in found]


def test_ties_where_no_series_is_named(patient):
    by_images = patient.add("by images", "D organs", ReferencedSeriesSequence=None)
    other_images = patient.add("other images", "of the other CT", ReferencedSeriesSequence=None)
    result = find_segmentations(patient.database, patient.series.series_uid)
    reasons = {found.header.path: found.reason for found in result.found}
    assert reasons[by_images] == "refers to images of this series"
    assert other_images not in reasons


def test_the_frame_of_reference_ties_what_names_no_image(patient, monkeypatch):
    without = {"ReferencedSeriesSequence": None}
    by_frame = patient.add("by frame", "H", **without)
    elsewhere = patient.add("another frame", "H", FrameOfReferenceUID="1.2.3.7", **without)
    nowhere = patient.add("no frame", "H", FrameOfReferenceUID="", **without)
    monkeypatch.setattr("SegmentationConcordanceLib.imaging.seg_header.scan_seg", lambda path: None)
    reasons = {
        found.header.path: found.reason
        for found in find_segmentations(patient.database, patient.series.series_uid).found
    }
    assert reasons[by_frame] == "has the frame of reference of this series"
    assert elsewhere not in reasons and nowhere not in reasons


def test_a_bad_file_is_told_and_stops_nothing(patient):
    path = patient.add("bad", "H")
    gone = patient.add("gone", "H")
    patient.database.seriesForStudy(seeded_uid("study"))  # the database reads them while they are good
    path.write_bytes(b"nothing of DICOM")
    gone.unlink()
    result = find_segmentations(patient.database, patient.series.series_uid)
    assert len(result.found) == 3
    assert [(error.subject, error.fact.split(" (")[0]) for error in result.errors] == [
        (str(path), "is not a DICOM file"),
        (str(gone), "cannot be read"),
    ]


def test_a_step_for_every_file_and_nothing_read_before_it(patient, monkeypatch):
    read = []
    real = seg_header_cache.read_seg_header
    monkeypatch.setattr(seg_header_cache, "read_seg_header", lambda path: read.append(path) or real(path))
    cache = SegHeaderCache()
    steps = search_steps(patient.database, patient.series.series_uid, cache)
    for number, step in enumerate(steps, start=1):
        assert (step.done, step.total, len(read)) == (number, 4, number)
    assert Counter(read) == Counter(patient.segs.values())
    assert len(find_segmentations(patient.database, patient.series.series_uid, cache).found) == 3
    assert len(read) == 4


def test_progress_is_told_and_may_end_the_search(patient):
    shares = []
    find_segmentations(patient.database, patient.series.series_uid, progress=shares.append)
    assert shares == [0.25, 0.5, 0.75, 1.0]

    def cancel(share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        find_segmentations(patient.database, patient.series.series_uid, progress=cancel)


@pytest.mark.parametrize("series_uid", ["", "1.2.3.4.5"])
def test_no_series_has_no_segmentations(patient, series_uid):
    assert find_segmentations(patient.database, series_uid).found == ()
    assert find_segmentations(ctkDICOMDatabase({}), series_uid).found == ()


def test_what_is_loaded_is_known_by_its_instances(scene_host):
    nodes = [scene_host.scene.AddNewNodeByClass("vtkMRMLSegmentationNode") for _ in range(3)]
    nodes[0].SetAttribute("DICOM.instanceUIDs", "1.2.3")
    nodes[1].SetAttribute("DICOM.instanceUIDs", "1.2.4 1.2.5")
    first, second = nodes[0].GetID(), nodes[1].GetID()
    assert loaded_instances(scene_host.scene) == {"1.2.3": first, "1.2.4": second, "1.2.5": second}
