"""From a volume to the DICOM files that it was loaded from."""

from __future__ import annotations

import pytest

from scene.agreement_scene import add_volume
from SegmentationConcordanceLib.errors import ConcordanceError
from SegmentationConcordanceLib.imaging.image_series import read_image_series
from SegmentationConcordanceLib.scene.volume_series import series_of_volume


def test_the_series_of_the_instances(scene_host, sample_cohort):
    expected = read_image_series(sample_cohort.cases[0].ct_folder)
    files = dict(zip(expected.sop_instance_uids, map(str, expected.files)))
    volume = add_volume(scene_host.scene)
    volume.SetAttribute("DICOM.instanceUIDs", " ".join(expected.sop_instance_uids))
    found = series_of_volume(volume, files.__getitem__)
    assert found.files == expected.files and found.series_uid == expected.series_uid


def test_volumes_without_files_are_refused(scene_host, sample_cohort):
    volume = add_volume(scene_host.scene)
    with pytest.raises(ConcordanceError, match=r"volume 'CT': was not loaded from DICOM"):
        series_of_volume(volume, lambda uid: "")
    volume.SetAttribute("DICOM.instanceUIDs", "1.2.3 1.2.4")
    with pytest.raises(ConcordanceError, match=r"2 of its 2 DICOM files are not found, e.g. of instance 1\.2\.3"):
        series_of_volume(volume, lambda uid: "")
    file = read_image_series(sample_cohort.cases[0].ct_folder).files[0]
    with pytest.raises(ConcordanceError, match="2 of its images belong to another series"):
        series_of_volume(volume, lambda uid: str(file))
