"""The module's self test."""

import tempfile

import slicer
from slicer.ScriptedLoadableModule import ScriptedLoadableModuleTest


class CrossSegmentationExplorerTest(ScriptedLoadableModuleTest):
    """The whole review of two models, whose agreement is known beforehand."""

    def setUp(self):
        slicer.mrmlScene.Clear()

    def runTest(self):
        self.setUp()
        self.test_CrossSegmentationExplorer1()

    def test_CrossSegmentationExplorer1(self):
        worst, best = self.addScan()
        widget = slicer.modules.crosssegmentationexplorer.widgetRepresentation().self()
        layout = slicer.app.layoutManager().layout
        ui, logic = widget.ui, widget.logic
        widget.enter()
        try:
            self.delayDisplay("Two models of one scan: a row each, the worst structure first")
            ui.allModelsButton.click()
            explorer = logic.explorer
            self.assertEqual([row.title for row in explorer.rows], ["A", "B"])
            self.assertEqual([one.name for one in explorer.walk.listed], [worst, best])
            # of 10 columns, 5 and 9 are common to both models, which are held against each other
            for one, dice in zip(explorer.walk.listed, (10 / 20, 18 / 20)):
                self.assertAlmostEqual(one.lowest_dice, dice)
            self.delayDisplay("Consensus and overlay, agreement map, 3D")
            for entry in logic.entries[2:]:
                logic.show_row(entry.row, True)
            ui.mapCheckBox.checked = ui.threeDCheckBox.checked = True
            self.assertEqual(len(list(explorer.layout.view_nodes())), 16)
            self.delayDisplay("The next structure: every slice goes to the disagreement")
            ui.nextButton.click()
            self.assertEqual(logic.selected.name, best)
            for node in explorer.layout.slice_nodes():
                axis = ("Sagittal", "Coronal", "Axial").index(node.GetOrientation())
                self.assertAlmostEqual(abs(node.GetSliceOffset()), abs(explorer.place[axis]), places=3)
            self.delayDisplay("A verdict on each model")
            with tempfile.TemporaryDirectory() as folder:
                logic.start_review(f"{folder}/review.csv", "Self test")
                for key in "25":
                    logic.review.press(key)
                self.assertEqual([line.score for line in logic.review.lines], [2, 5, None])
                logic.stop_review()
        finally:
            widget.exit()
        self.assertEqual(slicer.app.layoutManager().layout, layout)
        self.assertIsNone(slicer.mrmlScene.GetFirstNodeByName("CSE1R"))
        self.delayDisplay("Test passed")

    def addScan(self):
        """Add a scan and two models of it; returns the names of their structures, worst agreement first."""
        import numpy as np

        from SegmentationConcordanceLib.sample.two_models import two_models
        from SegmentationConcordanceLib.scene.segmentation_node import add_segmentation_node
        from SegmentationConcordanceLib.scene.volume_node import add_volume_node

        models = two_models()
        grid = models["A"].geometry
        volume = add_volume_node(slicer.mrmlScene, np.zeros(grid.shape, np.int16), grid, "CT")
        for name, label_map in models.items():
            add_segmentation_node(slicer.mrmlScene, label_map, name, volume)
        return [segment.name for segment in reversed(models["A"].segments)]
