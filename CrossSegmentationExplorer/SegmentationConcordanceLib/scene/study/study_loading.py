"""DICOM segmentations from their files into the scene, beside the image that they were made on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import slicer

from ...errors import ConcordanceError
from ...imaging.seg_header import SegHeader
from ...imaging.seg_reader import read_dicom_seg
from ..node_attributes import set_label_map, set_seg_reference
from ..own_nodes import remove_own
from ..segmentation_node import add_segmentation_node
from ..volume_series import INSTANCES
from .study_search import loaded_instances

Progress = Callable[[float, str], None]


@dataclass(frozen=True, eq=False)
class LoadedSegmentations:
    """What was loaded, and why some was not.

    :param errors: one for each file that could not be loaded.
    """

    nodes: tuple[slicer.vtkMRMLSegmentationNode, ...]
    errors: tuple[ConcordanceError, ...]


def load_segmentations(
    headers: Sequence[SegHeader], volume: slicer.vtkMRMLScalarVolumeNode, progress: Progress | None = None
) -> LoadedSegmentations:
    """Load SEG files as segmentation nodes with codes, colours, algorithm and the volume as reference image.

    Files that are in the scene already are passed over. A file that cannot be read does not stop the others. Layers
    are as large as the file's frames reach; nothing is padded or resampled.

    :param progress: called before each file and at the end with the share that is done, from 0 to 1, and the name of
        the next one. What it raises is passed on, and the scene is as it was.
    """
    loaded = loaded_instances(volume.GetScene())
    wanted = [header for header in headers if header.sop_instance_uid not in loaded]
    made: list[_Made] = []
    errors = []
    try:
        for number, header in enumerate(wanted):
            if progress is not None:
                progress(number / len(wanted), header.title)
            try:
                made.append(_add(header, volume))
            except ConcordanceError as error:
                errors.append(error)
        if progress is not None:
            progress(1.0, "")
    except BaseException:
        for one in made:
            remove_own(one.node)
        raise
    for one in made:
        _put_into_study(one, volume)
    return LoadedSegmentations(tuple(one.node for one in made), tuple(errors))


@dataclass(frozen=True, eq=False)
class _Made:
    """A node that was added, and what the subject hierarchy shall know of it."""

    node: slicer.vtkMRMLSegmentationNode
    header: SegHeader
    source_images: frozenset[str]


def _add(header: SegHeader, volume: slicer.vtkMRMLScalarVolumeNode) -> _Made:
    seg = read_dicom_seg(header.path)
    node = add_segmentation_node(volume.GetScene(), seg.label_map, header.title, volume)
    node.SetAttribute(INSTANCES, seg.sop_instance_uid)
    set_seg_reference(node, seg.reference)
    if seg.label_map_name:
        set_label_map(node, seg.label_map_name, seg.tasks, seg.identity.looked_for, seg.identity.covered)
    return _Made(node, header, frozenset().union(*seg.source_images))


def _put_into_study(made: _Made, volume: slicer.vtkMRMLScalarVolumeNode) -> None:
    """Give the node the place and the attributes in the subject hierarchy that Slicer's own loader gives."""
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(volume.GetScene())
    names = slicer.vtkMRMLSubjectHierarchyConstants
    header = made.header
    item = hierarchy.CreateItem(_parent(hierarchy, header, volume), made.node)
    hierarchy.SetItemUID(item, names.GetDICOMUIDName(), header.series_uid)
    hierarchy.SetItemUID(item, names.GetDICOMInstanceUIDName(), header.sop_instance_uid)
    attributes = {
        names.GetDICOMSeriesModalityAttributeName(): "SEG",
        f"{names.GetDICOMAttributePrefix()}SeriesDescription": header.series_description,
        names.GetDICOMFrameOfReferenceUIDAttributeName(): header.frame_of_reference_uid,
        names.GetDICOMReferencedInstanceUIDsAttributeName(): " ".join(sorted(made.source_images)),
    }
    for name, value in attributes.items():
        hierarchy.SetItemAttribute(item, name, value)


def _parent(
    hierarchy: slicer.vtkMRMLSubjectHierarchyNode, header: SegHeader, volume: slicer.vtkMRMLScalarVolumeNode
) -> int:
    """The segmentation's own study where the scene has it, else the study of the volume, else what holds that."""
    names = slicer.vtkMRMLSubjectHierarchyConstants
    own = hierarchy.GetItemByUID(names.GetDICOMUIDName(), header.study_uid) if header.study_uid else 0
    item = hierarchy.GetItemByDataNode(volume)
    study = hierarchy.GetItemAncestorAtLevel(item, names.GetDICOMLevelStudy()) if item else 0
    return own or study or (hierarchy.GetItemParent(item) if item else hierarchy.GetSceneItemID())
