"""A small CT, coded structures and label maps on it, for the tests of DICOM SEG."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import highdicom
import numpy as np
import pydicom
from highdicom.sr.coding import CodedConcept as HighdicomConcept
from pydicom.pixels import pack_bits
from pydicom.uid import generate_uid

from SegmentationConcordanceLib.anatomy.concepts import CodedConcept, CodedStructure
from SegmentationConcordanceLib.imaging.ct_writer import seeded_uid, write_ct_series
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.image_series import ImageSeries, read_image_series
from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment, smallest_dtype

# 9 x 11 voxels are 99 bits per frame: frames do not start at byte boundaries.
AXIAL = Geometry.from_parts((6, 9, 11), (0.7, 0.9, 2.5), (-10.125, 20.25, -1800.5), np.eye(3))


def sct(value: str, meaning: str) -> CodedConcept:
    return CodedConcept(value, "SCT", meaning)


ANATOMY = sct("123037004", "Anatomical Structure")
LEFT, RIGHT = sct("7771000", "Left"), sct("24028007", "Right")
KIDNEY_LEFT = CodedStructure(ANATOMY, sct("64033007", "Kidney"), modifier=LEFT)
SPLEEN = CodedStructure(ANATOMY, sct("78961009", "Spleen"))
CYST_KIDNEY_RIGHT = CodedStructure(
    sct("49755003", "Morphologically Altered Structure"),
    sct("367643001", "Cyst"),
    region=sct("64033007", "Kidney"),
    region_modifier=RIGHT,
)


def oblique(shape=(5, 8, 12)) -> Geometry:
    """A grid turned by 20 degrees about x, then by 7 about y."""
    a, b = np.radians([20, 7])
    about_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    about_y = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    return Geometry.from_parts(shape, (0.6, 0.8, 1.5), (-101.3, 77.7, 1234.5), about_y @ about_x)


def kidney_cyst_spleen(geometry: Geometry = AXIAL) -> LabelMap:
    """Two labels with a gap between their numbers, an empty slice within one of them, and a structure not found."""
    voxels = np.zeros(geometry.shape, dtype=np.uint8)
    voxels[1, 2:5, 3:7] = 4
    voxels[3, 2:4, 1:7] = 4
    voxels[4, 1:3, 1:3] = 9
    voxels[2:4, 6:8, 0:11] = 200
    segments = (
        Segment(200, "spleen", SPLEEN, (157, 108, 162)),
        Segment(4, "kidney_left", KIDNEY_LEFT, (212, 126, 151), description="the left one"),
        Segment(9, "kidney_cyst_right", CYST_KIDNEY_RIGHT, (0, 255, 1)),
        Segment(77, "not_found", SPLEEN, (1, 2, 3)),
    )
    return LabelMap((voxels,), geometry, segments)


def overlapping(geometry: Geometry = AXIAL) -> LabelMap:
    """Two layers that use the same label; their segments share voxels."""
    one, other = np.zeros((2, *geometry.shape), dtype=np.uint8)
    one[1:4, 2:6, 2:8] = 1
    one[4, 0, 0] = 3
    other[2:5, 4:8, 5:10] = 1
    segments = (
        Segment(1, "kidney_left", KIDNEY_LEFT, (9, 8, 7)),
        Segment(3, "cyst", CYST_KIDNEY_RIGHT, (200, 100, 0)),
        Segment(1, "spleen", SPLEEN, (255, 255, 255), layer=1),
    )
    return LabelMap((one, other), geometry, segments)


def ct_series(folder: Path, geometry: Geometry = AXIAL, patient_name: str = "Doe^Jane", name: str = "1") -> ImageSeries:
    """A CT of zeros on ``geometry``; study and frame of reference are always the same, the series goes by ``name``."""
    write_ct_series(
        folder,
        np.zeros(geometry.shape, dtype=np.int16),
        geometry,
        patient_id="1",
        patient_name=patient_name,
        study_uid=seeded_uid("study"),
        series_uid=seeded_uid("series", name),
        frame_of_reference_uid=seeded_uid("frame"),
    )
    return read_image_series(folder)


def masks_on(geometry: Geometry, label_map: LabelMap) -> dict[str, np.ndarray]:
    """The mask of each segment by name, on ``geometry``, of which the label map's grid may be a run of slices."""
    first = round(float(geometry.ijk_of(label_map.geometry.lps_of((0, 0, 0)))[2]))
    found = {}
    for segment in label_map.segments:
        found[segment.name] = np.zeros(geometry.shape, dtype=bool)
        found[segment.name][first : first + label_map.geometry.shape[0]] = label_map.mask(segment)
    return found


def highdicom_seg(label_map: LabelMap, series: ImageSeries, kind: str = "BINARY", **also) -> highdicom.seg.Segmentation:
    """A SEG made by highdicom; segments are numbered in their order."""
    stack = np.stack([label_map.mask(segment) for segment in label_map.segments], axis=-1)
    pixels = stack.astype(np.uint8)
    if kind == "LABELMAP":
        numbers = np.arange(1, stack.shape[-1] + 1)
        pixels = (pixels * numbers).sum(axis=-1).astype(smallest_dtype([numbers[-1]]))
    elif kind == "FRACTIONAL":
        pixels = also.pop("fractions", stack.astype(float))
    return highdicom.seg.Segmentation(
        source_images=also.pop("source_images", None) or [pydicom.dcmread(file) for file in series.files],
        pixel_array=pixels,
        segmentation_type=kind,
        segment_descriptions=[_description(n, s) for n, s in enumerate(label_map.segments, start=1)],
        series_instance_uid=generate_uid(),
        series_number=5,
        sop_instance_uid=generate_uid(),
        instance_number=1,
        manufacturer="m",
        manufacturer_model_name="mm",
        software_versions="1",
        device_serial_number="1",
        series_description="by highdicom",
        **also,
    )


def reordered(dataset: pydicom.Dataset, order: np.ndarray) -> pydicom.Dataset:
    """The dataset with its frames in another order, by pydicom's own unpacking and packing."""
    frames = dataset.pixel_array[order]
    changed = deepcopy(dataset)
    changed.PerFrameFunctionalGroupsSequence = [dataset.PerFrameFunctionalGroupsSequence[n] for n in order]
    changed.PixelData = pack_bits(frames.ravel())
    return changed


def _concept(concept: CodedConcept) -> HighdicomConcept:
    return HighdicomConcept(concept.value, concept.scheme, concept.meaning)


def _description(number: int, segment: Segment) -> highdicom.seg.SegmentDescription:
    structure = segment.structure
    algorithm = highdicom.AlgorithmIdentificationSequence(
        "Model H", HighdicomConcept("123109", "DCM", "Artificial Intelligence"), "1"
    )
    description = highdicom.seg.SegmentDescription(
        segment_number=number,
        segment_label=segment.name,
        segmented_property_category=_concept(structure.category),
        segmented_property_type=_concept(structure.type),
        algorithm_type="AUTOMATIC",
        algorithm_identification=algorithm,
        anatomic_regions=[_concept(structure.region)] if structure.region else None,
        display_color=highdicom.color.CIELabColor(50, 20, -30) if segment.color else None,
    )
    if structure.modifier:
        type_ = description.SegmentedPropertyTypeCodeSequence[0]
        type_.SegmentedPropertyTypeModifierCodeSequence = [_concept(structure.modifier)]
    if structure.region_modifier:
        description.AnatomicRegionSequence[0].AnatomicRegionModifierSequence = [_concept(structure.region_modifier)]
    return description
