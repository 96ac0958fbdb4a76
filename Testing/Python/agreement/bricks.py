"""A row of bricks as a scan, models of it, and errors that are put in by hand."""

from __future__ import annotations

import numpy as np

from SegmentationConcordanceLib.agreement.analysis import Analysis
from SegmentationConcordanceLib.agreement.models import ModelSegmentation
from SegmentationConcordanceLib.agreement.options import AnalysisOptions
from SegmentationConcordanceLib.anatomy.identity import structure_identity
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment

SHAPE = (60, 40, 60)
GEOMETRY = Geometry.from_parts(SHAPE, (2.0, 2.0, 2.0), (-60.0, -40.0, 0.0), np.eye(3))
LEVELS = ("vertebrae_T8", "vertebrae_T7", "vertebrae_T6", "vertebrae_T5", "vertebrae_T4")
NAMES = (*LEVELS, "kidney_right", "kidney_left", "liver", "rib_left_13")
LABEL = {name: number for number, name in enumerate(NAMES, start=1)}
STRUCTURES = {label.structure_name: label.structure for label in load_vocabulary("moose").labels}


def scan() -> np.ndarray:
    """Five vertebrae of 8 x 8 x 8 voxels above each other, 2 apart, two kidneys beside them, a liver in front."""
    voxels = np.zeros(SHAPE, np.uint8)
    for number, name in enumerate(LEVELS):
        voxels[4 + 10 * number : 12 + 10 * number, 24:32, 26:34] = LABEL[name]
    voxels[10:26, 22:32, 6:16] = LABEL["kidney_right"]
    voxels[10:26, 22:32, 44:54] = LABEL["kidney_left"]
    voxels[30:50, 4:20, 10:40] = LABEL["liver"]
    return voxels


def model(name: str, voxels: np.ndarray, known=NAMES) -> ModelSegmentation:
    present = set(np.unique(voxels))
    segments = tuple(Segment(LABEL[n], n, STRUCTURES[n]) for n in NAMES if LABEL[n] in present)
    vocabulary = frozenset(structure_identity(STRUCTURES[n]) for n in known)
    return ModelSegmentation(name, LabelMap((voxels,), GEOMETRY, segments), vocabulary)


def place_in(finding, voxels: np.ndarray) -> int:
    """The label at the place of a finding."""
    right, anterior, superior = finding.place_ras
    i, j, k = np.rint(GEOMETRY.ijk_of((-right, -anterior, superior))).astype(int)
    return int(voxels[k, j, i])


def found_alone(voxels: np.ndarray):
    analysis = Analysis([model("Only", voxels)], case="case-01", series_uid="")
    return list(analysis.result(AnalysisOptions()).findings)


def swapped_sides(voxels: np.ndarray) -> None:
    voxels[scan() == LABEL["kidney_left"]] = LABEL["kidney_right"]
    voxels[scan() == LABEL["kidney_right"]] = LABEL["kidney_left"]


def hole_in_the_liver(voxels: np.ndarray) -> None:
    voxels[36:42, 8:14, 20:26] = 0


def liver_in_pieces(voxels: np.ndarray) -> None:
    voxels[30:50, 4:20, 22:27] = 0


def vertebrae_out_of_order(voxels: np.ndarray) -> None:
    voxels[scan() == LABEL["vertebrae_T8"]] = LABEL["vertebrae_T4"]
    voxels[scan() == LABEL["vertebrae_T4"]] = LABEL["vertebrae_T8"]
    voxels[scan() == LABEL["vertebrae_T4"]] = 0


def output_that_stops(voxels: np.ndarray) -> None:
    voxels[37:] = 0
    voxels[26:37, 22:32, 6:16] = LABEL["kidney_right"]
    voxels[26:37, 22:32, 44:54] = LABEL["kidney_left"]


def small_kidney(voxels: np.ndarray) -> None:
    voxels[14:26, 22:32, 44:54] = 0
