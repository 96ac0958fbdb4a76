"""What lies beside agreement tables: findings.csv and pictures.json, so that a report made later is as full."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ..agreement.finding import Finding, gravest_first
from ..agreement.findings import findings_of_cohort
from ..agreement.table import AgreementRow, PairwiseRow
from ..agreement.table_findings import worst_findings
from .finding_tables import read_findings
from .kept_pictures import kept_pictures
from .pictures import Picture

FINDINGS_FILE = "findings.csv"
_CASE_FOLDERS = ("", "cases/*")
"""Where pictures are: of one case beside its tables, of a cohort in the folder of each case."""


def findings_beside(
    tables: Mapping[Path, Collection[str]],
    agreement: Sequence[AgreementRow],
    pairwise: Sequence[PairwiseRow],
    labels: Mapping[str, str],
    limit: int,
) -> list[Finding]:
    """The findings that lie beside tables, the gravest first; of cases that have none there those that tables tell.

    :param tables: the agreement tables, and the cases that each holds. A folder's findings.csv is read once.
    :param agreement: the rows that are shown: findings about other structures or cases are left out.
    :param labels: what cases are called in the sentences, where not by their names.
    :raises ConcordanceError: a findings.csv cannot be read.
    """
    shown = {(row.case, row.structure_id) for row in agreement}
    read: list[list[Finding]] = []
    told: set[str] = set()
    for folder in _folders(tables):
        if (folder / FINDINGS_FILE).is_file():
            found = read_findings(folder / FINDINGS_FILE)
            read.append([one for one in found if any((one.case, key) in shown for key in one.structures)])
            told.update(*(cases for path, cases in tables.items() if path.parent == folder))
    known = findings_of_cohort(read) if len(read) > 1 else [finding for found in read for finding in found]
    rest = [row for row in agreement if row.case not in told]
    pairs = [pair for pair in pairwise if pair.case not in told]
    of_tables = worst_findings(rest, pairs, limit=limit, case_labels=labels)
    return gravest_first([*(_called(finding, labels) for finding in known), *of_tables])[:limit]


def pictures_beside(tables: Iterable[Path]) -> list[Picture]:
    """The pictures that lie beside tables, or in the case folders of a cohort; empty where there are none."""
    places = [place for folder in _folders(tables) for pattern in _CASE_FOLDERS for place in _matching(folder, pattern)]
    return [picture for place in dict.fromkeys(places) for picture in kept_pictures(place)]


def finding_renamed(finding: Finding, called: Callable[[str], str]) -> Finding:
    """The finding with its models called otherwise, as where readers have codes; in its sentence as well.

    :param called: gives the new name of a model.
    """
    sentence = finding.sentence
    for name in sorted({*finding.models, *finding.others}, key=len, reverse=True):
        sentence = sentence.replace(name, called(name))
    models, others, suspects = (tuple(map(called, of)) for of in (finding.models, finding.others, finding.suspects))
    return replace(finding, models=models, others=others, suspects=suspects, sentence=sentence)


def picture_renamed(picture: Picture, called: Callable[[str], str]) -> Picture:
    """The picture with its models called otherwise.

    :param called: gives the new name of a model.
    """
    return replace(picture, data={**picture.data, "models": [called(name) for name in picture.data["models"]]})


def _folders(tables: Iterable[Path]) -> list[Path]:
    return list(dict.fromkeys(path.parent for path in tables))


def _matching(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern)) if pattern else [folder]


def _called(finding: Finding, labels: Mapping[str, str]) -> Finding:
    """The finding with its case called as the report calls it."""
    label = labels.get(finding.case)
    if label is None or not finding.lead.startswith(finding.case) or not finding.sentence.startswith(finding.case):
        return finding
    name = len(finding.case)
    return replace(finding, sentence=label + finding.sentence[name:], lead=label + finding.lead[name:])
