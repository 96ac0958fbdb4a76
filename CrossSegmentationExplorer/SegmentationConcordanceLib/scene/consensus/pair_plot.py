"""Who agrees with whom, as a heat map of squares: chart, series and table nodes.

Slicer's plots have no heat map: each step of the colour scale is a series of square points.
"""

from __future__ import annotations

from collections.abc import Sequence

import slicer

from ...agreement.table import PairwiseRow
from ..table_node import TableColumn
from .agreement_tables import mean_pairwise_dice
from .axis_names import keep_axis_names
from .chart_nodes import add_chart, add_plotted_table, add_series

# From which mean Dice on a pair has this colour: from dark red to dark blue, told apart with any colour vision.
_STEPS = (
    (0.0, (0.55, 0.00, 0.15)),
    (0.5, (0.84, 0.37, 0.10)),
    (0.7, (0.96, 0.68, 0.35)),
    (0.8, (0.75, 0.82, 0.88)),
    (0.9, (0.40, 0.65, 0.85)),
    (0.95, (0.08, 0.33, 0.60)),
)
_PAIR, _COLUMN = "pair", "column"
_CELLS_PX = 145
_LARGEST_PX = 40
_LEGEND_WIDTH = 0.9


def add_pair_plot(
    scene: slicer.vtkMRMLScene, name: str, models: Sequence[str], rows: Sequence[PairwiseRow]
) -> tuple[slicer.vtkMRMLNode, ...]:
    """The chart, then its series and table. One square per pair of models that share a structure, twice as in a matrix;
    its label names the two and their mean Dice.

    :param models: in the order of both axes.
    :param rows: of one case; a pair without a Dice has no square.
    """
    table = add_plotted_table(scene, f"{name}, plotted pairs", *_cells(models, rows))
    series = []
    for low, color in _STEPS:
        one = add_series(scene, table, _step_name(low), _COLUMN, _step_name(low), color)
        one.SetLabelColumnName(_PAIR)
        one.SetLineStyle(slicer.vtkMRMLPlotSeriesNode.LineStyleNone)
        one.SetMarkerStyle(slicer.vtkMRMLPlotSeriesNode.MarkerStyleSquare)
        one.SetMarkerSize(min(_LARGEST_PX, _CELLS_PX / len(models)))
        series.append(one)
    chart = add_chart(scene, f"{name}, pairwise Dice", series, "", "")
    size = len(models) + 0.5
    chart.SetXAxisRangeAuto(False)
    chart.SetXAxisRange(0.5, 0.5 + len(models) * (1 + _LEGEND_WIDTH))
    chart.SetYAxisRangeAuto(False)
    chart.SetYAxisRange(0.5, size)
    names = [(float(number), model) for number, model in enumerate(models, start=1)]
    keep_axis_names(chart, x=names, y=names)
    return chart, *series, table


def _cells(models: Sequence[str], rows: Sequence[PairwiseRow]) -> tuple[TableColumn, list[TableColumn]]:
    means = mean_pairwise_dice(models, rows)
    found = [
        (a, b, means[a, b])
        for a in range(len(models))
        for b in range(len(models))
        if a != b and means[a, b] == means[a, b]
    ]
    lows = [low for low, _ in _STEPS]
    step_of = [max(low for low in lows if low <= mean) for _, _, mean in found]
    labels = TableColumn(_PAIR, [f"{models[a]} - {models[b]}: {mean:.3f}" for a, b, mean in found], "Pair")
    columns = [
        TableColumn(_COLUMN, [float(b + 1) for _, b, _ in found], "Column"),
    ]
    for low in lows:
        places = [float(a + 1) if step == low else None for (a, _, _), step in zip(found, step_of)]
        columns.append(TableColumn(_step_name(low), places, _step_name(low)))
    return labels, columns


def _step_name(low: float) -> str:
    return f"Dice from {low:g}" if low else f"Dice below {_STEPS[1][0]:g}"
