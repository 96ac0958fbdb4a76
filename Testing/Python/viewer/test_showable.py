"""What OHIF needs is asked before a study is said to be there; blank UIDs are served as the file's head has them."""

from __future__ import annotations

import shutil

import pydicom
import pytest

from SegmentationConcordanceLib.viewer.dicom_index import index_folder
from SegmentationConcordanceLib.viewer.dicomweb import LocalDicomWeb
from SegmentationConcordanceLib.viewer.server import ViewerServer
from SegmentationConcordanceLib.viewer.showable import obstacles
from SegmentationConcordanceLib.viewer.study_links import study_links
from viewer.conftest import request

CT_IMAGE_STORAGE = "1.2.840.10008.5.1.4.1.1.2"


@pytest.fixture
def changed(study, tmp_path):
    """A copy of the study in which a file is changed."""
    shutil.copytree(study.folder, tmp_path / "study")

    def change(pattern: str, edit) -> None:
        for path in sorted((tmp_path / "study").glob(pattern)):
            dataset = pydicom.dcmread(path)
            edit(dataset)
            dataset.save_as(path)

    return tmp_path / "study", change


def test_a_sound_study_has_no_obstacle(study):
    assert obstacles(index_folder(study.folder)) == []


def test_a_blank_class_is_served_as_the_head_of_the_file_has_it(changed, application, study):
    folder, change = changed
    change("ct/*.dcm", lambda dataset: setattr(dataset, "SOPClassUID", ""))
    index = index_folder(folder)
    assert obstacles(index) == []
    with ViewerServer(application, LocalDicomWeb(index)) as server:
        for what in ("metadata", "instances"):
            address = f"/dicom-web/studies/{study.uid}/series/{study.ct}/{what}"
            found = request(server, address, Accept="application/dicom+json").json()
            assert {one["00080016"]["Value"][0] for one in found} == {CT_IMAGE_STORAGE}


@pytest.mark.parametrize("keyword", ["ImagePositionPatient", "PixelSpacing", "PhotometricInterpretation", "BitsStored"])
def test_an_attribute_that_is_missing_is_named(changed, keyword):
    folder, change = changed
    change("ct/slice_0002.dcm", lambda dataset: delattr(dataset, keyword))
    (said,) = obstacles(index_folder(folder))
    assert f"{keyword} is empty in 1 image of" in said


def test_a_segmentation_without_references_is_named_and_not_opened(changed, study):
    folder, change = changed
    path = next(folder.glob("*.dcm"))
    change(path.name, lambda dataset: delattr(dataset, "ReferencedSeriesSequence"))
    series = str(pydicom.dcmread(path).SeriesInstanceUID)
    index = index_folder(folder)
    (said,) = obstacles(index)
    assert "does not say on which images it lies" in said
    assert f"initialSeriesInstanceUID={series}" not in study_links(index)[0]
