"""The real abdomen with the outputs of two models, for pictures; it lies beside the repository, or nowhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import slicer

from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
from SegmentationConcordanceLib.imaging.model_output import read_model_output
from SegmentationConcordanceLib.imaging.nifti import read_nifti
from SegmentationConcordanceLib.imaging.resampling import bring_to_grid
from SegmentationConcordanceLib.scene.node_attributes import set_label_map
from SegmentationConcordanceLib.scene.segmentation_node import add_segmentation_node
from SegmentationConcordanceLib.scene.volume_node import add_volume_node

REAL_CASE = Path(__file__).resolve().parents[4] / "shared" / "cases" / "abdomen_nifti"
ABDOMEN_WINDOW = (-160, 240)
_MODELS = {
    "TotalSegmentator 2": "totalsegmentator_v2_total.nii.gz",
    "TotalSegmentator 2 fast": "totalsegmentator_v2_total_fast.nii.gz",
}


def add_real_case(scene: slicer.vtkMRMLScene, name: str) -> slicer.vtkMRMLScalarVolumeNode:
    """The CT under this name, with an abdominal window, and one segmentation node per model."""
    voxels, geometry = read_nifti(REAL_CASE / "ct.nii.gz")
    volume = add_volume_node(scene, np.asarray(voxels, np.int16), geometry, name)
    volume.GetDisplayNode().AutoWindowLevelOff()
    volume.GetDisplayNode().SetWindowLevelMinMax(*ABDOMEN_WINDOW)
    total = load_vocabulary("totalsegmentator_v2").for_task("total")
    for model, file in _MODELS.items():
        read = read_model_output([REAL_CASE / file], total, "total")
        label_map = bring_to_grid(read.label_map, geometry, model, allow_extent_change=True)
        set_label_map(add_segmentation_node(scene, label_map, model, volume), "totalsegmentator_v2", ("total",))
    return volume
