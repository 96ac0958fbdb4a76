"""Harmonized segmentations as DICOM SEG, up to real CTs and real models."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import highdicom
import numpy as np
import pydicom
import pytest
import SimpleITK

from imaging.seg_cases import ct_series
from scene.agreement_scene import AORTA, GEOMETRY, LIVER, SPLEEN
from scene.harmonizer_files import box, organs, write_output
from SegmentationConcordanceLib.anatomy.concepts import CodedStructure
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
from SegmentationConcordanceLib.errors import ConcordanceError
from SegmentationConcordanceLib.harmonizing.label_rows import UNKNOWN
from SegmentationConcordanceLib.imaging.dcmqi import run_dcmqi
from SegmentationConcordanceLib.imaging.image_series import ImageSeries, read_image_series, read_voxels
from SegmentationConcordanceLib.imaging.seg_reader import read_dicom_seg
from SegmentationConcordanceLib.scene.harmonizer.harmonizer import HarmonizerLogic
from SegmentationConcordanceLib.scene.segmentation_node import label_map_from_node
from SegmentationConcordanceLib.scene.volume_node import add_volume_node


class CancelledError(Exception):
    """What a panel raises when the user cancels."""


def from_dicom(scene, series: ImageSeries, voxels: np.ndarray | None = None) -> HarmonizerLogic:
    """A harmonizer on a volume that knows its DICOM images, as one that Slicer loaded from the database."""
    voxels = np.zeros(series.geometry.shape, np.int16) if voxels is None else voxels
    volume = add_volume_node(scene, voxels, series.geometry, "CT")
    volume.SetAttribute("DICOM.instanceUIDs", " ".join(series.sop_instance_uids))
    files = dict(zip(series.sop_instance_uids, map(str, series.files)))
    logic = HarmonizerLogic(scene, file_of_instance=lambda uid: files.get(uid, ""))
    logic.set_volume(volume)
    return logic


@pytest.fixture
def series(tmp_path) -> ImageSeries:
    return ct_series(tmp_path / "ct", GEOMETRY)


@pytest.fixture
def applied(scene_host, series, tmp_path) -> HarmonizerLogic:
    """Two outputs, of which the second one has a label that nobody has explained."""
    logic = from_dicom(scene_host.scene, series)
    logic.add([organs(tmp_path), write_output(tmp_path / "mine.nii.gz", {501: box(1), 502: box(3)})])
    logic.read()
    logic.accept_sure()
    logic.apply()
    logic.change_options(folder=str(tmp_path / "segs"))
    yield logic
    logic.close()


def test_what_is_missing_is_said_before(scene_host, series, tmp_path):
    logic = from_dicom(scene_host.scene, series)
    logic.add([organs(tmp_path)])
    logic.read()
    assert "Apply first" in logic.export_obstacle()
    logic.apply()
    assert "Choose the folder" in logic.export_obstacle()
    logic.change_options(folder=str(tmp_path / "segs"))
    assert logic.export_obstacle() == ""
    logic.volume.SetAttribute("DICOM.instanceUIDs", None)
    assert "name the folder of its DICOM images" in logic.export_obstacle()
    logic.change_options(images=str(tmp_path / "none"))
    with pytest.raises(ConcordanceError, match="none"):
        logic.export()
    logic.change_options(images=str(tmp_path / "ct"))
    assert logic.export_obstacle() == ""
    logic.close()


def test_images_of_another_scan_are_refused(scene_host, series, tmp_path):
    logic = from_dicom(scene_host.scene, series)
    ct_series(tmp_path / "other", name="2")
    logic.add([organs(tmp_path)])
    logic.read()
    logic.apply()
    logic.change_options(images=str(tmp_path / "other"), folder=str(tmp_path / "segs"))
    with pytest.raises(ConcordanceError, match="the DICOM images are not those of volume 'CT'"):
        logic.export()
    assert not (tmp_path / "segs").exists()
    logic.close()


def test_a_series_that_no_seg_can_refer_to_is_said_before_apply(scene_host, series):
    logic = from_dicom(scene_host.scene, series)
    assert logic.warnings() == []
    series.files[2].unlink()
    logic.volume.SetAttribute("DICOM.instanceUIDs", " ".join(series.sop_instance_uids[::-1]))
    (line,) = logic.warnings()
    assert line.startswith("No DICOM SEG can be written.") and "1 of its 5 DICOM files are not found" in line
    logic.close()


def test_uncoded_labels_are_an_obstacle_until_they_are_left_out(applied, tmp_path):
    with pytest.raises(ConcordanceError, match="1 segments have no codes: label 502"):
        applied.export()
    assert not (tmp_path / "segs").exists()
    applied.change_options(leave_out_uncoded=True)
    export = applied.export()
    assert [path.name for path in export.files] == ["MOOSE.dcm", "mine.dcm"]
    assert export.notes == ("mine: left out, as they have no codes: label 502.",)
    first, second = (read_dicom_seg(path) for path in export.files)
    assert {s.structure for s in first.label_map.segments} == {SPLEEN, LIVER}
    assert (first.label_map_name, first.tasks) == ("moose", ("clin_ct_organs",))
    assert first.algorithm_names == ("MOOSE",)
    assert {s.structure: n for s, n in second.label_map.voxel_counts().items()} == {SPLEEN: 6}
    assert second.label_map_name == ""


def test_edits_in_the_scene_are_written(applied):
    applied.answer(next(row for row in applied.rows if row.status == UNKNOWN), AORTA)
    applied.apply()
    applied.applied[0].node.GetSegmentation().RemoveSegment("Segment_8")
    applied.change_options(as_label_map=True)
    export = applied.export()
    assert [s.structure for s in read_dicom_seg(export.files[0]).label_map.segments if s.label] == [SPLEEN]
    assert pydicom.dcmread(export.files[1], stop_before_pixels=True).SegmentationType == "LABELMAP"


def test_cancelling_leaves_whole_files_only(applied, tmp_path):
    applied.change_options(leave_out_uncoded=True)

    def cancel(fraction: float, words: str) -> None:
        if "mine.dcm" in words:
            raise CancelledError

    with pytest.raises(CancelledError):
        applied.export(cancel)
    assert [path.name for path in (tmp_path / "segs").iterdir()] == ["MOOSE.dcm"]
    assert read_dicom_seg(tmp_path / "segs" / "MOOSE.dcm").label_map.segments


def test_names_make_plain_and_different_file_names(applied, tmp_path):
    applied.change_options(leave_out_uncoded=True)
    applied.change(0, name="../a: <b>")
    applied.change(1, name="..A: b")
    applied.apply()
    names = [path.name for path in applied.export().files]
    assert names == ["a_b.dcm", "A_b_2.dcm"]
    assert sorted(path.name for path in (tmp_path / "segs").iterdir()) == sorted(names)


def test_real_pair_comes_back_from_dcmqi_and_highdicom(scene_host, real_cases, tmp_path, dciodvfy):
    series = read_image_series(real_cases / "thorax_dicom" / "ct")
    logic = from_dicom(scene_host.scene, series, read_voxels(series))
    source = real_cases / "thorax_dicom" / "totalsegmentator_v2_total.nii.gz"
    logic.add([str(source)])
    logic.read()
    assert logic.outputs[0].label_map == "totalsegmentator_v2" and logic.obstacle() == ""
    logic.apply()
    logic.change_options(folder=str(tmp_path))
    (path,) = logic.export().files
    assert dciodvfy(path) == []
    meant = _meant(source, series)
    _require_equal(meant, _by_highdicom(path, series))
    _require_equal(meant, _by_dcmqi(path, tmp_path, series))
    logic.close()


def test_real_nifti_pair_through_the_scene(scene_host, logic, real_cases):
    folder = real_cases / "abdomen_nifti"
    volume = scene_host.volumes.AddArchetypeVolume(str(folder / "ct.nii.gz"), "abdomen", 0)
    logic.set_volume(volume)
    logic.add([str(folder / f"totalsegmentator_v2_total{end}.nii.gz") for end in ("", "_fast")])
    logic.read()
    assert logic.obstacle() == "" and logic.warnings() == []
    for node, choice in zip(logic.apply(), logic.outputs):
        voxels = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(choice.paths[0]))
        names = {
            label.label: label.structure_name
            for label in load_vocabulary("totalsegmentator_v2").for_task("total").labels
        }
        labels = {names[int(label)]: int(n) for label, n in zip(*np.unique(voxels, return_counts=True)) if label}
        counted = {segment.name: n for segment, n in label_map_from_node(node).voxel_counts().items()}
        assert counted == labels


def _meant(source: Path, series: ImageSeries) -> dict[CodedStructure, np.ndarray]:
    """The masks of the model's own file by codes, flipped to the order of the series by SimpleITK."""
    image = SimpleITK.DICOMOrient(SimpleITK.ReadImage(str(source)), series.geometry.orientation)
    voxels = SimpleITK.GetArrayFromImage(image)
    labels = load_vocabulary("totalsegmentator_v2").for_task("total").labels
    return {label.structure: voxels == label.label for label in labels if np.any(voxels == label.label)}


def _by_highdicom(path: Path, series: ImageSeries) -> dict[CodedStructure, np.ndarray]:
    seg = highdicom.seg.segread(path)
    voxels = seg.get_pixels_by_source_instance(
        list(series.sop_instance_uids),
        combine_segments=True,
        assert_missing_frames_are_empty=True,
        ignore_spatial_locations=True,
    )
    return {_codes(item): voxels == item.SegmentNumber for item in seg.SegmentSequence}


def _by_dcmqi(path: Path, folder: Path, series: ImageSeries) -> dict[CodedStructure, np.ndarray]:
    arguments = ["--inputDICOM", str(path), "--outputDirectory", ".", "--mergeSegments", "-t", "nrrd"]
    assert run_dcmqi("segimage2itkimage", arguments, folder).returncode == 0
    image = SimpleITK.ReadImage(str(next(folder.glob("*.nrrd"))))
    first = round(float(series.geometry.ijk_of(image.GetOrigin())[2]))
    voxels = np.zeros(series.geometry.shape, np.uint16)
    read = SimpleITK.GetArrayFromImage(image)
    voxels[first : first + len(read)] = read
    items = pydicom.dcmread(path, stop_before_pixels=True).SegmentSequence
    return {_codes(item): voxels == item.SegmentNumber for item in items}


def _codes(item: pydicom.Dataset) -> tuple:
    """Type and modifier as written."""
    kind = item.SegmentedPropertyTypeCodeSequence[0]
    modifiers = kind.get("SegmentedPropertyTypeModifierCodeSequence") or []
    return kind.CodeValue, *(one.CodeValue for one in modifiers)


def _require_equal(meant: dict[CodedStructure, np.ndarray], read: dict[tuple, np.ndarray]) -> None:
    parts: Callable = lambda s: (s.type.value, *([s.modifier.value] if s.modifier else []))  # noqa: E731
    assert {parts(structure) for structure in meant} == read.keys()
    for structure, mask in meant.items():
        assert np.array_equal(mask, read[parts(structure)]), structure
