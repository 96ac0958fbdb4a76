"""The module's self test."""

import slicer
from slicer.ScriptedLoadableModule import ScriptedLoadableModuleTest


class ConsensusMetricsTest(ScriptedLoadableModuleTest):
    """Two models of one volume, whose agreement is known beforehand."""

    def setUp(self):
        slicer.mrmlScene.Clear()

    def runTest(self):
        self.setUp()
        self.test_ConsensusMetrics1()

    def test_ConsensusMetrics1(self):
        import numpy as np

        from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
        from SegmentationConcordanceLib.imaging.geometry import Geometry
        from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment
        from SegmentationConcordanceLib.scene.consensus.consensus_metrics import ConsensusMetricsLogic
        from SegmentationConcordanceLib.scene.segmentation_node import add_segmentation_node
        from SegmentationConcordanceLib.scene.volume_node import add_volume_node

        self.delayDisplay("Comparing two models: 9 of the 12 columns of each are common")
        label = load_vocabulary("moose").labels[0]
        grid = Geometry.from_parts((10, 20, 20), (1.0, 1.0, 5.0), (0.0, 0.0, 0.0), np.eye(3))
        volume = add_volume_node(slicer.mrmlScene, np.zeros(grid.shape, np.int16), grid, "CT")
        for model, first in (("A", 2), ("B", 5)):
            voxels = np.zeros(grid.shape, np.uint8)
            voxels[2:8, 5:15, first : first + 12] = 1
            label_map = LabelMap((voxels,), grid, (Segment(1, label.structure_name, label.structure),))
            add_segmentation_node(slicer.mrmlScene, label_map, model, volume)
        logic = ConsensusMetricsLogic(slicer.mrmlScene)
        try:
            logic.preselect_volume()
            self.assertIs(logic.volume, volume)
            result = logic.apply()
            self.assertEqual([round(row.dice, 9) for row in result.agreement], [round(18 / 24, 9)] * 2)
            self.assertIsNotNone(slicer.mrmlScene.GetFirstNodeByName("CT: agreement, table"))
            self.assertIsNotNone(logic.jump_to(result.agreement[0]))
        finally:
            logic.close()
        self.delayDisplay("Test passed")
