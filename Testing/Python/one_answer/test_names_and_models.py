"""What a case is called, and which models there are."""

from __future__ import annotations

from SegmentationConcordanceLib.scene.explorer.explorer_logic import ExplorerLogic
from SegmentationConcordanceLib.scene.harmonizer.harmonizer import HarmonizerLogic


def test_a_case_has_one_name(case, metrics, explorer):
    assert {row.case for row in case.rows} == {"P07"}  # ct.nii.gz alone says nothing
    assert case.scan().name == "P07"
    assert {row.case for row in metrics.result.agreement} == {"P07"}
    assert {row.case for row in explorer.scan.result.agreement} == {"P07"}


def test_the_models_are_those_of_the_command_line(case, metrics, explorer):
    models = list(dict.fromkeys(row.model for row in case.rows))
    assert list(metrics.models) == models == list(explorer.scan.comparison.models)


def test_all_modules_take_the_volume_of_one_of_them(metrics):
    scene = metrics.volume.GetScene()
    scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "another")  # so that there is none to be taken without asking
    for module in (ExplorerLogic(scene), HarmonizerLogic(scene)):
        module.preselect_volume()
        assert module.volume is metrics.volume
        module.close()


def test_who_is_left_out_in_one_module_is_left_out_in_the_other(metrics, nodes):
    scene = nodes.volume.GetScene()
    other = ExplorerLogic(scene)
    other.preselect_volume()
    assert other.volume is metrics.volume
    first = metrics.candidates[0]
    other.choose(first.node_id, use=False)
    assert first.model not in metrics.models and list(metrics.models) == list(other.nodes_of_models())
    metrics.choose(metrics.candidates[1].node_id, model="renamed")
    assert "renamed" in other.nodes_of_models()
    other.close()
