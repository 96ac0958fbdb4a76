"""A model's colour and symbol: by its name, the same wherever it is drawn."""

from __future__ import annotations

import pytest

from SegmentationConcordanceLib.agreement.model_looks import looks_of


def test_table_report_plots_and_explorer_draw_a_model_alike(case, metrics, explorer):
    looks = looks_of({row.model for row in case.rows})
    assert {row.model: row.model_look for row in case.rows} == {model: str(look) for model, look in looks.items()}
    of_report = {model: f"{look['color']} {look['symbol']}" for model, look in case.report["agreement"]["looks"]}
    assert of_report == {model: str(look) for model, look in looks.items()}
    assert explorer.legend == {model: look.rgb for model, look in looks.items()}
    scene = metrics.volume.GetScene()
    plots = "vtkMRMLPlotSeriesNode"
    series = [scene.GetNthNodeByClass(n, plots) for n in range(scene.GetNumberOfNodesByClass(plots))]
    for model, look in looks.items():
        drawn = [node.GetColor() for node in series if node.GetName().startswith(model)]
        assert drawn and all(color == pytest.approx(look.rgb) for color in drawn)


def test_fewer_models_and_another_order_change_no_look(case):
    looks = looks_of(row.model for row in case.rows)
    for model, look in looks.items():
        assert looks_of([model])[model] == look
    assert looks_of(list(looks)[::-1]) == looks
