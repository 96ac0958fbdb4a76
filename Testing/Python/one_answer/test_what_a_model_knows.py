"""What a model could have found, by its SEG: only then is a structure that it lacks said to be missing."""

from __future__ import annotations

import pytest

from imaging.seg_cases import ct_series, kidney_cyst_spleen
from scene.study_fixtures import add_ct
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
from SegmentationConcordanceLib.cohort.listener import Nobody
from SegmentationConcordanceLib.cohort.runs import RunFile, read_models
from SegmentationConcordanceLib.imaging.seg_header import read_seg_header
from SegmentationConcordanceLib.imaging.seg_identity import SegIdentity
from SegmentationConcordanceLib.imaging.seg_writer import write_dicom_seg
from SegmentationConcordanceLib.scene.loaded_models import load_models
from SegmentationConcordanceLib.scene.study.study_loading import load_segmentations

LABEL_MAP = "totalsegmentator_v2"


@pytest.fixture(scope="module")
def series(tmp_path_factory):
    return ct_series(tmp_path_factory.mktemp("ct"))


@pytest.mark.parametrize("says", ["no tasks", "all tasks", "one task", "no label map"])
def test_command_line_and_slicer_know_the_same(scene_host, series, tmp_path, says):
    vocabulary = load_vocabulary(LABEL_MAP)
    tasks = {"all tasks": vocabulary.tasks, "one task": ("total",)}.get(says, ())
    identity = SegIdentity(label_map="" if says == "no label map" else LABEL_MAP, tasks=tasks)
    path = tmp_path / "seg.dcm"
    write_dicom_seg(path, kidney_cyst_spleen(), series, model_name="M", identity=identity)
    (by_command,), _ = read_models([RunFile("", path, "", "")], series, Nobody())
    volume = add_ct(scene_host.scene, series)
    (node,) = load_segmentations([read_seg_header(path)], volume).nodes
    (by_slicer,) = load_models(volume, {"M": [node]}).models
    assert by_command.vocabulary == by_slicer.vocabulary
    assert by_command.not_looked_for == by_slicer.not_looked_for
    # The spleen and the kidney are of the task total alone, the cyst of kidney_cysts: these two were run.
    expected = {
        "no tasks": vocabulary.structures_known(("total", "kidney_cysts")),
        "all tasks": vocabulary.structures_known(vocabulary.tasks),
        "one task": vocabulary.structures_known(("total",)),
        "no label map": frozenset(),
    }[says]
    assert by_command.vocabulary == expected
