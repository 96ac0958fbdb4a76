"""A whole search of the DICOM database at once, where the module takes it step by step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from SegmentationConcordanceLib.errors import ConcordanceError
from SegmentationConcordanceLib.imaging.seg_header_cache import SegHeaderCache
from SegmentationConcordanceLib.scene.model_grouping import ModelRule
from SegmentationConcordanceLib.scene.study.study_search import DicomDatabase, FoundSegmentation, search_steps


@dataclass(frozen=True)
class SearchResult:
    """What the database holds, and what of it could not be read."""

    found: tuple[FoundSegmentation, ...]
    errors: tuple[ConcordanceError, ...]

    @property
    def models(self) -> dict[str, tuple[FoundSegmentation, ...]]:
        """The files of every model, models and files in the order in which they were found."""
        models: dict[str, tuple[FoundSegmentation, ...]] = {}
        for found in self.found:
            models[found.model] = (*models.get(found.model, ()), found)
        return models


def find_segmentations(
    database: DicomDatabase,
    series_uid: str,
    headers: SegHeaderCache | None = None,
    *,
    rules: Sequence[ModelRule] = (),
    progress: Callable[[float], None] | None = None,
) -> SearchResult:
    """Run :func:`search_steps` to its end.

    :param progress: called with the share that is done, from 0 to 1; what it raises ends the search.
    """
    steps = []
    for step in search_steps(database, series_uid, headers or SegHeaderCache(), rules):
        steps.append(step)
        if progress is not None:
            progress(step.done / step.total)
    found = tuple(step.found for step in steps if step.found is not None)
    return SearchResult(found, tuple(step.error for step in steps if step.error is not None))
