"""Names along the axes of charts, as a plot view's VTK chart has them."""

from __future__ import annotations

import pytest
import slicer
import vtk

from SegmentationConcordanceLib.scene.consensus.agreement_plots import _decades
from SegmentationConcordanceLib.scene.consensus.axis_names import NamedAxes, keep_axis_names, name_axes

MODELS = [(1.0, "TotalSegmentator 2.6"), (2.0, "A $x$ | <b>")]


def named(chart: vtk.vtkChartXY, place: int) -> list[tuple[float, str]]:
    axis = chart.GetAxis(place)
    positions, labels = axis.GetTickPositions(), axis.GetTickLabels()
    return [(positions.GetValue(n), labels.GetValue(n)) for n in range(labels.GetNumberOfValues())]


@pytest.fixture
def node(scene_host) -> slicer.vtkMRMLPlotChartNode:
    found = scene_host.scene.AddNewNodeByClass("vtkMRMLPlotChartNode")
    keep_axis_names(found, x=MODELS, y=[(0.0, "1"), (1.0, "10")])
    return found


def test_a_view_gets_the_names_and_numbers_again(node):
    chart = vtk.vtkChartXY()
    name_axes(chart, node)
    assert named(chart, vtk.vtkAxis.BOTTOM) == MODELS
    assert named(chart, vtk.vtkAxis.LEFT) == [(0.0, "1"), (1.0, "10")]
    assert chart.GetAxis(vtk.vtkAxis.BOTTOM).GetLabelProperties().GetOrientation() == 90
    assert chart.GetAxis(vtk.vtkAxis.LEFT).GetLabelProperties().GetOrientation() == 0
    name_axes(chart, None)
    assert "TotalSegmentator 2.6" not in [name for _, name in named(chart, vtk.vtkAxis.BOTTOM)]
    assert chart.GetAxis(vtk.vtkAxis.BOTTOM).GetLabelProperties().GetOrientation() == 0


def test_what_somebody_else_wrote_names_nothing(node):
    chart = vtk.vtkChartXY()
    node.SetAttribute("SegmentationConcordance.XAxisNames", '{"a": 1}')
    name_axes(chart, node)
    assert named(chart, vtk.vtkAxis.LEFT)[1][1] == "10"


def test_a_view_is_followed_from_chart_to_chart(scene_host, node):
    view = scene_host.scene.AddNewNodeByClass("vtkMRMLPlotViewNode")
    plain = scene_host.scene.AddNewNodeByClass("vtkMRMLPlotChartNode")
    chart, axes = vtk.vtkChartXY(), NamedAxes()
    view.SetPlotChartNodeID(node.GetID())
    axes.follow(view, chart)
    assert named(chart, vtk.vtkAxis.BOTTOM) == MODELS
    view.SetPlotChartNodeID(plain.GetID())
    assert named(chart, vtk.vtkAxis.BOTTOM) != MODELS
    view.SetPlotChartNodeID(node.GetID())
    assert named(chart, vtk.vtkAxis.BOTTOM) == MODELS
    axes.stop()
    view.SetPlotChartNodeID(plain.GetID())
    assert named(chart, vtk.vtkAxis.BOTTOM) == MODELS


def test_volumes_are_named_by_powers_of_ten_and_by_steps_where_there_is_one_alone():
    assert _decades(-0.4, 3.2) == [(0.0, "1"), (1.0, "10"), (2.0, "100"), (3.0, "1000")]
    assert [name for _, name in _decades(0.8, 1.8)] == ["10", "20", "50"]
