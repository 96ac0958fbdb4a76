"""The order "worst first": of the table, of the report, of ConsensusMetrics' panel and of the explorer's list."""

from __future__ import annotations

from reporting.test_report import floats
from SegmentationConcordanceLib.agreement.row_order import shown_rows, structures_worst_first


def names(rows) -> list[tuple[str, str]]:
    return [(row.structure, row.model) for row in rows]


def test_table_report_metrics_and_explorer_have_one_order(case, metrics, explorer):
    of_table = shown_rows(case.rows, "", ("", False))
    of_panel = shown_rows(metrics.result.agreement, "", ("", False))
    places = floats(case.report["agreement"]["numbers"]["worst_first"])
    of_report = [row for _, row in sorted(zip(places, case.rows), key=lambda one: one[0])]
    assert names(of_table) == names(of_panel) == names(of_report)
    # A model that misses a whole kidney is the worst; two columns of liver go before a blob of 27 ml.
    assert of_table[0].structure == "kidney_left" and of_table[0].model == "a run of ours"
    keys = structures_worst_first(case.rows)
    assert [one.key for one in explorer.walk.structures if one.volume_spread is not None] == keys
