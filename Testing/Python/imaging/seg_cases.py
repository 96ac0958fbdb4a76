"""A small CT, coded structures and label maps on it, for the tests of DICOM SEG."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from SegmentationConcordanceLib.anatomy.concepts import CodedConcept, CodedStructure
from SegmentationConcordanceLib.imaging.ct_writer import seeded_uid, write_ct_series
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.image_series import ImageSeries, read_image_series
from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment

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
