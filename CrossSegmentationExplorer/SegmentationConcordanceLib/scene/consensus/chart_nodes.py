"""Chart and series nodes for Slicer's plot views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import slicer

from ...agreement.model_looks import Color
from ..table_node import TableColumn, add_table_node

_TITLE_SIZE, _TEXT_SIZE = 14, 12
_FEWEST_POINTS = 2


def add_plotted_table(
    scene: slicer.vtkMRMLScene, name: str, labels: TableColumn, columns: Sequence[TableColumn]
) -> slicer.vtkMRMLTableNode:
    """Add a table for series: texts that label the points, and numbers.

    One of fewer than two rows gets rows without values, as VTK reports lines of fewer than two points as errors.

    :param labels: the texts, one per point.
    :param columns: numbers, as many in each as there are labels; None is no point.
    """
    lacking = max(0, _FEWEST_POINTS - len(labels.values))
    padded = [replace(column, values=[*column.values, *[None] * lacking]) for column in columns]
    return add_table_node(scene, name, [replace(labels, values=[*labels.values, *[""] * lacking]), *padded])


def add_series(
    scene: slicer.vtkMRMLScene, table: slicer.vtkMRMLTableNode, name: str, x: str, y: str, color: Color
) -> slicer.vtkMRMLPlotSeriesNode:
    """Add one column of a table against another.

    :param x: the name of the column across.
    :param y: the name of the column upward.
    :param color: red, green and blue, 0 to 1.
    """
    series = scene.AddNewNodeByClass("vtkMRMLPlotSeriesNode")
    series.SetName(name)
    series.SetAndObserveTableNodeID(table.GetID())
    series.SetPlotType(slicer.vtkMRMLPlotSeriesNode.PlotTypeScatter)
    series.SetXColumnName(x)
    series.SetYColumnName(y)
    series.SetColor(*color)
    return series


def add_chart(
    scene: slicer.vtkMRMLScene, title: str, series: Sequence[slicer.vtkMRMLPlotSeriesNode], x: str, y: str
) -> slicer.vtkMRMLPlotChartNode:
    """Add a chart of series, with the titles of its axes. Letters are small enough for a view of a quarter screen.

    :param x: the title of the axis across.
    :param y: the title of the axis upward.
    """
    chart = scene.AddNewNodeByClass("vtkMRMLPlotChartNode")
    chart.SetName(title)
    chart.SetTitle(title)
    chart.SetTitleFontSize(_TITLE_SIZE)
    chart.SetLegendFontSize(_TEXT_SIZE)
    chart.SetAxisTitleFontSize(_TEXT_SIZE)
    chart.SetAxisLabelFontSize(_TEXT_SIZE)
    chart.SetXAxisTitle(x)
    chart.SetYAxisTitle(y)
    for one in series:
        chart.AddAndObservePlotSeriesNodeID(one.GetID())
    return chart
