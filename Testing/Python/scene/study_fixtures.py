"""A patient in a DICOM database: a CT, SEGs of it by two models, and what else may lie there."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pydicom
import slicer
from pydicom.uid import generate_uid

from host.dicom_database import ctkDICOMDatabase
from imaging.seg_cases import ct_series, highdicom_seg, kidney_cyst_spleen, overlapping
from SegmentationConcordanceLib.imaging.image_series import ImageSeries, read_voxels
from SegmentationConcordanceLib.imaging.seg_identity import SegIdentity
from SegmentationConcordanceLib.imaging.seg_writer import write_dicom_seg
from SegmentationConcordanceLib.scene.volume_node import add_volume_node
from SegmentationConcordanceLib.scene.volume_series import INSTANCES


@dataclass(frozen=True)
class Patient:
    """
    :param files: path of each SOPInstanceUID; the database sees what is added.
    :param segs: by a short name; the CT's own are "D organs", "D rest" (two files of one model) and "H".
    """

    folder: Path
    series: ImageSeries
    files: dict[str, str]
    segs: dict[str, Path]
    database: ctkDICOMDatabase

    def add(self, name: str, source: str, **values: object) -> Path:
        """Add a changed copy of a SEG as an instance and series of its own; None deletes an attribute."""
        dataset = pydicom.dcmread(self.segs[source])
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        dataset.SeriesInstanceUID = generate_uid()
        for keyword, value in values.items():
            if value is None:
                delattr(dataset, keyword)
            else:
                setattr(dataset, keyword, value)
        self.segs[name] = self.folder / f"{name}.dcm"
        dataset.save_as(self.segs[name])
        self.files[str(dataset.SOPInstanceUID)] = str(self.segs[name])
        return self.segs[name]

    def copy(self, folder: Path) -> Patient:
        """The same with SEG files of its own, which may be changed."""
        segs = {name: Path(shutil.copy(path, folder)) for name, path in self.segs.items()}
        copied = {str(self.segs[name]): str(path) for name, path in segs.items()}
        files = {uid: copied.get(path, path) for uid, path in self.files.items()}
        return Patient(folder, self.series, files, segs, ctkDICOMDatabase(files))


def make_patient(folder: Path) -> Patient:
    """The CT of ``seg_cases``, a second CT of the same study, and three SEGs of the first."""
    series, other = ct_series(folder / "ct"), ct_series(folder / "ct2", name="2")
    segs = {name: folder / f"{name}.dcm" for name in ("D organs", "D rest", "H", "of the other CT")}
    also = {"identity": SegIdentity(label_map="totalsegmentator_v2", tasks=("total",))}
    label_map = kidney_cyst_spleen()
    write_dicom_seg(segs["D organs"], label_map, series, model_name="Model D", series_description="D <organs>", **also)
    write_dicom_seg(segs["D rest"], overlapping(), series, model_name="Model D", series_description="D rest")
    highdicom_seg(label_map, series).save_as(segs["H"], enforce_file_format=True)
    write_dicom_seg(segs["of the other CT"], label_map, other, model_name="Model D")
    paths = [*series.files, *other.files, *segs.values()]
    uids = [str(pydicom.dcmread(path, specific_tags=["SOPInstanceUID"]).SOPInstanceUID) for path in paths]
    files = dict(zip(uids, map(str, paths)))
    return Patient(folder, series, files, segs, ctkDICOMDatabase(files))


def add_ct(scene: slicer.vtkMRMLScene, series: ImageSeries) -> slicer.vtkMRMLScalarVolumeNode:
    """The CT as Slicer's loader leaves it: in its study, with the UIDs of its images."""
    volume = add_volume_node(scene, read_voxels(series), series.geometry, "CT")
    volume.SetAttribute(INSTANCES, " ".join(series.sop_instance_uids))
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)
    item = hierarchy.CreateItem(hierarchy.GetSceneItemID(), volume)
    hierarchy.SetItemUID(item, "DICOM", series.series_uid)
    logic = slicer.vtkSlicerSubjectHierarchyModuleLogic
    logic.InsertDicomSeriesInHierarchy(hierarchy, "P1", series.study_uid, series.series_uid)
    return volume
