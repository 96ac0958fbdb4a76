"""What the DICOM database has for a volume and the scene does not, looked up a little at a time."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import slicer

from ...errors import ConcordanceError
from ...imaging.seg_header_cache import SegHeaderCache
from ..model_grouping import ModelRule
from ..volume_series import series_uid_of_volume
from .study_search import DicomDatabase, FoundSegmentation, SearchStep, loaded_instances, search_steps


class DatabaseSearch:
    """One search for the segmentations of a volume.

    :param database: None where there is none, or none yet: then nothing is found.
    :ivar errors: of files that could not be read.
    :ivar is_done: whether all files have been looked at.
    """

    def __init__(
        self,
        database: DicomDatabase | None,
        volume: slicer.vtkMRMLScalarVolumeNode | None,
        headers: SegHeaderCache,
        rules: Sequence[ModelRule] = (),
    ) -> None:
        series_uid = series_uid_of_volume(volume) if volume is not None else ""
        self._steps: Iterator[SearchStep] = iter(())
        if database is not None:
            self._steps = search_steps(database, series_uid, headers, rules)
        self._found: list[FoundSegmentation] = []
        self.errors: list[ConcordanceError] = []
        self.is_done = False

    def advance(self, seconds: float = 0.02) -> None:
        """Look at files for about so long, at one at least."""
        end = time.monotonic() + seconds
        for step in self._steps:
            if step.found is not None:
                self._found.append(step.found)
            if step.error is not None:
                self.errors.append(step.error)
            if time.monotonic() >= end:
                return
        self.is_done = True

    def not_loaded(self, scene: slicer.vtkMRMLScene) -> list[FoundSegmentation]:
        """What was found so far and is not in the scene."""
        loaded = loaded_instances(scene)
        return [found for found in self._found if found.header.sop_instance_uid not in loaded]
