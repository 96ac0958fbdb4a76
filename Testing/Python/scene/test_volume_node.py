"""Scalar volumes from arrays."""

from __future__ import annotations

import numpy as np
import pytest
import slicer
import vtk

from host import SceneHost
from SegmentationConcordanceLib.errors import GeometryMismatchError
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.scene.volume_node import add_volume_node, voxels_of


@pytest.mark.parametrize("dtype", [np.int16, np.uint8, np.float32, np.float64])
def test_voxels_and_type_are_kept_whatever_the_strides(scene_host: SceneHost, dtype: type) -> None:
    voxels = np.arange(24, dtype=dtype).reshape(4, 3, 2).transpose(2, 1, 0)
    voxels.flags.writeable = False
    volume = add_volume_node(scene_host.scene, voxels, Geometry((2, 3, 4), np.eye(4)), "CT <1>")
    found = slicer.util.arrayFromVolume(volume)
    assert found.dtype == dtype
    assert np.array_equal(found, voxels)
    assert np.array_equal(voxels_of(volume), voxels)
    assert volume.GetName() == "CT <1>"
    assert volume.GetDisplayNode() is not None


def test_a_volume_without_voxels_or_of_colours_has_none(scene_host: SceneHost) -> None:
    empty = scene_host.scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode")
    assert voxels_of(empty) is None
    colours = vtk.vtkImageData()
    colours.SetDimensions(2, 2, 2)
    colours.AllocateScalars(vtk.VTK_UNSIGNED_CHAR, 3)
    empty.SetAndObserveImageData(colours)
    assert voxels_of(empty) is None


def test_a_voxel_lies_where_hand_calculation_says_in_ras(scene_host: SceneHost) -> None:
    half, root = 0.5, np.sqrt(3) / 2
    direction = [[root, -half, 0], [half, root, 0], [0, 0, 1]]
    geometry = Geometry.from_parts((5, 6, 7), (2, 3, 4), (10, -20, 30), direction)
    volume = add_volume_node(scene_host.scene, np.zeros((5, 6, 7), np.int16), geometry, "CT")
    matrix = vtk.vtkMatrix4x4()
    volume.GetIJKToRASMatrix(matrix)
    ras = matrix.MultiplyPoint([1, 2, 3, 1])
    # LPS: 10 + 2 cos30 - 6 sin30, -20 + 2 sin30 + 6 cos30, 30 + 12
    assert ras == pytest.approx((-8.732050807568877, 13.803847577293368, 42, 1), abs=1e-12)
    assert volume.GetSpacing() == pytest.approx((2, 3, 4), abs=1e-12)


def test_a_sheared_grid_is_refused_and_nothing_added(scene_host: SceneHost) -> None:
    affine = np.eye(4)
    affine[1, 2] = 0.3
    before = scene_host.node_ids()
    with pytest.raises(GeometryMismatchError, match=r"73\.3 degrees"):
        add_volume_node(scene_host.scene, np.zeros((2, 2, 2), np.int16), Geometry((2, 2, 2), affine), "CT")
    assert scene_host.node_ids() == before
