"""The place where models differ most about a structure: where rows, panels and pictures go to."""

from __future__ import annotations

import pytest

from SegmentationConcordanceLib.agreement.analysis import Analysis
from SegmentationConcordanceLib.agreement.disputed_place import disputed_place
from SegmentationConcordanceLib.cohort.listener import Nobody
from SegmentationConcordanceLib.cohort.runs import read_models

SPLEEN_KEY = "SCT:78961009"
BLOB_MIDDLE = (-70.0, -30.0, 90.0)  # of the voxels k 8-10, j 2-4, i 6-8 of 10 mm that one model has alone, RAS


def test_command_line_report_metrics_and_explorer_go_to_the_middle_of_the_blob(case, metrics, explorer):
    models, _ = read_models(case.runs, case.scan().geometry, Nobody())
    analysis = Analysis(models, case="P07", series_uid="")
    of_command = disputed_place(analysis.comparison, models, SPLEEN_KEY)
    row = next(row for row in metrics.result.agreement if row.structure_key == SPLEEN_KEY)
    of_metrics = metrics.jump_to(row)
    explorer.select(SPLEEN_KEY)
    assert of_metrics == pytest.approx(of_command) and explorer.place == pytest.approx(of_command)
    assert of_command == pytest.approx(BLOB_MIDDLE)
    (of_report,) = (one["place_ras"] for one in case.report["findings"] if one["structures"] == [SPLEEN_KEY])
    assert of_report == pytest.approx(BLOB_MIDDLE)


def test_where_one_misses_the_whole_structure_all_go_to_its_middle(case, metrics, explorer):
    key = "SCT:64033007|SCT:7771000"  # of 3 x 3 x 3 voxels around k 3, j 9, i 9
    row = next(row for row in metrics.result.agreement if row.structure_key == key)
    of_metrics = metrics.jump_to(row)
    explorer.select(key)
    assert of_metrics == pytest.approx(explorer.place)
    assert of_metrics == pytest.approx((-90.0, -90.0, 30.0))
