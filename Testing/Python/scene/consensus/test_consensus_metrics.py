"""The presenter of ConsensusMetrics on real MRML: choices, results, caching, jumps, events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import slicer
from slicer.util import arrayFromVolume

from scene.agreement_scene import (
    AORTA_KEY,
    GEOMETRY,
    LIVER_KEY,
    SHAPE,
    SPLEEN_KEY,
    add_three_models,
    add_volume,
    first_model,
    label_map_of,
    put_under_transform,
)
from SegmentationConcordanceLib.agreement.option_fields import shown_option
from SegmentationConcordanceLib.agreement.options import AnalysisOptions
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
from SegmentationConcordanceLib.errors import ConcordanceError
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.image_series import read_image_series
from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment
from SegmentationConcordanceLib.imaging.seg_reader import read_dicom_seg
from SegmentationConcordanceLib.scene import counted_models
from SegmentationConcordanceLib.scene.consensus.agreement_nodes import CONSENSUS, MAP, TABLE, AgreementNodes
from SegmentationConcordanceLib.scene.consensus.consensus_metrics import ConsensusMetricsLogic
from SegmentationConcordanceLib.scene.segmentation_node import add_segmentation_node, label_map_from_node
from SegmentationConcordanceLib.scene.selected_structure import selected_structure
from SegmentationConcordanceLib.scene.shared_layers import shared_layers
from SegmentationConcordanceLib.scene.volume_node import add_volume_node


@pytest.fixture
def volume(scene_host):
    return add_volume(scene_host.scene)


@pytest.fixture
def nodes(scene_host, volume):
    return add_three_models(scene_host.scene, volume)


@pytest.fixture
def logic(scene_host, volume, nodes) -> Iterator[ConsensusMetricsLogic]:
    found = ConsensusMetricsLogic(scene_host.scene)
    found.set_volume(volume)
    found.set_options(AnalysisOptions(method="intersection"))  # its numbers can be told by hand
    yield found
    found.close()


@pytest.fixture
def counts(monkeypatch) -> list[int]:
    """How many models each counting of voxels had."""
    found = []
    original = counted_models.Analysis

    def counted(models, **about):
        found.append(len(models))
        return original(models, **about)

    monkeypatch.setattr(counted_models, "Analysis", counted)
    return found


def dice_of(result) -> dict[tuple[str, str], float | None]:
    return {(row.structure, row.model): row.dice for row in result.agreement}


def row_of(result, structure_key: str):
    return next(row for row in result.agreement if row.structure_key == structure_key)


def test_inputs_stay_as_they_are_and_only_results_are_added(scene_host, logic, nodes, volume):
    before = scene_host.node_ids()
    times = [(node.GetMTime(), shared_layers(node)[0].image.GetMTime()) for node in nodes]
    voxels = [shared_layers(node)[0].voxels.copy() for node in nodes]
    volume_time = volume.GetMTime()
    result = logic.apply()
    assert dice_of(result)[("spleen", "A")] == pytest.approx(0.8)
    assert [(node.GetMTime(), shared_layers(node)[0].image.GetMTime()) for node in nodes] == times
    assert all(np.array_equal(shared_layers(node)[0].voxels, old) for node, old in zip(nodes, voxels))
    assert volume.GetMTime() == volume_time
    folder = AgreementNodes(volume).folder
    consensus = folder.node(CONSENSUS)
    own = {node.GetID() for node in (*folder.nodes(), consensus.GetDisplayNode())}
    assert scene_host.node_ids() - before == own


def test_other_options_and_fewer_models_need_no_voxel_pass(logic, nodes, counts):
    logic.apply()
    logic.set_options(AnalysisOptions(method="majority", leave_one_out=True))
    assert not logic.is_current
    logic.apply()
    logic.choose(nodes[1].GetID(), use=False)
    result = logic.apply()
    assert counts == [3]
    assert result.comparison.models == ("A", "C") and logic.is_current
    logic.choose(nodes[1].GetID(), use=True)
    logic.apply()
    assert counts == [3]


def test_a_model_that_comes_in_is_counted(logic, nodes, counts):
    logic.choose(nodes[2].GetID(), use=False)
    logic.apply()
    logic.choose(nodes[2].GetID(), use=True)
    logic.apply()
    assert counts == [2, 3]


@pytest.mark.parametrize("change", ["voxels", "codes", "place", "volume", "model"])
def test_changed_inputs_are_counted_again(logic, nodes, volume, counts, change):
    logic.apply()
    assert logic.is_current
    if change == "voxels":
        image = shared_layers(nodes[0])[0].image
        scalars = image.GetPointData().GetScalars()
        scalars.SetValue(0, 1)
        scalars.Modified()
    elif change == "codes":
        nodes[0].GetSegmentation().GetSegment("Segment_1").SetTerminology("~~~~~~")
    elif change == "place":
        put_under_transform(nodes[0], np.eye(4))
    elif change == "volume":
        volume.SetSpacing(10, 10, 100.0001)
    else:
        logic.choose(nodes[0].GetID(), model="another name")
    assert not logic.is_current
    logic.apply()
    assert counts == [3, 3]


def test_display_and_renamed_nodes_do_not_count(logic, nodes, counts):
    logic.choose(nodes[0].GetID(), model="A")
    logic.apply()
    nodes[0].GetDisplayNode().SetVisibility(False)
    nodes[0].SetName("another")
    assert logic.is_current
    logic.apply()
    assert counts == [3]


def test_why_nothing_can_be_computed(scene_host, logic, nodes):
    assert logic.obstacle() == ""
    logic.set_options(AnalysisOptions(method="reference", reference="gone"))
    assert logic.obstacle() == "The reference gone does not take part."
    logic.set_options(AnalysisOptions(method="intersection"))
    for node in nodes:
        logic.choose(node.GetID(), model="one")
    assert logic.obstacle().startswith("Two models are needed, there are 1")
    with pytest.raises(ConcordanceError, match="Two models are needed"):
        logic.apply()
    logic.set_volume(scene_host.scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "empty"))
    assert logic.obstacle() == "empty has no voxels."
    logic.set_volume(None)
    assert logic.obstacle() == "Choose the volume that was segmented."


def test_exclusion_is_commented_where_it_raises_agreement(logic, nodes):
    assert logic.exclusion_note() == ""
    logic.choose(nodes[0].GetID(), use=False)
    assert "can only raise agreement" in logic.exclusion_note()
    logic.set_options(AnalysisOptions(method="majority"))
    assert logic.exclusion_note() == ""


def test_notes_tell_of_the_models_that_take_part(scene_host, logic):
    far = Geometry.from_parts(SHAPE, (10, 10, 100), GEOMETRY.origin_lps + 10_000, np.eye(3))
    fine = Geometry.from_parts(SHAPE, (9, 9, 90), GEOMETRY.origin_lps, np.eye(3))
    add_segmentation_node(scene_host.scene, label_map_of(first_model(), far), "far", logic.volume)
    node = add_segmentation_node(scene_host.scene, label_map_of(first_model(), fine), "fine", logic.volume)
    result = logic.apply()
    assert result.comparison.models == ("A", "B", "C", "fine")
    assert [note.split(":")[0] for note in logic.notes] == [
        "far is left out. far",
        "fine",
    ]
    logic.choose(node.GetID(), use=False)
    logic.apply()
    assert len(logic.notes) == 2 and logic.notes[1] == logic.exclusion_note()
    assert logic.notes[1] not in logic.summary()


def test_nothing_comparable_is_refused_with_the_reasons(scene_host, logic, nodes):
    transform = scene_host.scene.AddNewNodeByClass("vtkMRMLGridTransformNode", "bend")
    for node in nodes[1:]:
        node.SetAndObserveTransformNodeID(transform.GetID())
    before = scene_host.node_ids()
    with pytest.raises(ConcordanceError, match=r"B is left out.*'bend' is not linear.*C is left out"):
        logic.apply()
    assert scene_host.node_ids() == before and logic.result is None


def test_cancelling_leaves_everything_as_it_was(scene_host, logic):
    first = logic.apply()
    before = scene_host.node_ids()
    logic.set_options(AnalysisOptions(method="intersection", surfaces=True))

    class CancelledError(Exception):
        pass

    def cancel(fraction: float, words: str) -> None:
        if fraction > 0.1:
            raise CancelledError

    with pytest.raises(CancelledError):
        logic.apply(cancel)
    assert scene_host.node_ids() == before
    assert logic.result is first


def test_jump_to_the_most_disputed_voxel(scene_host, logic):
    slices = [scene_host.scene.AddNewNodeByClass("vtkMRMLSliceNode") for _ in range(2)]
    slices[1].SetOrientationToCoronal()
    slices[1].SetViewGroup(3)
    result = logic.apply()
    ras = logic.jump_to(row_of(result, LIVER_KEY))
    # Models differ in column i = 6 alone, j 4 and 5, k 1 and 2, all equally deep: the first is at k = 1, j = 4.
    left, back, up = GEOMETRY.lps_of((6, 4, 1))
    assert ras == pytest.approx((-left, -back, up))
    assert slices[0].GetSliceOffset() == pytest.approx(up)
    assert slices[1].GetSliceOffset() == pytest.approx(-back)
    assert selected_structure(scene_host.scene) == LIVER_KEY
    other = logic.jump_to(row_of(result, SPLEEN_KEY), view_group=3)
    assert slices[0].GetSliceOffset() == pytest.approx(up)
    assert slices[1].GetSliceOffset() == pytest.approx(other[1])


def test_next_finding_selects_its_structure_and_says_what_it_is(scene_host, logic):
    node = scene_host.scene.AddNewNodeByClass("vtkMRMLSliceNode")
    assert logic.step_finding(1) is None
    result = logic.apply()
    place = logic.step_finding(1)
    first = result.findings[0]
    assert logic.findings.current == first
    assert logic.findings.text.startswith(f"Finding 1 of {len(result.findings)}: ")
    assert place == pytest.approx(first.place_ras)
    assert node.GetSliceOffset() == pytest.approx(place[2])
    assert selected_structure(scene_host.scene) == first.structures[0]


def test_jump_to_a_structure_of_one_model_and_under_a_transform(logic, volume, nodes):
    matrix = np.eye(4)
    matrix[:3, 3] = (1000, 0, 0)
    transform = put_under_transform(volume, matrix)
    for node in nodes:
        node.SetAndObserveTransformNodeID(transform.GetID())
    ras = logic.jump_to(row_of(logic.apply(), AORTA_KEY))
    left, back, up = GEOMETRY.lps_of((6, 0, 3))
    assert ras == pytest.approx((1000 - left, -back, up))


def test_jump_after_the_result_is_gone_does_nothing(logic):
    result = logic.apply()
    logic.set_volume(None)
    assert logic.jump_to(result.agreement[0]) is None


def test_leave_one_out_gives_the_consensus_of_all(logic, volume):
    logic.set_options(AnalysisOptions(method="intersection", leave_one_out=True))
    result = logic.apply()
    assert dice_of(result)[("spleen", "B")] == pytest.approx(2 * 8 / 24)
    found = label_map_from_node(AgreementNodes(volume).folder.node(CONSENSUS))
    spleen = next(segment for segment in found.segments if segment.name == "spleen")
    assert np.count_nonzero(found.mask(spleen)) == 8


def test_agreement_map_is_made_shown_and_taken_away(scene_host, logic, volume):
    composite = scene_host.scene.AddNewNodeByClass("vtkMRMLSliceCompositeNode")
    assert logic.show_agreement_map() is None
    logic.apply()
    before = scene_host.node_ids()
    node = logic.show_agreement_map(LIVER_KEY)
    assert node is AgreementNodes(volume).folder.node(MAP)
    expected = np.zeros(SHAPE, np.uint8)
    expected[1:3, 4:6, 5], expected[1:3, 4:6, 6] = 3, 2
    assert np.array_equal(arrayFromVolume(node), expected)
    assert composite.GetLabelVolumeID() == node.GetID()
    node = logic.show_agreement_map()
    assert np.count_nonzero(arrayFromVolume(node)) == 16 + 8
    logic.hide_agreement_map()
    assert scene_host.node_ids() == before and composite.GetLabelVolumeID() is None


def test_closing_the_scene_forgets_everything(scene_host, logic, volume):
    logic.apply()
    scene_host.scene.Clear(False)
    assert (logic.result, logic.volume, logic.candidates, logic.notes) == (None, None, (), ())
    assert logic.obstacle() == "Choose the volume that was segmented."
    volume = add_volume(scene_host.scene)
    add_three_models(scene_host.scene, volume)
    logic.set_volume(volume)
    assert dice_of(logic.apply())[("spleen", "B")] == pytest.approx(2 * 8 / 24)  # held against the majority, A and C


def test_choices_survive_a_saved_scene_with_results(scene_host, logic, nodes, tmp_path):
    logic.set_options(AnalysisOptions(method="at least", at_least=2))
    logic.choose(nodes[2].GetID(), use=False)
    logic.choose(nodes[0].GetID(), model="first")
    expected = dice_of(logic.apply())
    scene_host.save_bundle(tmp_path / "s.mrb")
    scene_host.scene.Clear(True)
    (tmp_path / "cache").mkdir()
    scene_host.load_bundle(tmp_path / "s.mrb", tmp_path / "cache")
    assert logic.volume.GetName() == "CT" and logic.models == ("first", "B")
    assert AgreementNodes(logic.volume).folder.node(TABLE) is not None
    assert dice_of(logic.apply()) == pytest.approx(expected, nan_ok=True)


def test_the_removed_volume_is_forgotten(scene_host, logic, volume):
    logic.apply()
    scene_host.scene.RemoveNode(volume)
    assert logic.volume is None and logic.candidates == () and not logic.is_current


def test_the_consensus_becomes_a_dicom_seg_of_the_volume(scene_host, sample_cohort, tmp_path):
    series = read_image_series(sample_cohort.cases[0].ct_folder)
    volume = add_volume_node(scene_host.scene, np.zeros(series.geometry.shape, np.int16), series.geometry, "CT")
    volume.SetAttribute("DICOM.instanceUIDs", " ".join(series.sop_instance_uids))
    voxels = np.zeros(series.geometry.shape, np.uint8)
    voxels[10:20, 30:40, 30:40] = 1
    smaller = voxels.copy()
    smaller[10:12] = 0
    for name, one in (("A", voxels), ("B", smaller)):
        add_segmentation_node(scene_host.scene, label_map_of(one, series.geometry), name, volume)
    logic = ConsensusMetricsLogic(scene_host.scene)
    logic.set_volume(volume)
    logic.set_options(replace(logic.options, leave_one_out=True))
    logic.apply()
    files = dict(zip(series.sop_instance_uids, map(str, series.files)))
    logic.write_consensus(tmp_path / "consensus.dcm", files.__getitem__)
    seg = read_dicom_seg(tmp_path / "consensus.dcm")
    assert seg.algorithm_names == ("Consensus (majority)",)
    (segment,) = seg.label_map.segments
    assert np.count_nonzero(seg.label_map.mask(segment)) == np.count_nonzero(smaller)
    volume.SetAttribute("DICOM.instanceUIDs", None)
    with pytest.raises(ConcordanceError, match="was not loaded from DICOM"):
        logic.write_consensus(tmp_path / "again.dcm", files.__getitem__)
    assert not (tmp_path / "again.dcm").exists()
    logic.close()


def test_parts_are_put_together_before_comparing(scene_host, volume, counts):
    left, right = (
        next(label for label in load_vocabulary("moose").labels if label.structure_name == name)
        for name in ("kidney_left", "kidney_right")
    )
    structures, names = {1: left.structure, 2: right.structure}, {1: "kidney_left", 2: "kidney_right"}
    for name, column in (("A", 1), ("B", 2)):
        voxels = np.zeros(SHAPE, np.uint8)
        voxels[1, 1:3, column : column + 2], voxels[1, 1:3, 5:7] = 1, 2
        segments = tuple(Segment(n, names[n], structures[n]) for n in structures)
        add_segmentation_node(scene_host.scene, LabelMap((voxels,), GEOMETRY, segments), name, volume)
    logic = ConsensusMetricsLogic(scene_host.scene)
    logic.set_volume(volume)
    assert set(dice_of(logic.apply())) == {(name, model) for name in names.values() for model in "AB"}
    logic.set_combinations(("kidneys",))
    assert not logic.is_current
    # 8 voxels each, 6 in common; of two models each is held against the other.
    assert dice_of(logic.apply()) == {("kidneys", "A"): 12 / 16, ("kidneys", "B"): 12 / 16}
    assert logic.is_current and counts == [2, 2]
    logic.set_combinations(("lungs", "lung_left"))
    assert "have parts in common" in logic.obstacle()
    logic.close()


def test_options_are_understood_as_they_are_written(logic):
    logic.change_options(structures="liver,  rib *", nsd_tolerances_mm="liver = 3, aorta=2.5", groups=("Lungs",))
    options = logic.options
    assert (options.structures, options.groups) == (("liver", "rib *"), ("Lungs",))
    assert options.nsd_tolerances_mm == {"liver": 3.0, "aorta": 2.5}
    assert shown_option(options.nsd_tolerances_mm) == "liver = 3, aorta = 2.5"
    assert shown_option(options.structures) == "liver, rib *"
    for text in ("liver 3", "3", "liver = x"):
        with pytest.raises(ConcordanceError, match="Write"):
            logic.change_options(nsd_tolerances_mm=text)
    assert logic.options == options
    logic.change_options(structures="", nsd_tolerances_mm="")
    assert (logic.options.structures, logic.options.nsd_tolerances_mm) == ((), {})


def test_one_structure_is_one(logic):
    logic.change_options(structures="spleen")
    logic.apply()
    assert logic.summary()[0] == "1 structure that two or more of 3 models know. Consensus: intersection."


def test_staple_tells_what_it_estimated(logic):
    logic.set_options(AnalysisOptions(method="STAPLE", staple_margin_mm=5.0))
    result = logic.apply()
    assert {(row.structure, row.model) for row in result.staple} == {(s, m) for s in ("spleen", "liver") for m in "ABC"}
    (words,) = [line for line in logic.summary() if line.startswith("STAPLE")]
    assert "margin of 5 mm" in words and words in logic.notes


def test_row_of_a_clicked_point(logic, volume):
    assert logic.row_of_point("x", 0) is None
    result = logic.apply()
    series = AgreementNodes(volume).folder.node("Dice chart").GetNthPlotSeriesNode(2)
    row = logic.row_of_point(series.GetID(), 0)
    assert row.model == "C" and row in result.agreement


def test_close_leaves_no_observer(scene_host, volume, nodes):
    calls = []
    logic = ConsensusMetricsLogic(scene_host.scene, lambda: calls.append(1))
    nodes[0].SetName("x")
    assert calls
    logic.close()
    calls.clear()
    nodes[0].SetName("y")
    scene_host.scene.RemoveNode(nodes[1])
    assert calls == []
    assert slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene_host.scene) is not None
