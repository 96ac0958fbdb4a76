"""The synthetic CT series: valid DICOM, the same bytes each time, whole or not at all."""

from __future__ import annotations

import subprocess

import numpy as np
import pydicom
import pytest
import SimpleITK

from SegmentationConcordanceLib.errors import OutputError
from SegmentationConcordanceLib.imaging import ct_writer
from SegmentationConcordanceLib.imaging.ct_writer import seeded_uid
from SegmentationConcordanceLib.imaging.geometry import Geometry


def test_every_file_is_a_valid_ct_image(write_ct, dciodvfy):
    for path in sorted(write_ct(patient_name="Müller^Jörg").iterdir()):
        assert dciodvfy(path) == []


def test_the_judge_of_validity_can_say_no(write_ct, change, dciodvfy):
    path = write_ct() / "slice_0001.dcm"
    change(path, PixelSpacing=None)
    assert any("PixelSpacing" in line for line in dciodvfy(path))


def test_the_files_are_of_one_entity(write_ct, dciodvfy):
    done = subprocess.run(["dcentvfy", *map(str, write_ct().iterdir())], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_another_reader_finds_voxels_and_grid(write_ct):
    voxels = np.array([[[-1024, -1000], [0, 7], [40, 3071]]] * 2, dtype=np.int16)
    voxels[1, 0, 0] = -5
    # Rows to the back, columns down: a sagittal volume whose normal runs to the right.
    direction = np.array([[0, 0, -1], [1, 0, 0], [0, -1, 0]])
    folder = write_ct(geometry=Geometry.from_parts((2, 3, 2), (0.5, 0.75, 2), (1, 2, 3), direction), voxels=voxels)
    image = SimpleITK.ReadImage([str(folder / "slice_0001.dcm"), str(folder / "slice_0002.dcm")])
    assert np.array_equal(SimpleITK.GetArrayFromImage(image), voxels)
    assert image.GetSpacing() == pytest.approx((0.5, 0.75, 2))
    assert image.GetOrigin() == pytest.approx((1, 2, 3))
    assert image.GetDirection() == pytest.approx(direction.ravel())


def test_row_distance_comes_first_in_pixel_spacing(write_ct):
    dataset = pydicom.dcmread(write_ct() / "slice_0002.dcm")
    assert dataset.PixelSpacing == [0.75, 0.5]
    assert (dataset.Rows, dataset.Columns) == (4, 3)
    assert dataset.ImagePositionPatient == [-10, 20, -28]


def test_equal_arguments_give_equal_files(write_ct):
    one, two = write_ct("one", series_uid="1.2.3"), write_ct("two", series_uid="1.2.3")
    names = [f"slice_{number:04}.dcm" for number in range(1, 6)]
    assert sorted(path.name for path in one.iterdir()) == names
    assert all((one / name).read_bytes() == (two / name).read_bytes() for name in names)


def test_seeded_uids_are_valid_and_tell_sources_apart():
    uids = {seeded_uid("ab", "c"), seeded_uid("a", "bc"), seeded_uid("abc"), seeded_uid("a", 1)}
    assert len(uids) == 4
    assert all(pydicom.uid.UID(uid).is_valid for uid in uids)


def test_decimals_keep_to_16_characters(write_ct):
    origin = np.array([-123.456789012345678, 1e-17, -1000 / 3])
    folder = write_ct(geometry=Geometry.from_parts((2, 1, 1), (1 / 3, 2 / 3, 1.1), origin, np.eye(3)))
    dataset = pydicom.dcmread(folder / "slice_0001.dcm")
    values = [*dataset.ImagePositionPatient, *dataset.PixelSpacing]
    assert all(len(str(value)) <= 16 for value in values)
    assert values == pytest.approx([*origin, 2 / 3, 1 / 3], abs=1e-9)


@pytest.mark.parametrize("value", [-1025, 3072])
def test_a_value_beyond_12_bits_is_refused(write_ct, tmp_path, value):
    with pytest.raises(ValueError, match=str(value)):
        write_ct(voxels=np.full((5, 4, 3), value, dtype=np.int16))
    assert list(tmp_path.iterdir()) == []


def test_a_left_handed_grid_is_refused(write_ct):
    geometry = Geometry.from_parts((5, 4, 3), (1, 1, 1), (0, 0, 0), np.diag([1, 1, -1]))
    with pytest.raises(ValueError, match="cross product"):
        write_ct(geometry=geometry)


def test_files_in_the_folder_are_not_touched(write_ct, tmp_path):
    (tmp_path / "ct").mkdir()
    (tmp_path / "ct" / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match="holds files already"):
        write_ct()
    assert [path.name for path in (tmp_path / "ct").iterdir()] == ["notes.txt"]


def test_an_empty_folder_is_filled(write_ct, tmp_path):
    (tmp_path / "ct").mkdir()
    assert len(list(write_ct().iterdir())) == 5


def test_nothing_stays_behind_when_the_disk_is_full(write_ct, tmp_path, monkeypatch):
    written = []

    def write_until_full(path, dataset, **_):
        if len(written) == 3:
            raise OSError(28, "No space left on device")
        path.write_bytes(b"x")
        written.append(path)

    monkeypatch.setattr(ct_writer, "dcmwrite", write_until_full)
    with pytest.raises(OutputError, match="No space left on device"):
        write_ct()
    assert len(written) == 3
    assert list(tmp_path.iterdir()) == []
