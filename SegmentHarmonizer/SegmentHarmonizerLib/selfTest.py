"""The module's self test."""

import slicer
from slicer.ScriptedLoadableModule import ScriptedLoadableModuleTest


class SegmentHarmonizerTest(ScriptedLoadableModuleTest):
    """From two files to two coded segmentations and a DICOM SEG, on data that the test makes itself."""

    def setUp(self):
        slicer.mrmlScene.Clear()

    def runTest(self):
        self.setUp()
        self.test_SegmentHarmonizer1()

    def test_SegmentHarmonizer1(self):
        import tempfile
        from pathlib import Path

        import numpy as np

        from SegmentationConcordanceLib.imaging.ct_writer import seeded_uid, write_ct_series
        from SegmentationConcordanceLib.imaging.geometry import Geometry
        from SegmentationConcordanceLib.imaging.seg_reader import read_dicom_seg
        from SegmentationConcordanceLib.sample.model_files import write_labels
        from SegmentationConcordanceLib.scene.harmonizer.harmonizer import HarmonizerLogic
        from SegmentationConcordanceLib.scene.volume_node import add_volume_node

        self.delayDisplay("MOOSE's spleen explains an unknown label that has the same voxels")
        grid = Geometry.from_parts((6, 20, 24), (1.0, 1.0, 5.0), (0.0, 0.0, 0.0), np.eye(3))
        voxels = np.zeros(grid.shape, np.uint8)
        voxels[1:4, 5:15, 6:16] = 15
        uids = {f"{kind}_uid": seeded_uid(kind) for kind in ("study", "series", "frame_of_reference")}
        logic = HarmonizerLogic(slicer.mrmlScene)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            air = np.full(grid.shape, -1000, np.int16)
            write_ct_series(folder / "ct", air, grid, patient_id="1", patient_name="Test", **uids)
            write_labels(folder / "CT_organs_segmentation_1.nii.gz", voxels, grid)
            write_labels(folder / "mine.nii.gz", np.where(voxels, 201, 0).astype(np.uint8), grid)
            try:
                logic.set_volume(add_volume_node(slicer.mrmlScene, air, grid, "CT"))
                logic.add([str(path) for path in sorted(folder.glob("*.nii.gz"))])
                logic.read()
                self.assertEqual([choice.label_map for choice in logic.outputs], ["moose", ""])
                self.assertEqual(logic.accept_sure(), 1)
                self.assertEqual(logic.obstacle(), "")
                self.assertEqual(len(logic.apply()), 2)
                logic.change_options(images=str(folder / "ct"), folder=str(folder / "seg"))
                for path in logic.export().files:
                    (segment,) = read_dicom_seg(path).label_map.segments
                    self.assertEqual((segment.name, str(segment.structure.type)), ("spleen", "SCT:78961009"))
            finally:
                logic.close()
        self.delayDisplay("Test passed")
