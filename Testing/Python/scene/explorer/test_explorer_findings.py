"""Going to findings: about a segment that nobody coded, and about two models of which neither is blamed."""

from __future__ import annotations

import numpy as np
import pytest

from agreement.bricks import GEOMETRY, LABEL, SHAPE, hole_in_the_liver, place_in
from agreement.bricks import scan as bricks
from host import SceneHost
from scene.agreement_scene import ANATOMY, label_map_of
from scene.explorer_rows import add_model_row
from SegmentationConcordanceLib.anatomy.concepts import CodedConcept, CodedStructure
from SegmentationConcordanceLib.exploring.view_kinds import AXIAL
from SegmentationConcordanceLib.scene.explorer.explorer import Explorer
from SegmentationConcordanceLib.scene.segmentation_node import add_segmentation_node
from SegmentationConcordanceLib.scene.volume_node import add_volume_node

LIVER = CodedStructure(ANATOMY, CodedConcept("10200004", "SCT", "Liver"))


def liver_alone() -> np.ndarray:
    """20 x 16 x 30 voxels, and a kidney, which nobody codes."""
    voxels = bricks()
    voxels[(voxels != LABEL["liver"]) & (voxels != LABEL["kidney_left"])] = 0
    return voxels


def explorer_of(scene_host: SceneHost, models: dict[str, np.ndarray], coded: CodedStructure | None) -> Explorer:
    volume = add_volume_node(scene_host.scene, np.zeros(SHAPE, np.int16), GEOMETRY, "CT")
    for name, voxels in models.items():
        add_segmentation_node(scene_host.scene, label_map_of(voxels, GEOMETRY, {LABEL["liver"]: coded}), name, volume)
    explorer = Explorer(volume)
    explorer.set_views((AXIAL,))
    return explorer


@pytest.mark.parametrize("order", [("Sound", "Odd"), ("Odd", "Sound")])
def test_a_finding_about_an_uncoded_segment_leads_to_that_of_its_model(scene_host: SceneHost, order) -> None:
    """Both models have an uncoded segment of the same name: the hole is in one of them."""
    voxels = {"Sound": liver_alone(), "Odd": liver_alone()}
    hole_in_the_liver(voxels["Odd"])
    explorer = explorer_of(scene_host, {name: voxels[name] for name in order}, None)
    for model in explorer.scan.drawn:
        add_model_row(explorer, model)
    explorer.step_finding(1)
    finding = explorer.findings.current
    assert (len(explorer.findings.findings), finding.kind, finding.models) == (1, "hole", ("Odd",))
    assert finding.structures == (f"uncoded:s{LABEL['liver']}",)
    identity = explorer.scan.structure(explorer.selected).identity
    assert (identity.model, identity.label) == ("Odd", LABEL["liver"])
    assert explorer.place == pytest.approx(finding.place_ras)
    assert place_in(finding, voxels["Odd"]) == 0
    assert place_in(finding, voxels["Sound"]) == LABEL["liver"]
    assert {model: explorer.finding_mark(model) for model in order} == {"Odd": "A part left out", "Sound": ""}
    explorer.leave()


def test_of_two_models_that_agree_little_both_rows_are_marked(scene_host: SceneHost) -> None:
    smaller = liver_alone()
    smaller[30:50, 4:20, 10:13] = smaller[30:50, 4:20, 37:40] = 0
    explorer = explorer_of(scene_host, {"A": liver_alone(), "B": smaller}, LIVER)
    for model in explorer.scan.drawn:
        add_model_row(explorer, model)
    explorer.step_finding(1)
    assert explorer.selected == explorer.findings.current.structures[0] == "SCT:10200004"
    # Of 20 x 16 x 30 voxels B has 20 x 16 x 24: Dice 2 * 24 / (24 + 30)
    assert "A and B agree with Dice 0.889" in explorer.findings.text
    assert {model: explorer.finding_mark(model) for model in "AB"} == dict.fromkeys(
        "AB", "Low agreement (one of these)"
    )
    explorer.leave()
