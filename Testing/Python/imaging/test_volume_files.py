"""Reading label volumes: voxels and place as nibabel sees them; one clear line for all that is no label map."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import nibabel
import numpy as np
import pytest
import SimpleITK

from SegmentationConcordanceLib.errors import (
    ConcordanceError,
    GeometryMismatchError,
    UnreadableFileError,
    VoxelTypeError,
)
from SegmentationConcordanceLib.imaging.volume_files import is_volume_file, read_label_volume, volume_name

RAS_TO_LPS = np.diag([-1, -1, 1, 1])
AFFINE = np.array([[-0.75, 0, 0, 180.5], [0, 0.75, 0, -61.25], [0, 0, 2.5, -804.5], [0, 0, 0, 1]])
IJK = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)  # nibabel's order: i, j, k


def nifti(path, voxels=IJK, affine=AFFINE, kind=nibabel.Nifti1Image):
    nibabel.save(kind(voxels, affine, dtype=voxels.dtype), path)
    return path


def damaged(error, path, *words):
    with pytest.raises(error) as raised:
        read_label_volume(path)
    message = str(raised.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    for word in words:
        assert word in message
    assert raised.value.remedy


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz", "Wörter; mit Leerzeichen.NII.GZ"])
@pytest.mark.parametrize("kind", [nibabel.Nifti1Image, nibabel.Nifti2Image])
def test_nifti_voxels_are_kji_and_the_place_is_lps(tmp_path, name, kind):
    if name.endswith("GZ"):
        nifti(tmp_path / "a.nii.gz", kind=kind).rename(tmp_path / name)
    else:
        nifti(tmp_path / name, kind=kind)
    voxels, geometry = read_label_volume(tmp_path / name)
    assert voxels.shape == geometry.shape == (4, 3, 2)
    assert voxels[3, 1, 0] == IJK[0, 1, 3]
    assert np.array_equal(voxels, IJK.transpose())
    assert voxels.flags.c_contiguous
    # Voxel (i, j, k) = (1, 2, 3): RAS (180.5 - 0.75, -61.25 + 1.5, -804.5 + 7.5), so LPS has the first two negated.
    assert geometry.lps_of([1, 2, 3]) == pytest.approx([-179.75, 59.75, -797.0])


def test_big_endian_nifti(tmp_path):
    header = nibabel.Nifti1Header(endianness=">")
    header.set_data_dtype(">u2")
    nibabel.save(nibabel.Nifti1Image(IJK.astype(">u2") * 1000, AFFINE, header), tmp_path / "big.nii")
    voxels, geometry = read_label_volume(tmp_path / "big.nii")
    assert np.array_equal(voxels, IJK.transpose().astype(int) * 1000)
    assert voxels.dtype == np.uint16
    assert geometry.spacing_mm == pytest.approx([0.75, 0.75, 2.5])


@pytest.mark.parametrize("kind", [nibabel.Nifti1Image, nibabel.Nifti2Image])
@pytest.mark.parametrize(
    ("unit", "per_mm"), [("meter", 0.001), ("micron", 1000.0), ("mm", 1.0), ("unknown", 1.0), ("meter", 1.0)]
)
@pytest.mark.parametrize("forms", ["sform", "qform", "both"])
def test_lengths_are_in_the_unit_that_the_header_names(tmp_path, kind, unit, per_mm, forms):
    # The last case: lengths in mm under a header that says metres, which no body has room for.
    image = kind(IJK, None)
    affine = np.diag([per_mm, per_mm, per_mm, 1]) @ AFFINE
    image.set_sform(affine, 0 if forms == "qform" else 1)
    image.set_qform(affine, 0 if forms == "sform" else 1)
    image.header.set_xyzt_units(unit, "sec")
    nibabel.save(image, tmp_path / "a.nii.gz")
    geometry = read_label_volume(tmp_path / "a.nii.gz")[1]
    assert geometry.spacing_mm == pytest.approx([0.75, 0.75, 2.5])
    assert geometry.lps_of([1, 2, 3]) == pytest.approx([-179.75, 59.75, -797.0], abs=1e-3)
    assert geometry.readings == ()


def test_the_scan_decides_whether_micrometres_are_meant(tmp_path):
    image = nibabel.Nifti1Image(IJK, AFFINE)
    image.header.set_xyzt_units("micron")
    nibabel.save(image, tmp_path / "a.nii")
    geometry = read_label_volume(tmp_path / "a.nii")[1]
    assert geometry.spacing_mm == pytest.approx([0.00075, 0.00075, 0.0025])
    assert [one.spacing_mm.tolist() for one in geometry.as_said_otherwise()] == [pytest.approx([0.75, 0.75, 2.5])]


def nrrd(path, *fields, data=b"\x01" * 24):
    lines = ["NRRD0005", "type: uint8", "dimension: 3", "sizes: 2 3 4", "encoding: raw", *fields]
    path.write_bytes("\n".join([*lines, "", ""]).encode() + data)
    return path


_AXES = "space directions: (1,0,0) (0,1,0) (0,0,2)"


@pytest.mark.parametrize("space", ["3D-right-handed", "scanner-xyz", "3D-left-handed"])
def test_a_space_that_names_no_direction_of_the_body_is_refused(tmp_path, space):
    path = nrrd(tmp_path / "a.nrrd", f"space: {space}", _AXES, "space origin: (1,2,3)")
    damaged(GeometryMismatchError, path, f'its space is "{space}"')


@pytest.mark.parametrize(
    ("space", "sign"),
    [("left-posterior-superior", 1), ("LPS", 1), ("right-anterior-superior", -1), ("RAS", -1), ("ras", -1)],
)
def test_spaces_of_the_body(tmp_path, space, sign):
    path = nrrd(tmp_path / "a.nrrd", f"space: {space}", _AXES, "space origin: (1,2,3)")
    assert read_label_volume(path)[1].lps_of([1, 2, 3]) == pytest.approx([sign * 2, sign * 4, 9])


def test_lengths_of_a_nrrd_are_in_the_unit_that_it_names(tmp_path):
    fields = ("space: LPS", "space directions: (1000,0,0) (0,1000,0) (0,0,2000)", "space origin: (1000,2000,3000)")
    geometry = read_label_volume(nrrd(tmp_path / "a.nrrd", *fields, 'space units: "um" "um" "um"'))[1]
    assert geometry.spacing_mm == pytest.approx([1, 1, 2])
    assert geometry.origin_lps == pytest.approx([1, 2, 3])


@pytest.mark.parametrize("name", ["a.nhdr", "a.mhd"])
def test_voxels_in_a_file_of_their_own_that_is_not_there(tmp_path, name):
    import SimpleITK

    SimpleITK.WriteImage(SimpleITK.Image([2, 3, 4], SimpleITK.sitkUInt8), tmp_path / name, True)
    (voxels,) = (path for path in tmp_path.iterdir() if path.name != name)
    voxels.unlink()
    damaged(UnreadableFileError, tmp_path / name, f"its voxels are in {voxels.name}, which is not there")


@pytest.mark.parametrize("seed", range(5))
def test_oblique_place_is_that_of_nibabel_by_sform_and_by_qform(tmp_path, seed):
    rng = np.random.default_rng(seed)
    rotation, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    affine = np.eye(4)
    affine[:3, :3] = rotation * [0.7, 0.8, 3]
    affine[:3, 3] = rng.uniform(-300, 300, 3)
    for forms in ("sform", "qform", "both"):
        image = nibabel.Nifti1Image(IJK, None)
        image.set_sform(affine, 0 if forms == "qform" else 1)
        image.set_qform(affine, 0 if forms == "sform" else 1)
        nibabel.save(image, tmp_path / "a.nii")
        _, geometry = read_label_volume(tmp_path / "a.nii")
        assert geometry.ijk_to_lps == pytest.approx(RAS_TO_LPS @ affine, abs=1e-3 if forms == "qform" else 1e-4)


@pytest.mark.parametrize("suffix", [".nrrd", ".seg.nrrd", ".nhdr", ".mha", ".mhd", ".nii.gz"])
@pytest.mark.parametrize("compressed", [True, False])
def test_files_written_by_itk(tmp_path, suffix, compressed):
    image = SimpleITK.GetImageFromArray(IJK.transpose().astype(np.int16))
    image.SetSpacing((0.7, 0.8, 3))
    image.SetOrigin((-12.5, 30.25, -900))
    image.SetDirection((0, 0, -1, 1, 0, 0, 0, -1, 0))
    SimpleITK.WriteImage(image, str(tmp_path / f"a{suffix}"), compressed)
    voxels, geometry = read_label_volume(tmp_path / f"a{suffix}")
    assert np.array_equal(voxels, IJK.transpose())
    assert voxels.dtype == np.uint8
    for index in ((0, 0, 0), (1, 2, 3)):
        assert geometry.lps_of(index) == pytest.approx(image.TransformIndexToPhysicalPoint(index), abs=1e-4)


@pytest.mark.parametrize("dtype", ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"])
def test_every_number_type_gives_the_smallest_unsigned_one(tmp_path, dtype):
    voxels, _ = read_label_volume(nifti(tmp_path / "a.nii.gz", IJK.astype(dtype)))
    assert voxels.dtype == np.uint8
    assert np.array_equal(voxels, IJK.transpose())


@pytest.mark.parametrize(
    ("dtype", "highest", "expected"),
    [("i2", 256, "u2"), ("u2", 40000, "u2"), ("i8", 70000, "u4"), ("u8", 2**32 - 1, "u4"), ("f8", 2**32 - 1, "u4")],
)
def test_labels_above_255_are_kept(tmp_path, dtype, highest, expected):
    labels = IJK.astype(dtype)
    labels[1, 2, 3] = highest
    voxels, _ = read_label_volume(nifti(tmp_path / "a.nii.gz", labels))
    assert voxels.dtype == np.dtype(expected)
    assert voxels[3, 2, 1] == highest


def test_scaled_voxels_are_scaled(tmp_path):
    path = nifti(tmp_path / "a.nii", IJK.astype(np.int16))
    content = bytearray(path.read_bytes())
    struct.pack_into("<ff", content, 112, 2, 1)
    path.write_bytes(content)
    voxels, _ = read_label_volume(path)
    assert np.array_equal(voxels, IJK.transpose() * 2 + 1)


def test_no_labels_at_all(tmp_path):
    voxels, _ = read_label_volume(nifti(tmp_path / "a.nii.gz", np.zeros((2, 3, 4), np.int16)))
    assert voxels.dtype == np.uint8
    assert not voxels.any()


def test_fourth_axis_of_one_is_dropped(tmp_path):
    voxels, _ = read_label_volume(nifti(tmp_path / "a.nii.gz", IJK[..., np.newaxis]))
    assert np.array_equal(voxels, IJK.transpose())


def test_missing_file_folder_and_empty_file(tmp_path):
    damaged(UnreadableFileError, tmp_path / "missing.nii.gz", "does not exist")
    (tmp_path / "folder.nii.gz").mkdir()
    damaged(UnreadableFileError, tmp_path / "folder.nii.gz", "is a folder")
    (tmp_path / "empty.nii.gz").touch()
    damaged(UnreadableFileError, tmp_path / "empty.nii.gz", "0 bytes")


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz", "a.nrrd", "a.mha", "a.nhdr", "a.mhd"])
def test_garbage(tmp_path, name, capfd):
    (tmp_path / name).write_bytes(b"no image at all " * 100)
    damaged(UnreadableFileError, tmp_path / name)
    assert capfd.readouterr() == ("", "")


def test_other_kinds_of_file_are_named_by_what_is_expected(tmp_path):
    (tmp_path / "a.dcm").write_bytes(b"x")
    damaged(UnreadableFileError, tmp_path / "a.dcm", ".nii.gz", ".nrrd")


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz", "a.nrrd", "plain.nrrd", "a.mha", "plain.mha"])
@pytest.mark.parametrize("kept", [0.2, 0.6, 0.9, -1, -9])
def test_truncated_file(tmp_path, name, kept, capfd):
    voxels = np.random.default_rng(1).integers(0, 200, (20, 21, 22)).astype(np.uint8)
    image = SimpleITK.GetImageFromArray(voxels)
    SimpleITK.WriteImage(image, str(tmp_path / name), not name.startswith("plain"))
    whole = (tmp_path / name).read_bytes()
    assert np.array_equal(read_label_volume(tmp_path / name)[0], voxels)
    (tmp_path / name).write_bytes(whole[: kept if kept < 0 else int(len(whole) * kept)])
    damaged(UnreadableFileError, tmp_path / name)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("kept", [1, 3, 100, 347])
def test_file_that_ends_in_its_header(tmp_path, kept):
    (tmp_path / "a.nii").write_bytes(nifti(tmp_path / "whole.nii").read_bytes()[:kept])
    damaged(UnreadableFileError, tmp_path / "a.nii")


@pytest.mark.parametrize("name", ["a.nii.gz", "a.nrrd"])
def test_one_changed_byte_in_a_compressed_file(tmp_path, name):
    voxels = np.random.default_rng(1).integers(0, 200, (20, 21, 22)).astype(np.uint8)
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(voxels), str(tmp_path / name), True)
    content = bytearray((tmp_path / name).read_bytes())
    content[-2000] ^= 0x10
    (tmp_path / name).write_bytes(content)
    damaged(UnreadableFileError, tmp_path / name)


@pytest.mark.parametrize("behind", [b"\0" * 512, b"garbage", b"\x1f"])
def test_what_follows_on_a_compressed_file_is_let_be(tmp_path, behind):
    path = nifti(tmp_path / "a.nii.gz")
    path.write_bytes(path.read_bytes() + behind)
    assert np.array_equal(read_label_volume(path)[0], IJK.transpose())


def test_a_compressed_file_in_several_members(tmp_path):
    plain = nifti(tmp_path / "a.nii").read_bytes()
    path = tmp_path / "a.nii.gz"
    path.write_bytes(b"".join(gzip.compress(plain[start : start + 100]) for start in range(0, len(plain), 100)))
    assert np.array_equal(read_label_volume(path)[0], IJK.transpose())
    path.write_bytes(gzip.compress(plain[:360]) + b"garbage")
    damaged(UnreadableFileError, path, "truncated")


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
def test_header_that_promises_terabytes(tmp_path, name):
    content = bytearray(nifti(tmp_path / "whole.nii").read_bytes())
    struct.pack_into("<8h", content, 40, 3, 30000, 30000, 30000, 1, 1, 1, 1)
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    damaged(UnreadableFileError, tmp_path / name, "truncated", "30000x30000x30000")


def test_header_with_impossible_dimensions(tmp_path):
    content = bytearray(nifti(tmp_path / "a.nii").read_bytes())
    struct.pack_into("<8h", content, 40, 3, -2, 3, 4, 1, 1, 1, 1)
    (tmp_path / "a.nii").write_bytes(content)
    damaged(UnreadableFileError, tmp_path / "a.nii", "dimensions")


def test_two_and_four_axes(tmp_path):
    damaged(VoxelTypeError, nifti(tmp_path / "a.nii.gz", IJK[:, :, 0]), "2 axes (2 x 3)")
    damaged(VoxelTypeError, nifti(tmp_path / "a.nii.gz", np.zeros((2, 3, 4, 5), np.uint8)), "2 x 3 x 4 x 5")
    SimpleITK.WriteImage(SimpleITK.Image([2, 3, 4, 5], SimpleITK.sitkUInt8), str(tmp_path / "a.nrrd"))
    damaged(VoxelTypeError, tmp_path / "a.nrrd", "4 axes (2 x 3 x 4 x 5)")


def test_several_values_per_voxel(tmp_path):
    colours = np.zeros((2, 3, 4), dtype=[("R", "u1"), ("G", "u1"), ("B", "u1")])
    damaged(VoxelTypeError, nifti(tmp_path / "a.nii.gz", colours), "no single numbers")
    damaged(VoxelTypeError, nifti(tmp_path / "a.nii.gz", np.zeros((2, 3, 4), np.complex64)), "no single numbers")
    SimpleITK.WriteImage(SimpleITK.Image([2, 3, 4], SimpleITK.sitkVectorUInt8, 2), str(tmp_path / "a.seg.nrrd"))
    damaged(VoxelTypeError, tmp_path / "a.seg.nrrd", "2 values per voxel")


def test_fractions_are_counted(tmp_path):
    voxels = IJK.astype(np.float32)
    voxels[0, 0, 0] = 2.5
    voxels[1, 2, 3] = 1.75
    damaged(VoxelTypeError, nifti(tmp_path / "a.nii.gz", voxels), "2 voxels are no whole numbers, e.g. 2.5")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["a.nii.gz", "a.nrrd"])
def test_nan_and_infinity(tmp_path, value, name):
    voxels = IJK.astype(np.float32)
    voxels[1, 2, 3] = value
    if name == "a.nrrd":
        SimpleITK.WriteImage(SimpleITK.GetImageFromArray(voxels), str(tmp_path / name))
    else:
        nifti(tmp_path / name, voxels)
    damaged(VoxelTypeError, tmp_path / name, "1 voxels are NaN or infinite")


def test_negative_labels_are_counted(tmp_path):
    voxels = IJK.astype(np.int16)
    voxels[0, 0, :2] = -3, -1024
    damaged(VoxelTypeError, nifti(tmp_path / "a.nii.gz", voxels), "2 voxels are negative", "-1024")


@pytest.mark.parametrize(("dtype", "value"), [("f4", 2.0**33), ("f8", 1e30), ("u8", 2**63 + 5), ("i8", 2**32)])
def test_labels_beyond_32_bits(tmp_path, dtype, value):
    voxels = IJK.astype(dtype)
    voxels[0, 0, 0] = value
    damaged(VoxelTypeError, nifti(tmp_path / "a.nii.gz", voxels), "highest label", "4294967295")


def test_image_without_orientation(tmp_path):
    image = nibabel.Nifti1Image(IJK, None)
    image.header["qform_code"] = image.header["sform_code"] = 0
    nibabel.save(image, tmp_path / "a.nii.gz")
    damaged(GeometryMismatchError, tmp_path / "a.nii.gz", "no orientation")
    header = b"NRRD0004\ntype: uchar\ndimension: 3\nsizes: 4 3 2\nencoding: raw\n\n"
    (tmp_path / "a.nrrd").write_bytes(header + IJK.tobytes())
    damaged(GeometryMismatchError, tmp_path / "a.nrrd", "no orientation")


@pytest.mark.parametrize("change", [(0, 3, 0.01), (2, 2, 0.001), (0, 1, 0.002)])
def test_qform_and_sform_that_differ_are_both_kept(tmp_path, change):
    """Origin, spacing, axes: the sform first, then what the file says otherwise."""
    row, column, by = change
    other = AFFINE.copy()
    other[row, column] += by
    image = nibabel.Nifti1Image(IJK, None)
    image.set_qform(AFFINE, 1)
    image.set_sform(other, 2)
    nibabel.save(image, tmp_path / "a.nii.gz")
    _, geometry = read_label_volume(tmp_path / "a.nii.gz")
    assert geometry.ijk_to_lps == pytest.approx(RAS_TO_LPS @ other)
    assert geometry.readings[0] == pytest.approx(RAS_TO_LPS @ AFFINE, abs=1e-5)


@pytest.mark.parametrize("tilt", [1e-5, 1e-4, 3e-4, 1e-3, 1e-2, 0.3])
def test_rounding_of_the_quaternion_is_no_difference_and_the_sform_is_exact(tmp_path, tilt):
    """ITK stores a slightly tilted LPS image with a qform that its rounding turns by up to half a voxel."""
    cosine, sine = np.cos(tilt), np.sin(tilt)
    for axis in range(3):
        direction = np.roll(np.roll([[1, 0, 0], [0, cosine, -sine], [0, sine, cosine]], axis, 0), axis, 1)
        image = SimpleITK.Image([512, 512, 2], SimpleITK.sitkUInt8)
        image.SetDirection(direction.ravel().tolist())
        image.SetSpacing((0.7, 0.7, 1.25))
        SimpleITK.WriteImage(image, str(tmp_path / "a.nii.gz"))
        _, geometry = read_label_volume(tmp_path / "a.nii.gz")
        far = image.TransformIndexToPhysicalPoint((511, 511, 299))
        assert geometry.ijk_of(far) == pytest.approx([511, 511, 299], abs=2e-4)


def test_sheared_image_has_a_sheared_place(tmp_path):
    sheared = AFFINE.copy()
    sheared[1, 2] = 0.5
    _, geometry = read_label_volume(nifti(tmp_path / "a.nii.gz", affine=sheared))
    assert geometry.ijk_to_lps == pytest.approx(RAS_TO_LPS @ sheared)


@pytest.mark.parametrize("column", [[0, 0, 0], [-0.75, 0, 0], [np.nan, 1, 1]])
def test_axes_that_span_no_volume(tmp_path, column):
    path = nifti(tmp_path / "a.nii")
    content = bytearray(path.read_bytes())
    flat = AFFINE.copy()
    flat[:3, 1] = column
    struct.pack_into("<12f", content, 280, *flat[:3].ravel())
    path.write_bytes(content)
    damaged(GeometryMismatchError, path, "span")


def test_input_is_not_changed(tmp_path):
    path = nifti(tmp_path / "a.nii.gz")
    before = path.read_bytes()
    voxels, _ = read_label_volume(path)
    voxels[:] = 0
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_names():
    assert volume_name(Path("x/heart.v2.NII.gz")) == "heart.v2"
    assert volume_name(Path("heart.seg.nrrd")) == "heart"
    assert volume_name(Path("notes.txt")) == "notes.txt"
    assert is_volume_file(Path("heart.mha"))
    assert not is_volume_file(Path("statistics.json"))
    assert not is_volume_file(Path("._heart.nii.gz"))


def test_real_model_outputs(real_cases):
    for path in real_cases.glob("*/totalsegmentator*.nii.gz"):
        expected = nibabel.load(path)
        voxels, geometry = read_label_volume(path)
        assert np.array_equal(voxels, np.asarray(expected.dataobj).transpose())
        assert geometry.ijk_to_lps == pytest.approx(RAS_TO_LPS @ expected.affine, abs=1e-6)


def test_real_ct_is_no_label_map(real_cases):
    with pytest.raises(ConcordanceError, match="negative"):
        read_label_volume(real_cases / "abdomen_nifti" / "ct.nii.gz")
