"""How far the volumes of a structure lie apart: (largest - smallest) / mean."""

from __future__ import annotations

import pytest

from reporting.test_report import floats
from SegmentationConcordanceLib.agreement.volume_spread import volume_spreads

# 50, 100 and 100 ml of liver; 64, 91 and 64 ml of spleen; 27 and 27 ml of kidney.
SPREADS = {"liver": 0.6, "spleen": 27 / 73, "kidney_left": 0.0}


def test_table_report_metrics_and_explorer_say_the_same(case, metrics, explorer):
    of_table = {case.rows[one.largest].structure: one.spread for one in volume_spreads(case.rows)}
    rows = metrics.result.agreement
    of_metrics = {rows[one.largest].structure: one.spread for one in volume_spreads(rows)}
    of_list = {one.name: one.volume_spread for one in explorer.walk.structures if one.volume_spread is not None}
    for found in (of_table, of_metrics, of_list):
        assert found == pytest.approx(SPREADS)
    assert sorted(floats(case.report["spreads"]["spread"])) == pytest.approx(sorted(SPREADS.values()), abs=1e-6)
