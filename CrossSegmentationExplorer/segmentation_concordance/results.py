"""What a comparison leaves on disk."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from SegmentationConcordanceLib.agreement.analysis import CaseResult
from SegmentationConcordanceLib.agreement.consensus_map import consensus_label_map
from SegmentationConcordanceLib.agreement.findings import findings_of_cohort
from SegmentationConcordanceLib.reporting.case_files import write_case
from SegmentationConcordanceLib.reporting.case_files import write_consensus as write_consensus_file
from SegmentationConcordanceLib.reporting.case_identifiers import case_identifiers
from SegmentationConcordanceLib.reporting.report import write_report as write_report_page

from .images import Images
from .outputs import Run


def write_results(
    folder: str | os.PathLike[str], result: CaseResult, images: Images, runs: Sequence[Run] = (), *, viewer: str = ""
) -> list[Path]:
    """Write what ``concordance compare`` writes: agreement.csv, pairwise.csv, consensus.dcm, report.html.

    Of images that are no DICOM series the consensus is a label file with a table of its labels.

    :param folder: is made where it is missing; files of an earlier comparison are replaced, all of them or none.
    :param result: what to write.
    :param images: what the runs were made on.
    :param runs: with them, and a ``viewer``, the points of the report lead to the images.
    :param viewer: template of the links' address, see ``concordance compare --help``; empty for none.
    :returns: the files.
    :raises OutputError: the folder cannot be written to.
    """
    cases = case_identifiers(result.case, images.series, {run.name: run.seg_series_uids for run in runs})
    return write_case(Path(folder), result, images.series, cases=cases, viewer=viewer)


def write_report(
    path: str | os.PathLike[str], results: Sequence[CaseResult], *, title: str = "Concordance", viewer: str = ""
) -> Path:
    """Write the report of one or many cases: one page that opens from disk and asks the network for nothing.

    :param path: the file, FILE.html; appears whole or not at all.
    :param results: in the order in which cases, structures and models are to be shown.
    :param title: heading of the page.
    :param viewer: template of links to a viewer; empty for none.
    :raises OutputError: the file cannot be written.
    """
    agreement = [row for result in results for row in result.agreement]
    write_report_page(
        path,
        agreement,
        [row for result in results for row in result.pairwise],
        findings=findings_of_cohort([result.findings for result in results], agreement),
        title=title,
        notes=list(dict.fromkeys(note for result in results for note in result.notes)),
        viewer=viewer,
    )
    return Path(path)


def write_consensus(path: str | os.PathLike[str], result: CaseResult, images: Images) -> Path:
    """Write the consensus as a coded DICOM SEG.

    :param path: the file to write, whole or not at all.
    :param result: whose consensus it is.
    :param images: the DICOM series.
    :raises ConcordanceError: no structure has a consensus, or the images are no DICOM series.
    :raises OutputError: the file cannot be written.
    """
    series = images.require_series("a DICOM SEG")
    write_consensus_file(path, consensus_label_map(result.comparison, result.consensus_of_all), result, series)
    return Path(path)
