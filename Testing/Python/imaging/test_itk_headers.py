"""Headers of MetaImage and NRRD files: sound ones pass, others are refused before ITK reads them."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK

from SegmentationConcordanceLib.errors import ConcordanceError, UnreadableFileError, VoxelTypeError
from SegmentationConcordanceLib.imaging.itk_headers import require_sound_header
from SegmentationConcordanceLib.imaging.volume_files import read_label_volume


@pytest.fixture
def volume(tmp_path):
    """Write 2 x 3 x 4 voxels; the path."""

    def write(name, dtype=np.uint16):
        image = SimpleITK.GetImageFromArray(np.arange(24, dtype=dtype).reshape(4, 3, 2))
        SimpleITK.WriteImage(image, str(tmp_path / name), useCompression=name.startswith("z"))
        return tmp_path / name

    return write


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.float64])
@pytest.mark.parametrize("name", ["a.mha", "z.mha", "a.mhd", "z.mhd", "a.nrrd", "z.nrrd", "a.nhdr"])
def test_what_itk_writes_is_sound(volume, name, dtype):
    assert require_sound_header(volume(name, dtype)) == 24 * np.dtype(dtype).itemsize
    assert read_label_volume(volume(name, dtype))[0].sum() == sum(range(24))


@pytest.mark.parametrize(
    ("old", "new", "fact"),
    [
        (b"NDims = 3", b"NDims = 99999999", "NDims '99999999'"),
        (b"NDims = 3", b"NDims = -3", "NDims '-3'"),
        (b"NDims = 3", b"NDims = 4", "DimSize '2 3 4', not 4 lengths"),
        (b"NDims = 3", b"Dims = 3", "is not a MetaImage file"),
        (b"DimSize = 2 3 4", b"DimSize = 2 3 4 5", "not 3 lengths"),
        (b"DimSize = 2 3 4", b"DimSize = 2 3 -4", "not 3 lengths"),
        (b"DimSize = 2 3 4", b"DimSize = 99999 99999 99999", "asks for"),
        (b"TransformMatrix = 1 0 0", b"TransformMatrix = 1 0 0 1 0 0", "TransformMatrix"),
        (b"Offset = 0 0 0", b"Offset = 0 0 nan", "Offset '0 0 nan', not 3 numbers"),
        (b"ElementSpacing = 1 1 1", b"ElementSpacing = 1 1", "ElementSpacing"),
        (b"MET_USHORT", b"MET_NONSENSE", "unknown type 'MET_NONSENSE'"),
        (b"BinaryData = True", b"Comment = " + b"x" * 100_000, "its header is damaged"),
        (b"BinaryData = True", b"CompressedDataSize = 9999999999999999999999", "CompressedDataSize"),
    ],
)
def test_metaimage_headers_that_are_refused(volume, old, new, fact):
    path = volume("a.mha")
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))
    with pytest.raises(ConcordanceError) as raised:
        read_label_volume(path)
    assert fact in str(raised.value)


@pytest.mark.parametrize(
    ("old", "new", "error", "fact"),
    [
        (b"dimension: 3", b"dimension: 99", UnreadableFileError, "dimension '99'"),
        (b"sizes: 2 3 4", b"sizes: 2 3", UnreadableFileError, "not 3 lengths"),
        (b"sizes: 2 3 4", b"sizes: 2 0 4", UnreadableFileError, "not 3 lengths"),
        (b"sizes: 2 3 4", b"sizes: 99999 99999 99999", UnreadableFileError, "asks for"),
        (b"type: unsigned short", b"type: block", UnreadableFileError, "unknown type 'block'"),
        (b"dimension: 3\n", b"dimension: 1\n", UnreadableFileError, "not 1 lengths"),
        (b"NRRD000", b"NERD000", UnreadableFileError, "is not a NRRD file"),
    ],
)
def test_nrrd_headers_that_are_refused(volume, old, new, error, fact):
    path = volume("a.nrrd")
    content = path.read_bytes()
    assert old in content, content[:300]
    path.write_bytes(content.replace(old, new, 1))
    with pytest.raises(error) as raised:
        read_label_volume(path)
    assert fact in str(raised.value)


def test_other_numbers_of_axes_are_told(tmp_path):
    path = tmp_path / "flat.mha"
    SimpleITK.WriteImage(SimpleITK.Image([4, 5], SimpleITK.sitkUInt8), str(path))
    with pytest.raises(VoxelTypeError, match=r"has 2 axes \(4 x 5\), not 3"):
        require_sound_header(path)
