"""Actions of a user who clicks anywhere, and of a scene in which others add, change and delete: chosen at random."""

from __future__ import annotations

import contextlib
import random
from dataclasses import replace

import slicer

from scene.agreement_scene import add_three_models, add_volume, label_map_of, second_model
from SegmentationConcordanceLib.errors import ConcordanceError
from SegmentationConcordanceLib.exploring.display_style import DisplayStyle
from SegmentationConcordanceLib.exploring.rows import RowKind
from SegmentationConcordanceLib.exploring.view_kinds import VIEW_KINDS
from SegmentationConcordanceLib.scene.explorer.explorer_logic import ExplorerLogic
from SegmentationConcordanceLib.scene.explorer.links import Links
from SegmentationConcordanceLib.scene.explorer.review_choices import ListOrder, WantedRow, parameter_node
from SegmentationConcordanceLib.scene.segmentation_node import add_segmentation_node

ROWS = [WantedRow(RowKind.MODEL, name) for name in ("A", "B", "C", "nobody")]
ROWS += [WantedRow(RowKind.CONSENSUS), WantedRow(RowKind.OVERLAY)]


class RandomUser:
    """Does one thing after the other; the same for a seed.

    What belongs to the scene alone (a display node that is removed under slicer-core's own managers) is left out: see
    docs/reliability.md.
    """

    def __init__(self, logic: ExplorerLogic, scene: slicer.vtkMRMLScene, seed: int) -> None:
        self.logic = logic
        self.scene = scene
        self.chance = random.Random(seed)
        self.done: list[str] = []
        self.shown = 0
        self.actions = [getattr(self, name) for name in sorted(dir(self)) if name.startswith("do_")]

    def act(self) -> None:
        """One action, then what the module does when nothing else is to be done."""
        if self.logic.explorer is None and self.chance.random() < 0.3:
            self.begin_again()
        action = self.chance.choice(self.actions)
        self.done.append(action.__name__)
        with contextlib.suppress(ConcordanceError):  # it is told to the user
            action()
        if self.chance.random() < 0.7:
            self.logic.refresh()
        self.shown += self.logic.explorer is not None
        assert self.logic.summary()
        assert len(self.logic.entries) >= 2

    def begin_again(self) -> None:
        """Load what there was at first, and show it: else most actions would find nothing to act on."""
        if self.logic.volume is None:
            self.logic.set_volume(add_volume(self.scene))
        if self.logic.obstacle():
            add_three_models(self.scene, self.logic.volume)
        self.logic.enter()
        self.logic.set_rows([*ROWS[:3], ROWS[4]])

    def do_show_row(self) -> None:
        self.logic.show_row(self.chance.choice(ROWS), self.chance.random() < 0.6)

    def do_move_row(self) -> None:
        self.logic.move_row(self.chance.choice(ROWS), self.chance.randint(-9, 9))

    def do_all_models(self) -> None:
        self.logic.show_all_models()

    def do_uncheck_two(self) -> None:
        for row in self.chance.sample(ROWS[:3], 2):
            self.logic.show_row(row, False)

    def do_leave_out(self) -> None:
        for node in self.nodes("vtkMRMLSegmentationNode", 2):
            self.logic.choose(node.GetID(), use=self.chance.random() < 0.5)

    def do_other_model(self) -> None:
        for node in self.nodes("vtkMRMLSegmentationNode", 1):
            self.logic.choose(node.GetID(), model=self.chance.choice(("", "A", "new", "<b>")))

    def do_consensus(self) -> None:
        self.logic.change(majority=self.chance.random() < 0.5)

    def do_style(self) -> None:
        chosen = {name: self.chance.random() < 0.5 for name in ("fill", "color_by_model", "neighbours")}
        self.logic.change(style=replace(DisplayStyle(), **chosen), shows_map=self.chance.random() < 0.5)

    def do_views(self) -> None:
        kinds = tuple(kind for kind in VIEW_KINDS if self.chance.random() < 0.5) or VIEW_KINDS[:1]
        self.logic.change(kinds=kinds, as_columns=self.chance.random() < 0.5)

    def do_links(self) -> None:
        self.logic.change(links=Links(scroll=self.chance.random() < 0.5), shows_crosshair=self.chance.random() < 0.5)

    def do_order(self) -> None:
        texts = ("", "liver", "xyzzy", "[")
        self.logic.change(order=ListOrder(text=self.chance.choice(texts), descending=self.chance.random() < 0.5))

    def do_step(self) -> None:
        self.logic.step(self.chance.randint(-3, 3))

    def do_step_region(self) -> None:
        self.logic.step_region(self.chance.choice((-1, 1)))

    def do_select(self) -> None:
        self.logic.select(self.chance.choice(("", "nothing", "SCT:78961009", "SCT:10200004")))

    def do_leave_and_come_back(self) -> None:
        self.logic.exit()
        if self.chance.random() < 0.8:
            self.logic.enter()

    def do_another_layout(self) -> None:
        layout = self.scene.GetFirstNodeByClass("vtkMRMLLayoutNode")
        if layout is not None:
            layout.SetViewArrangement(slicer.vtkMRMLLayoutNode.SlicerLayoutFourUpView)
        self.logic.show_again()

    def do_delete_segmentation(self) -> None:
        for node in self.nodes("vtkMRMLSegmentationNode", 1):
            self.scene.RemoveNode(node)

    def do_add_segmentation(self) -> None:
        volume = self.logic.volume
        if volume is not None:
            add_segmentation_node(self.scene, label_map_of(second_model()), self.chance.choice("ABCD"), volume)

    def do_delete_segment(self) -> None:
        for node in self.nodes("vtkMRMLSegmentationNode", 1):
            segmentation = node.GetSegmentation()
            if segmentation.GetNumberOfSegments():
                segmentation.RemoveSegment(segmentation.GetNthSegmentID(0))

    def do_rename(self) -> None:
        for node in self.nodes("vtkMRMLSegmentationNode", 1):
            node.SetName(self.chance.choice(("A", "B", "", "<i>x</i>")))

    def do_delete_volume(self) -> None:
        if self.chance.random() < 0.3:
            for node in self.nodes("vtkMRMLScalarVolumeNode", 1):
                self.scene.RemoveNode(node)

    def do_add_volume(self) -> None:
        if self.logic.volume is None:
            self.logic.set_volume(add_volume(self.scene))

    def do_no_volume(self) -> None:
        if self.chance.random() < 0.2:
            self.logic.set_volume(None)

    def do_delete_parameters(self) -> None:
        if self.chance.random() < 0.3:
            self.scene.RemoveNode(parameter_node(self.scene))

    def do_batch(self) -> None:
        self.scene.StartState(slicer.vtkMRMLScene.BatchProcessState)
        try:
            self.do_delete_segmentation()
            self.do_add_segmentation()
        finally:
            self.scene.EndState(slicer.vtkMRMLScene.BatchProcessState)

    def do_close_scene(self) -> None:
        if self.chance.random() < 0.1:
            self.scene.Clear(0)

    def nodes(self, kind: str, most: int) -> list[slicer.vtkMRMLNode]:
        """Some nodes of a kind, none where there is none."""
        found = [self.scene.GetNthNodeByClass(n, kind) for n in range(self.scene.GetNumberOfNodesByClass(kind))]
        return self.chance.sample(found, min(most, len(found)))
