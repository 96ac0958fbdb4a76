"""Bringing label maps to another grid: exact for flips and permutations, otherwise refused; nearest neighbour."""

from __future__ import annotations

from itertools import permutations, product

import nibabel
import numpy as np
import pytest
import SimpleITK

from SegmentationConcordanceLib.errors import GeometryMismatchError
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment
from SegmentationConcordanceLib.imaging.resampling import bring_to_grid, resample_nearest
from SegmentationConcordanceLib.imaging.volume_files import read_label_volume

VOXELS = np.random.default_rng(7).integers(0, 9, (4, 5, 6)).astype(np.uint8)
SEGMENTS = (Segment(3, "liver"), Segment(8, "spleen"))
ORIGIN = np.array([-120.5, -80.25, 1500.0])
SPACING = np.array([0.75, 0.8, 2.5])


def rotation(degrees: float, axis: int = 0) -> np.ndarray:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.roll(np.roll([[1, 0, 0], [0, c, -s], [0, s, c]], axis, 0), axis, 1)


TILTED = rotation(20) @ rotation(7, 1)


def grid(shape=VOXELS.shape, spacing=SPACING, origin=ORIGIN, direction=TILTED) -> Geometry:
    return Geometry.from_parts(shape, spacing, origin, direction)


def label_map(voxels=VOXELS, geometry=None) -> LabelMap:
    return LabelMap((voxels,), geometry or grid(), SEGMENTS)


def labels_by_place(found: LabelMap) -> dict[tuple, int]:
    """Label of every labelled voxel by its position, rounded to 0.01 mm."""
    k, j, i = np.nonzero(found.layers[0])
    places = np.round(found.geometry.lps_of(np.stack([i, j, k], axis=1)), 2) + 0.0
    return dict(zip(map(tuple, places.tolist()), found.layers[0][k, j, i].tolist()))


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("signs", list(product((1, -1), repeat=3)))
def test_all_48_orientations_come_back_exactly(tmp_path, order, signs):
    """nibabel reorients the file; the numbers and their places must come back on the reference grid."""
    reference = grid()
    image = nibabel.Nifti1Image(VOXELS.transpose(), np.diag([-1, -1, 1, 1]) @ reference.ijk_to_lps)
    turned = image.as_reoriented(np.array(list(zip(order, signs))))
    nibabel.save(turned, tmp_path / "turned.nii")
    voxels, geometry = read_label_volume(tmp_path / "turned.nii")
    back = bring_to_grid(label_map(voxels, geometry), reference, "turned.nii")
    assert np.array_equal(back.layers[0], VOXELS)
    assert back.layers[0].flags.c_contiguous
    assert back.geometry is reference
    assert back.segments == SEGMENTS


def test_every_layer_is_brought():
    turned = LabelMap((VOXELS[::-1], VOXELS[::-1] // 4), _flipped_k(grid()), ())
    back = bring_to_grid(turned, grid(), "x")
    assert np.array_equal(back.layers[0], VOXELS)
    assert np.array_equal(back.layers[1], VOXELS // 4)


def _flipped_k(geometry: Geometry) -> Geometry:
    affine = geometry.ijk_to_lps @ np.diag([1, 1, -1, 1])
    affine[:3, 3] = geometry.lps_of([0, 0, geometry.shape[0] - 1])
    return Geometry(geometry.shape, affine)


def test_float32_rounding_of_the_place_is_accepted():
    rounded = Geometry(grid().shape, grid().ijk_to_lps.astype(np.float32))
    assert np.array_equal(bring_to_grid(label_map(geometry=rounded), grid(), "x").layers[0], VOXELS)


CT = Geometry.from_parts((20, 512, 512), (0.97, 0.97, 2.0), (-249.5, -437.5, -804.5), np.eye(3))


def off(**changed) -> Geometry:
    parts = {"shape": CT.shape, "spacing_mm": CT.spacing_mm, "origin_lps": CT.origin_lps, "direction_lps": np.eye(3)}
    return Geometry.from_parts(**(parts | changed))


@pytest.mark.parametrize(
    ("geometry", "words"),
    [
        (off(origin_lps=CT.lps_of([0, 0, 0.5])), ["origin off by (+0, +0, +1) mm"]),
        (off(origin_lps=CT.lps_of([0.5, 0, 0])), ["origin off by (+0.485, +0, +0) mm"]),
        (off(origin_lps=CT.origin_lps - [0, 0.1, 0]), ["origin off by (+0, -0.1, +0) mm"]),
        (off(spacing_mm=CT.spacing_mm * 1.001), ["spacing 0.97097 x 0.97097 x 2.002 mm, not 0.97 x 0.97 x 2"]),
        (off(spacing_mm=CT.spacing_mm * 1.00005), ["voxels up to 0.0256 voxels apart"]),
        (off(direction_lps=rotation(0.01, 0)), ["axes tilted by 0.01 degrees"]),
        (off(direction_lps=rotation(0.01, 2)), ["axes tilted by 0.01 degrees"]),
        (off(direction_lps=rotation(60, 0)), ["orientation LSA, not LPS"]),
        (off(shape=(19, 512, 512)), ["shape 512 x 512 x 19 voxels, not 512 x 512 x 20"]),
        (off(shape=(40, 512, 512)), ["shape 512 x 512 x 40 voxels, not 512 x 512 x 20"]),
        (off(shape=(20, 256, 256), spacing_mm=(1.94, 1.94, 2)), ["shape", "spacing"]),
    ],
)
def test_other_grids_are_refused_and_it_is_said_how(geometry, words):
    with pytest.raises(GeometryMismatchError) as raised:
        bring_to_grid(LabelMap((np.zeros(geometry.shape, np.uint8),), geometry, ()), CT, "liver.nii.gz")
    message = str(raised.value)
    assert message.startswith("liver.nii.gz: ")
    for word in words:
        assert word in message


@pytest.mark.parametrize("axis", [0, 1])
def test_tilt_of_a_hundredth_degree_about_the_centre_is_refused(axis):
    centre = CT.lps_of((np.array(CT.shape[::-1]) - 1) / 2)
    turn = rotation(0.01, axis)
    tilted = off(direction_lps=turn, origin_lps=centre + turn @ (CT.origin_lps - centre))
    with pytest.raises(GeometryMismatchError, match="tilted"):
        bring_to_grid(LabelMap((np.zeros(CT.shape, np.uint8),), tilted, ()), CT, "x")


def test_a_handled_flip_is_not_listed_among_the_differences():
    flipped = _flipped_k(off(origin_lps=CT.lps_of([0, 0, 0.5])))
    with pytest.raises(GeometryMismatchError) as raised:
        bring_to_grid(LabelMap((np.zeros(CT.shape, np.uint8),), flipped, ()), CT, "x")
    assert "origin off by (+0, +0, +1) mm" in str(raised.value)
    assert "orientation" not in str(raised.value)


@pytest.mark.parametrize("first", [(0, 0, 0), (2, 1, 0), (-1, 3, -2), (5, -2, -1)])
def test_other_extent_keeps_every_labelled_voxel_in_its_place(first):
    """The reference grid starts at index ``first`` (k, j, i) of the label map's and is 9 x 8 x 9 long."""
    voxels = VOXELS.copy()
    k, j, i = np.indices(voxels.shape)
    voxels[(k < first[0]) | (j < first[1]) | (i < first[2])] = 0
    wanted = grid(shape=(9, 8, 9), origin=grid().lps_of(first[::-1]))
    source = label_map(voxels[::-1], _flipped_k(grid()))
    with pytest.raises(GeometryMismatchError):
        bring_to_grid(source, wanted, "x")
    found = bring_to_grid(source, wanted, "x", allow_extent_change=True)
    assert found.layers[0].shape == (9, 8, 9)
    assert labels_by_place(found) == labels_by_place(source)


def test_cutting_labelled_voxels_away_is_an_error():
    voxels = np.zeros_like(VOXELS)
    voxels[3, 0, 0:2] = 3
    voxels[0, 0, 0] = 3
    smaller = grid(shape=(3, 5, 6))
    with pytest.raises(GeometryMismatchError, match="2 labelled voxels lie outside"):
        bring_to_grid(label_map(voxels), smaller, "x", allow_extent_change=True)
    far_away = grid(origin=ORIGIN + TILTED @ [0, 0, 2.5 * 100])
    with pytest.raises(GeometryMismatchError, match="3 labelled voxels lie outside"):
        bring_to_grid(label_map(voxels), far_away, "x", allow_extent_change=True)
    nothing = bring_to_grid(label_map(np.zeros_like(VOXELS)), far_away, "x", allow_extent_change=True)
    assert not nothing.layers[0].any()


def test_other_extent_does_not_excuse_half_a_voxel():
    half = grid(shape=(9, 8, 9), origin=grid().lps_of([0, 0, -0.5]))
    with pytest.raises(GeometryMismatchError, match="shape"):
        bring_to_grid(label_map(), half, "x", allow_extent_change=True)


def by_simpleitk(voxels: np.ndarray, source: Geometry, target: Geometry) -> np.ndarray:
    image = SimpleITK.GetImageFromArray(voxels)
    reference = SimpleITK.Image(target.shape[::-1], SimpleITK.sitkUInt8)
    for one, geometry in ((image, source), (reference, target)):
        one.SetSpacing(geometry.spacing_mm.tolist())
        one.SetOrigin(geometry.origin_lps.tolist())
        one.SetDirection(geometry.direction_lps.ravel().tolist())
    resampled = SimpleITK.Resample(image, reference, SimpleITK.Transform(), SimpleITK.sitkNearestNeighbor, 0)
    return SimpleITK.GetArrayFromImage(resampled)


@pytest.mark.parametrize("axes", [(0, 1, 2), (2, 0, 1), (1, 0, 2)])
@pytest.mark.parametrize("turn", [0.0, 0.3, 33.0])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32])
def test_nearest_neighbour_is_that_of_simpleitk(axes, turn, dtype):
    signs = np.array([-1, 1, -1])
    direction = (TILTED[:, axes] * signs) @ rotation(turn, 1)
    target = Geometry.from_parts((11, 12, 13), (0.61, 0.53, 0.71), ORIGIN - TILTED @ [1.03, 1.02, 1.01], direction)
    target = Geometry(target.shape, _centred(target, grid()))
    voxels = VOXELS.astype(dtype) * (1 if dtype == np.uint8 else 1000)
    found = resample_nearest(LabelMap((voxels,), grid(), ()), target)
    assert found.layers[0].dtype == dtype
    assert found.layers[0].any()
    assert (found.layers[0] == 0).any()
    assert np.array_equal(found.layers[0], by_simpleitk(voxels, grid(), target))


def _centred(target: Geometry, on: Geometry) -> np.ndarray:
    """The affine of ``target`` moved so that the middles nearly coincide; nearly, so that no voxel lies halfway."""
    affine = target.ijk_to_lps.copy()
    middles = [geometry.lps_of((np.array(geometry.shape[::-1]) - 1) / 2) for geometry in (on, target)]
    affine[:3, 3] += middles[0] - middles[1] + [0.013, 0.017, 0.011]
    return affine


def test_nearest_neighbour_by_hand():
    source = Geometry.from_parts((1, 1, 4), (1, 1, 1), (0, 0, 0), np.eye(3))
    labels = LabelMap((np.array([[[1, 2, 3, 4]]], np.uint8),), source, (Segment(4, "a"),))
    coarse = Geometry.from_parts((1, 1, 4), (1.5, 1, 1), (-1.5, 0, 0), np.eye(3))
    # Centres at -1.5 (outside), 0, 1.5 (halfway: the higher one), 3.
    assert resample_nearest(labels, coarse).layers[0].tolist() == [[[0, 1, 3, 4]]]
    assert resample_nearest(labels, coarse).segments == labels.segments


def test_nearest_neighbour_on_a_grid_elsewhere_is_background():
    for direction in (np.eye(3), rotation(30)):
        elsewhere = Geometry.from_parts((3, 3, 3), (1, 1, 1), (5000, 0, 0), direction)
        assert not resample_nearest(label_map(), elsewhere).layers[0].any()


def test_real_left_handed_output_lies_on_its_ct(real_cases):
    """The file's rows run the other way than the CT's: first row of the one is the last of the other."""
    folder = real_cases / "thorax_dicom"
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder / "ct")))
    ct = reader.Execute()
    geometry = Geometry.from_parts(
        ct.GetSize()[::-1], ct.GetSpacing(), ct.GetOrigin(), np.reshape(ct.GetDirection(), (3, 3))
    )
    voxels, found = read_label_volume(folder / "totalsegmentator_v2_total.nii.gz")
    brought = bring_to_grid(LabelMap((voxels,), found, ()), geometry, "total")
    assert found.orientation != geometry.orientation
    assert np.array_equal(brought.layers[0], by_simpleitk(voxels, found, geometry))


def test_real_output_on_the_grid_of_its_nifti_ct(real_cases):
    folder = real_cases / "abdomen_nifti"
    ct = nibabel.load(folder / "ct.nii.gz")
    geometry = Geometry(ct.shape[::-1], np.diag([-1, -1, 1, 1]) @ ct.affine)
    voxels, found = read_label_volume(folder / "totalsegmentator_v2_total.nii.gz")
    assert np.array_equal(bring_to_grid(LabelMap((voxels,), found, ()), geometry, "total").layers[0], voxels)
