"""The rows' views in the scene: ids, colours, view group, and no trace of them after leaving."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
import slicer

from host import SceneHost
from SegmentationConcordanceLib.exploring.layout_xml import layout_xml
from SegmentationConcordanceLib.exploring.rows import Row, RowKind, free_number
from SegmentationConcordanceLib.exploring.view_kinds import AXIAL, CORONAL, SAGITTAL, THREE_D, VIEW_KINDS
from SegmentationConcordanceLib.scene.explorer.row_layout import LAYOUT_ID, RowLayout

EVIL = 'Heart & Lung <"x">, a;b'
FIRST = Row(1, RowKind.MODEL, EVIL, EVIL, (1.0, 0.0, 0.0))
SECOND = Row(2, RowKind.MODEL, EVIL, EVIL, (0.0, 1.0, 0.0))
FOUR_UP = slicer.vtkMRMLLayoutNode.SlicerLayoutFourUpView


@pytest.fixture
def layout_logic(scene_host: SceneHost) -> Iterator[slicer.vtkMRMLLayoutLogic]:
    """Slicer's layout logic, in the four-up layout."""
    logic = slicer.vtkMRMLLayoutLogic()
    logic.SetMRMLApplicationLogic(scene_host.application_logic)
    logic.SetMRMLScene(scene_host.scene)
    logic.GetLayoutNode().SetViewArrangement(FOUR_UP)
    yield logic
    logic.SetMRMLScene(None)


def shown(logic: slicer.vtkMRMLLayoutLogic) -> list[str]:
    nodes = logic.GetViewNodes()
    return [nodes.GetItemAsObject(number).GetLayoutName() for number in range(nodes.GetNumberOfItems())]


def test_views_are_named_by_row_and_kind_never_by_a_segmentation() -> None:
    text = layout_xml([FIRST, SECOND], VIEW_KINDS, 5)
    views = list(ElementTree.fromstring(text).iter("view"))
    assert [view.get("singletontag") for view in views] == [f"CSE{row}{letter}" for row in "12" for letter in "RYGV"]
    assert "Heart" not in text


def test_rows_side_by_side_are_columns() -> None:
    rows = ElementTree.fromstring(layout_xml([FIRST], [AXIAL], 5))
    columns = ElementTree.fromstring(layout_xml([FIRST], [AXIAL], 5, as_columns=True))
    assert (rows.get("type"), rows.find("item/layout").get("type")) == ("vertical", "horizontal")
    assert (columns.get("type"), columns.find("item/layout").get("type")) == ("horizontal", "vertical")


def test_a_row_without_views_is_refused() -> None:
    with pytest.raises(ValueError, match="one view"):
        layout_xml([FIRST], [], 5)


def test_planes_have_slicers_colours_and_orientations(
    scene_host: SceneHost, layout_logic: slicer.vtkMRMLLayoutLogic
) -> None:
    layout = RowLayout(scene_host.scene)
    layout.show([FIRST], VIEW_KINDS)
    assert shown(layout_logic) == ["CSE1R", "CSE1Y", "CSE1G", "CSE1V"]
    like = {AXIAL: "Red", SAGITTAL: "Yellow", CORONAL: "Green"}
    for kind, name in like.items():
        own, slicers = layout.view_node(FIRST, kind), scene_host.scene.GetSingletonNode(name, "vtkMRMLSliceNode")
        assert own.GetOrientation() == slicers.GetOrientation() == kind.title
        assert own.GetLayoutColor() == pytest.approx(slicers.GetLayoutColor(), abs=1e-3)
    group = {node.GetViewGroup() for node in layout.view_nodes()}
    assert group == {layout.view_group}
    assert layout.view_group != scene_host.scene.GetSingletonNode("Red", "vtkMRMLSliceNode").GetViewGroup()


def test_leaving_gives_the_layout_back_and_removes_every_view(
    scene_host: SceneHost, layout_logic: slicer.vtkMRMLLayoutLogic
) -> None:
    before = scene_host.node_ids()
    layout = RowLayout(scene_host.scene)
    layout.show([FIRST, SECOND], VIEW_KINDS)
    assert layout_logic.GetLayoutNode().GetViewArrangement() == LAYOUT_ID
    assert layout.is_current
    layout.leave()
    assert scene_host.node_ids() == before
    assert layout_logic.GetLayoutNode().GetViewArrangement() == FOUR_UP
    assert not layout_logic.GetLayoutNode().IsLayoutDescription(slicer.vtkMRMLLayoutNode.SlicerLayoutUserView)
    assert not layout.is_current


def test_a_layout_that_the_user_chose_meanwhile_stays(
    scene_host: SceneHost, layout_logic: slicer.vtkMRMLLayoutLogic
) -> None:
    layout = RowLayout(scene_host.scene)
    layout.show([FIRST], [AXIAL])
    layout_logic.GetLayoutNode().SetViewArrangement(slicer.vtkMRMLLayoutNode.SlicerLayoutOneUpRedSliceView)
    assert not layout.is_current
    layout.leave()
    assert layout_logic.GetLayoutNode().GetViewArrangement() == slicer.vtkMRMLLayoutNode.SlicerLayoutOneUpRedSliceView


def test_moving_and_removing_rows_keeps_the_views_of_the_others(
    scene_host: SceneHost, layout_logic: slicer.vtkMRMLLayoutLogic
) -> None:
    layout = RowLayout(scene_host.scene)
    layout.show([FIRST, SECOND], [AXIAL, THREE_D])
    node = layout.view_node(SECOND, AXIAL)
    node.SetSliceOffset(17.0)
    node.SetFieldOfView(80.0, 60.0, 1.0)
    layout.show([SECOND, FIRST], [AXIAL, THREE_D])
    assert shown(layout_logic) == ["CSE2R", "CSE2V", "CSE1R", "CSE1V"]
    layout.show([SECOND], [AXIAL, THREE_D])
    assert layout.view_node(FIRST, AXIAL) is None
    assert layout.view_node(SECOND, AXIAL) is node
    assert (node.GetSliceOffset(), node.GetFieldOfView()[:2]) == (17.0, (80.0, 60.0))


def test_without_rows_the_former_layout_is_shown(
    scene_host: SceneHost, layout_logic: slicer.vtkMRMLLayoutLogic
) -> None:
    layout = RowLayout(scene_host.scene)
    layout.show([FIRST], [AXIAL])
    layout.show([], [AXIAL])
    assert shown(layout_logic) == ["Red", "1", "Green", "Yellow"]
    layout.show([FIRST], [AXIAL])
    assert shown(layout_logic) == ["CSE1R"]
    layout.leave()


def test_without_a_layout_node_the_description_is_there_for_the_application(scene_host: SceneHost) -> None:
    layout = RowLayout(scene_host.scene)
    layout.show([FIRST], [AXIAL])
    assert "CSE1R" in layout.xml
    layout.leave()
    assert layout.xml == ""


def test_a_new_row_takes_the_lowest_free_number() -> None:
    assert free_number([]) == 1
    assert free_number([FIRST, SECOND]) == 3
    assert free_number([SECOND]) == 1


def test_views_are_equally_wide_and_rows_equally_high() -> None:
    root = ElementTree.fromstring(layout_xml([FIRST, SECOND], VIEW_KINDS, 5))
    assert {item.get("splitSize") for item in root.iter("item")} == {"500"}
    assert {layout.get("split") for layout in root.iter("layout")} == {"true"}
