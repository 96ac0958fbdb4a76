"""What a reader changed about a model's segmentation."""

from __future__ import annotations

import os
from pathlib import Path

from SegmentationConcordanceLib.agreement.correction import CorrectedStructure, corrected_structures
from SegmentationConcordanceLib.agreement.options import AnalysisOptions
from SegmentationConcordanceLib.cohort.correction_pair import read_pair
from SegmentationConcordanceLib.cohort.listener import Nobody

from .images import Images


def compare_correction(
    model: str | os.PathLike[str],
    corrected: str | os.PathLike[str],
    images: Images | None = None,
    *,
    label_map: str = "",
    task: str = "",
    options: AnalysisOptions | None = None,
) -> tuple[CorrectedStructure, ...]:
    """Hold a model's segmentation against a corrected one, structure by structure, as ``concordance correction`` does.

    :param model: a DICOM SEG, or what the model wrote.
    :param corrected: the same after its correction, of any tool.
    :param images: the scan; None for the grid of the two files.
    :param label_map: of what is no DICOM SEG; recognized where empty. :param task: of it.
    :param options: tolerances of NSD in mm, and which structures to report; Dice and NSD 0 to 1, distances in mm.
    :returns: every structure that one of the two has; empty where neither has any.
    :raises ConcordanceError: a file cannot be read, or lies on other voxels.
    """
    image = None if images is None else images.series or images.geometry
    pair = read_pair(Path(model), Path(corrected), image, Nobody(), label_map=label_map, task=task)
    return corrected_structures(*pair, options)
