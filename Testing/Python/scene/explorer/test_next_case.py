"""A second explorer is made before the first one leaves, so that a case that cannot be shown leaves the former one."""

from __future__ import annotations

import pytest
import slicer

from host import SceneHost
from scene.agreement_scene import LIVER_KEY, add_three_models, add_volume
from SegmentationConcordanceLib.errors import ConcordanceError
from SegmentationConcordanceLib.exploring.rows import RowKind
from SegmentationConcordanceLib.exploring.view_kinds import AXIAL, view_name
from SegmentationConcordanceLib.scene.explorer.explorer import Explorer
from SegmentationConcordanceLib.scene.own_nodes import remove_own

NAMES = "ABC"


@pytest.fixture
def scene(scene_host: SceneHost):
    layouts = slicer.vtkMRMLLayoutLogic()
    layouts.SetMRMLApplicationLogic(scene_host.application_logic)
    layouts.SetMRMLScene(scene_host.scene)
    yield scene_host.scene
    layouts.SetMRMLScene(None)


def add_case(scene, name: str):
    volume = add_volume(scene, name)
    nodes = add_three_models(scene, volume)
    return volume, nodes


def explored(volume, nodes) -> Explorer:
    return Explorer(volume, lambda: {name: [node] for name, node in zip(NAMES, nodes)}, least_models=1)


def shown(explorer: Explorer, scene) -> list[str]:
    """The titles of the rows, each of which has its axial view in the scene."""
    found = []
    for row in explorer.rows:
        view = scene.GetSingletonNode(view_name(row.number, AXIAL), "vtkMRMLSliceNode")
        assert view is not None
        found.append(row.title)
    return found


def test_the_next_case_takes_the_place_of_the_former(scene):
    volume, nodes = add_case(scene, "first")
    former = explored(volume, nodes)
    former.show_rows([(RowKind.MODEL, name) for name in NAMES])
    former.select(LIVER_KEY)
    other, others = add_case(scene, "second")
    following = explored(other, others)
    former.leave()
    for node in (volume, *nodes):
        remove_own(node)
    following.set_style(former.style)
    following.show_rows([(RowKind.MODEL, name) for name in NAMES])
    following.select(LIVER_KEY)
    assert shown(following, scene) == list(NAMES)
    assert following.is_open and not former.is_open
    assert following.layout.is_current
    assert scene.GetNumberOfNodesByClass("vtkMRMLScalarVolumeNode") == 1
    following.leave()


def test_a_case_that_cannot_be_shown_leaves_the_former(scene):
    volume, nodes = add_case(scene, "first")
    former = explored(volume, nodes)
    former.show_rows([(RowKind.MODEL, name) for name in NAMES])
    with pytest.raises(ConcordanceError):
        explored(add_volume(scene, "second"), [])
    assert former.is_open
    assert shown(former, scene) == list(NAMES)
    assert former.layout.is_current
    former.leave()
