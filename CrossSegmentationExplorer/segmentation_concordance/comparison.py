"""Runs of models held against each other: agreement, findings, consensus."""

from __future__ import annotations

from collections.abc import Sequence

from SegmentationConcordanceLib.agreement.analysis import Analysis, CaseResult
from SegmentationConcordanceLib.agreement.consensus_map import consensus_label_map
from SegmentationConcordanceLib.agreement.finding import Finding
from SegmentationConcordanceLib.agreement.findings import findings_of_cohort
from SegmentationConcordanceLib.agreement.options import AnalysisOptions
from SegmentationConcordanceLib.cohort.case_image import case_name
from SegmentationConcordanceLib.imaging.label_map import LabelMap

from .images import Images
from .outputs import Run


def compare(
    runs: Sequence[Run], images: Images, *, case: str = "", options: AnalysisOptions | None = None
) -> CaseResult:
    """Compare up to sixteen runs on one scan, structure by structure.

    :param runs: each with a name of its own, on the grid of the images.
    :param images: the scan.
    :param case: what it is called in the tables; by the images' folder or file where empty.
    :param options: which consensus, of which models and structures, with which surface measures.
    :returns: the rows of the tables, the consensus, and what was noted.
    :raises GeometryMismatchError: the runs lie on different grids.
    :raises ConcordanceError: fewer than two runs, a name twice, or an option that names what is not there.
    """
    uid = "" if images.series is None else images.series.series_uid
    analysis = Analysis([run.segmentation for run in runs], case=case or case_name(images.path), series_uid=uid)
    return analysis.result(options or AnalysisOptions())


def findings(results: Sequence[CaseResult], limit: int = 10) -> list[Finding]:
    """What is worth looking at, the gravest first: shifted names, what is missing, merged, added or left out, and more.

    :param results: of one case, or of a cohort: what a model does in the same way in nearly all cases is one finding.
    :param limit: how many at most.
    :returns: empty where nothing is wrong.
    """
    rows = [row for result in results for row in result.agreement]
    return findings_of_cohort([result.findings for result in results], rows)[:limit]


def consensus(result: CaseResult) -> LabelMap:
    """The consensus as a label map on the grid of the images.

    :returns: labels 1 to n in the order of the structures; a structure without a consensus has no segment. Each
        segment says by its description which models had a say.
    """
    return consensus_label_map(result.comparison, result.consensus_of_all)
