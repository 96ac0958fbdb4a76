"""The table of the AIMI annotations' quality assessment, so that its scripts can read our reviews.

Columns as in qa-results.csv of DOI 10.5281/zenodo.8345959: one line per reader, scan and segmentation.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping

from ..imaging.whole_files import whole_file
from .verdict import Verdict

QA_COLUMNS = (
    "Reviewer",
    "Validation",
    "Collection",
    "PatientID",
    "StudyDate",
    "StudyDate_suffix",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "AISegmentation",
    "LikertScore",
    "CommentsAboutAISegmentation",
    "CommentsAboutScan",
    "CorrectedSegmentation",
)


def write_qa_results(
    path: str | os.PathLike[str],
    verdicts: Iterable[Verdict],
    *,
    series: Mapping[str, Mapping[str, str]] | None = None,
    corrected: Mapping[tuple[str, str, tuple[str, str]], str] | None = None,
) -> int:
    """Write one line per first reading of a model's structure; whole or not at all.

    Patient and study are written only where ``series`` tells them: a review holds no patient.

    :param verdicts: standing ones. A comment on the whole case goes into every line of its reader and case.
    :param series: by case, values for the columns Collection, PatientID, StudyDate and StudyInstanceUID.
    :param corrected: by reader, case and the subject's key: the file of a corrected segmentation.
    :returns: the number of lines.
    :raises OutputError: the file cannot be written.
    """
    first = [verdict for verdict in verdicts if verdict.repeat == 0]
    about_scan = {
        (verdict.reader, verdict.case): verdict.comment for verdict in first if not verdict.subject.structure_key
    }
    lines = [verdict for verdict in first if verdict.subject.structure_key and verdict.score is not None]
    with whole_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(QA_COLUMNS)
        for verdict in lines:
            facts = (series or {}).get(verdict.case, {})
            correction = (corrected or {}).get((verdict.reader, verdict.case, verdict.subject.key), "")
            table.writerow(
                (
                    verdict.reader,
                    "TRUE",
                    facts.get("Collection", ""),
                    facts.get("PatientID", ""),
                    facts.get("StudyDate", ""),
                    "",
                    facts.get("StudyInstanceUID", ""),
                    verdict.series_uid or verdict.case,
                    f"{verdict.subject.model}: {verdict.subject.structure}",
                    verdict.score,
                    " ".join(verdict.comment.split()),
                    " ".join(about_scan.get((verdict.reader, verdict.case), "").split()),
                    correction,
                )
            )
    return len(lines)
