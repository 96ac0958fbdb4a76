"""A reader corrects a segment in the scene: the copy, the SEG, its numbers by hand, and the same from the files."""

from __future__ import annotations

import numpy as np
import pydicom
import pytest
import slicer
import slicer.util

from host import SceneHost
from imaging.seg_cases import ct_series, kidney_cyst_spleen
from scene.study_fixtures import add_ct
from SegmentationConcordanceLib.anatomy.identity import structure_identity
from SegmentationConcordanceLib.errors import ConcordanceError
from SegmentationConcordanceLib.exploring.rows import RowKind
from SegmentationConcordanceLib.imaging.label_map import LabelMap
from SegmentationConcordanceLib.imaging.seg_header import read_seg_header
from SegmentationConcordanceLib.imaging.seg_identity import SegIdentity
from SegmentationConcordanceLib.imaging.seg_reader import read_dicom_seg
from SegmentationConcordanceLib.imaging.seg_writer import write_dicom_seg
from SegmentationConcordanceLib.review.blinding_key import read_key
from SegmentationConcordanceLib.review.correction import read_corrections, unblinded_corrections
from SegmentationConcordanceLib.scene.explorer.correction_desk import CorrectionDesk
from SegmentationConcordanceLib.scene.explorer.explorer_logic import ExplorerLogic
from SegmentationConcordanceLib.scene.explorer.review_choices import WantedRow
from SegmentationConcordanceLib.scene.study.study_loading import load_segmentations

MODELS = ("MOOSE 3.0", "TotalSegmentator 2.6")
SPLEEN_KEY = "SCT:78961009"
KIDNEY = next(one for one in kidney_cyst_spleen().segments if one.name == "kidney_left")
KIDNEY_KEY = structure_identity(KIDNEY.structure).key


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The CT and a SEG by each model; MOOSE lacks the kidney."""
    folder = tmp_path_factory.mktemp("case")
    series, label_map = ct_series(folder / "ct"), kidney_cyst_spleen()
    voxels = np.where(label_map.layers[0] == KIDNEY.label, 0, label_map.layers[0]).astype(np.uint8)
    without = LabelMap((voxels,), label_map.geometry, tuple(one for one in label_map.segments if one != KIDNEY))
    identity = SegIdentity("T", "2.6", "totalsegmentator_v2", ("total",))
    for model, held in zip(MODELS, (without, label_map)):
        write_dicom_seg(folder / f"{model}.dcm", held, series, model_name=model, identity=identity)
    return series, {model: folder / f"{model}.dcm" for model in MODELS}


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def logic(scene_host: SceneHost, files):
    series, segs = files
    layouts = slicer.vtkMRMLLayoutLogic()
    layouts.SetMRMLApplicationLogic(scene_host.application_logic)
    layouts.SetMRMLScene(scene_host.scene)
    volume = add_ct(scene_host.scene, series)
    load_segmentations([read_seg_header(path) for path in segs.values()], volume)
    made = ExplorerLogic(scene_host.scene)
    made.enter()
    made.set_rows([WantedRow(RowKind.MODEL, model) for model in MODELS])
    yield made
    made.close()
    layouts.SetMRMLScene(None)


@pytest.fixture
def desk(logic, scene_host, files, clock) -> CorrectionDesk:
    images = {uid: str(path) for uid, path in zip(files[0].sop_instance_uids, files[0].files)}
    return CorrectionDesk(logic, scene_host.scene, lambda uid: images.get(uid, ""), clock)


def read(logic, folder, model: str, key: str = SPLEEN_KEY, seed: int | None = None) -> None:
    logic.start_review(str(folder / "review.csv"), "Ann", seed)
    logic.select(key)
    logic.review.choose(model)


def paint(node, segment_id: str, places, value: bool) -> None:
    """What the Segment Editor leaves: other voxels of a segment."""
    image = slicer.vtkOrientedImageData()
    node.GetBinaryLabelmapRepresentation(segment_id, image)
    reference = node.GetNodeReference(node.GetReferenceImageGeometryReferenceRole())
    voxels = slicer.util.arrayFromSegmentBinaryLabelmap(node, segment_id, reference)
    voxels[places] = value
    slicer.util.updateSegmentBinaryLabelmapFromArray(voxels, node, segment_id, reference)


def test_edited_by_hand_saved_and_read_back(logic, desk, files, clock, tmp_path, dciodvfy, concordance):
    series, segs = files
    read(logic, tmp_path, MODELS[1])
    before = segs[MODELS[1]].read_bytes()
    copy = desk.begin()
    assert "spleen of TotalSegmentator 2.6" in copy.GetName()
    assert [one.model for one in logic.candidates] == list(MODELS)  # the copy is no model
    paint(copy, desk.segment_id, np.s_[2:4, 7, :], False)  # the second row, 11 voxels in each of two slices
    clock.now += 95
    assert desk.text == "Correcting spleen of TotalSegmentator 2.6 since 1:35"
    (found,) = desk.save()
    assert (found.structure, found.model, found.reader, found.seconds) == ("spleen", MODELS[1], "Ann", 95.0)
    assert found.dice == pytest.approx(2 * 22 / (44 + 22), abs=1e-6)
    assert found.added_path_length_mm == 0.0  # each voxel of two rows is contour, and one row stayed
    assert found.nsd_tolerance_mm == 1.0
    assert not desk.is_on
    assert desk.text.startswith("spleen: Dice 0.667, NSD ")
    assert read_corrections(tmp_path / "corrections.csv") == ((found,), ())
    path = tmp_path / found.file
    assert dciodvfy(path) == []
    dataset = pydicom.dcmread(path)
    types = {item.SegmentLabel: item.SegmentAlgorithmType for item in dataset.SegmentSequence}
    assert types == {"spleen": "SEMIAUTOMATIC", "kidney_left": "AUTOMATIC", "kidney_cyst_right": "AUTOMATIC"}
    seg, original = read_dicom_seg(path), read_dicom_seg(segs[MODELS[1]])
    assert seg.correction.corrected == original.reference
    assert seg.algorithm_names == ("TotalSegmentator 2.6, corrected by Ann",)
    assert (seg.label_map_name, seg.tasks) == ("totalsegmentator_v2", ("total",))
    counts = {one.name: n for one, n in seg.label_map.voxel_counts().items()}
    assert counts == {"spleen": 22, "kidney_left": 24, "kidney_cyst_right": 4}
    assert segs[MODELS[1]].read_bytes() == before
    same = concordance("correction", segs[MODELS[1]], path, "--ct", series.files[0].parent, "--json").json()
    (told,) = same["corrections"]
    numbers = ("dice", "nsd", "nsd_tolerance_mm", "hd95_mm", "added_path_length_mm", "volume_ml", "corrected_volume_ml")
    assert {name: told[name] for name in numbers} == {name: getattr(found, name) for name in numbers}


def test_what_a_model_missed_is_drawn_into_an_empty_segment(logic, desk, tmp_path):
    read(logic, tmp_path, MODELS[0], KIDNEY_KEY)
    copy = desk.begin()
    assert desk.text.startswith(f"Correcting kidney left of {MODELS[0]} since ")
    paint(copy, desk.segment_id, np.s_[1, 2:5, 3:7], True)
    (found,) = desk.save()
    assert (found.structure_key, found.dice, found.volume_ml) == (KIDNEY_KEY, 0.0, 0.0)
    assert found.added_path_length_mm == pytest.approx(10 * (0.7 + 0.9) / 2)  # 3 x 4 voxels, but for two all contour


def test_abandoned_and_unchanged_ones_leave_nothing(logic, desk, scene_host, tmp_path):
    read(logic, tmp_path, MODELS[1])
    nodes = scene_host.scene.GetNumberOfNodes()
    desk.begin()
    with pytest.raises(ConcordanceError, match="is being corrected"):
        desk.begin()
    with pytest.raises(ConcordanceError, match="is as it was"):
        desk.save()
    assert desk.is_on
    desk.abandon()
    assert (desk.is_on, desk.text, scene_host.scene.GetNumberOfNodes()) == (False, "", nodes)
    assert list(tmp_path.iterdir()) == []


def test_blinded_neither_scene_nor_files_name_the_model(logic, desk, tmp_path):
    read(logic, tmp_path, "Model A", seed=3)
    copy = desk.begin()
    assert copy.GetName() == "spleen of Model A, being corrected"
    paint(copy, desk.segment_id, np.s_[2:4, 7, :], False)
    (found,) = desk.save()
    path = tmp_path / found.file
    assert found.model == "Model A"
    assert all(name not in str(pydicom.dcmread(path)) + path.name for name in MODELS)
    assert read_dicom_seg(path).algorithm_names == ("Model A, corrected by Ann",)
    key = read_key(tmp_path / "review.csv")
    (named,) = unblinded_corrections((found,), key)
    assert named.model == key["Ann", "CT"].model("Model A") in MODELS


def test_a_second_correction_is_a_second_file(logic, desk, tmp_path):
    read(logic, tmp_path, MODELS[1])
    for _ in range(2):
        copy = desk.begin()
        paint(copy, desk.segment_id, np.s_[2:4, 7, :], False)
        desk.save()
    assert sorted(path.name for path in tmp_path.glob("*.dcm")) == [
        "CT_spleen_TotalSegmentator_2.6_corrected_by_Ann.dcm",
        "CT_spleen_TotalSegmentator_2.6_corrected_by_Ann_2.dcm",
    ]


def test_without_images_nothing_is_begun(logic, scene_host, tmp_path):
    read(logic, tmp_path, MODELS[1])
    lost = CorrectionDesk(logic, scene_host.scene, lambda uid: "")
    nodes = scene_host.scene.GetNumberOfNodes()
    with pytest.raises(ConcordanceError, match="DICOM files are not found"):
        lost.begin()
    assert scene_host.scene.GetNumberOfNodes() == nodes
