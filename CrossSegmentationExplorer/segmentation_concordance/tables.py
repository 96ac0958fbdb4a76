"""The tables as pandas DataFrames; pandas is imported only here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from SegmentationConcordanceLib.agreement.analysis import CaseResult
from SegmentationConcordanceLib.agreement.finding import Finding, finding_json
from SegmentationConcordanceLib.agreement.table import AgreementRow, PairwiseRow
from SegmentationConcordanceLib.errors import ConcordanceError

if TYPE_CHECKING:
    import pandas


def agreement_table(results: Sequence[CaseResult]) -> pandas.DataFrame:
    """One row per case, structure and model, with the columns of agreement.csv.

    :param results: of any number of cases.
    :returns: volumes in ml, distances in mm; NaN where a value has no meaning. No rows for no results.
    :raises ConcordanceError: pandas is not installed.
    """
    return _table(AgreementRow, [row for result in results for row in result.agreement])


def pairwise_table(results: Sequence[CaseResult]) -> pandas.DataFrame:
    """One row per case, structure and pair of models that both know it, with the columns of pairwise.csv.

    :param results: of any number of cases.
    :returns: volumes in ml; NaN where both segments are empty. No rows for no results.
    :raises ConcordanceError: pandas is not installed.
    """
    return _table(PairwiseRow, [row for result in results for row in result.pairwise])


def findings_table(findings: Sequence[Finding]) -> pandas.DataFrame:
    """One row per finding, in their order.

    :param findings: see :func:`segmentation_concordance.findings`.
    :returns: kind, case, structures, models and the sentence, among others. No columns for no findings.
    :raises ConcordanceError: pandas is not installed.
    """
    return _pandas().DataFrame([finding_json(finding) for finding in findings])


def _table(row_type: type[AgreementRow] | type[PairwiseRow], rows: Sequence[Any]) -> pandas.DataFrame:
    table = _pandas().DataFrame([asdict(row) for row in rows], columns=[field.name for field in fields(row_type)])
    numbers = [field.name for field in fields(row_type) if "float" in str(field.type)]
    return table.astype(dict.fromkeys(numbers, "float64"))


def _pandas() -> Any:
    try:
        import pandas
    except ModuleNotFoundError as error:
        remedy = "Install it: pip install 'segmentation-concordance[pandas]'."
        raise ConcordanceError("pandas", "is not installed for this Python", remedy) from error
    return pandas
