"""Plot charts drawn off-screen, as the desktop's plot view draws them."""

from __future__ import annotations

import numpy as np
import slicer
import vtk
from vtk.util.numpy_support import vtk_to_numpy

from SegmentationConcordanceLib.scene.consensus.axis_names import name_axes

_BACKGROUND = (255, 253, 246)
_LINES = {
    slicer.vtkMRMLPlotSeriesNode.LineStyleNone: vtk.vtkPen.NO_PEN,
    slicer.vtkMRMLPlotSeriesNode.LineStyleSolid: vtk.vtkPen.SOLID_LINE,
    slicer.vtkMRMLPlotSeriesNode.LineStyleDash: vtk.vtkPen.DASH_LINE,
    slicer.vtkMRMLPlotSeriesNode.LineStyleDot: vtk.vtkPen.DOT_LINE,
    slicer.vtkMRMLPlotSeriesNode.LineStyleDashDot: vtk.vtkPen.DASH_DOT_LINE,
    slicer.vtkMRMLPlotSeriesNode.LineStyleDashDotDot: vtk.vtkPen.DASH_DOT_DOT_LINE,
}
_MARKERS = {
    slicer.vtkMRMLPlotSeriesNode.MarkerStyleNone: vtk.vtkPlotPoints.NONE,
    slicer.vtkMRMLPlotSeriesNode.MarkerStyleCross: vtk.vtkPlotPoints.CROSS,
    slicer.vtkMRMLPlotSeriesNode.MarkerStylePlus: vtk.vtkPlotPoints.PLUS,
    slicer.vtkMRMLPlotSeriesNode.MarkerStyleSquare: vtk.vtkPlotPoints.SQUARE,
    slicer.vtkMRMLPlotSeriesNode.MarkerStyleCircle: vtk.vtkPlotPoints.CIRCLE,
    slicer.vtkMRMLPlotSeriesNode.MarkerStyleDiamond: vtk.vtkPlotPoints.DIAMOND,
}


def plot_image(chart: slicer.vtkMRMLPlotChartNode, size: tuple[int, int] = (480, 320)) -> np.ndarray:
    """A chart of scatter and line series: uint8 (height, width, 3), RGB, first row at the top."""
    view = vtk.vtkContextView()
    window = view.GetRenderWindow()
    window.SetOffScreenRendering(1)
    window.SetMultiSamples(8)
    window.SetSize(*size)
    view.GetScene().AddItem(_drawn(chart))
    window.Render()
    grab = vtk.vtkWindowToImageFilter()
    grab.SetInput(window)
    grab.SetInputBufferTypeToRGB()
    grab.ReadFrontBufferOff()
    grab.Update()
    width, height = size
    pixels = vtk_to_numpy(grab.GetOutput().GetPointData().GetScalars()).reshape(height, width, 3)[::-1].copy()
    window.Finalize()
    return pixels


def _drawn(node: slicer.vtkMRMLPlotChartNode) -> vtk.vtkChartXY:
    chart = vtk.vtkChartXY()
    chart.GetBackgroundBrush().SetColor(*_BACKGROUND, 255)
    for number in range(node.GetNumberOfPlotSeriesNodes()):
        chart.AddPlot(_plot(node.GetNthPlotSeriesNode(number)))
    chart.SetTitle((node.GetTitle() or "") if node.GetTitleVisibility() else "")
    chart.GetTitleProperties().SetFontSize(node.GetTitleFontSize())
    chart.SetShowLegend(node.GetLegendVisibility())
    chart.GetLegend().GetLabelProperties().SetFontSize(node.GetLegendFontSize())
    across = (node.GetXAxisTitle(), node.GetXAxisLogScale(), node.GetXAxisRangeAuto(), node.GetXAxisRange())
    along = (node.GetYAxisTitle(), node.GetYAxisLogScale(), node.GetYAxisRangeAuto(), node.GetYAxisRange())
    for place, (title, log_scale, is_auto, bounds) in ((vtk.vtkAxis.BOTTOM, across), (vtk.vtkAxis.LEFT, along)):
        axis = chart.GetAxis(place)
        axis.SetTitle(title or "")
        axis.SetLogScale(log_scale)
        axis.SetBehavior(vtk.vtkAxis.AUTO if is_auto else vtk.vtkAxis.FIXED)
        if not is_auto:
            axis.SetUnscaledRange(*bounds)
        axis.SetGridVisible(node.GetGridVisibility())
        axis.GetTitleProperties().SetBold(False)
        axis.GetTitleProperties().SetFontSize(node.GetAxisTitleFontSize())
        axis.GetLabelProperties().SetFontSize(node.GetAxisLabelFontSize())
    name_axes(chart, node)
    return chart


def _plot(series: slicer.vtkMRMLPlotSeriesNode) -> vtk.vtkPlotLine:
    plot = vtk.vtkPlotLine()
    plot.SetWidth(series.GetLineWidth())
    plot.SetColorF(*series.GetColor())
    plot.GetPen().SetOpacityF(series.GetOpacity())
    plot.GetPen().SetLineType(_LINES[series.GetLineStyle()])
    plot.SetMarkerSize(series.GetMarkerSize())
    plot.SetMarkerStyle(_MARKERS[series.GetMarkerStyle()])
    plot.SetInputData(series.GetTableNode().GetTable(), series.GetXColumnName(), series.GetYColumnName())
    plot.SetLabel(series.GetName())
    return plot
