"""Names along the axes of a chart.

A chart node of Slicer has numbers along its axes and no names, and Slicer's plot views leave the ticks of their VTK
chart as they are. So the names are kept on the chart node, as attributes, and a view that shows the node is given them.
Where nobody does so, as in a Slicer without the extension, the axis has its numbers.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import slicer
import vtk

_ATTRIBUTES = {
    vtk.vtkAxis.BOTTOM: "SegmentationConcordance.XAxisNames",
    vtk.vtkAxis.LEFT: "SegmentationConcordance.YAxisNames",
}
_UPRIGHT = 90.0


def keep_axis_names(
    node: slicer.vtkMRMLPlotChartNode,
    *,
    x: Sequence[tuple[float, str]] = (),
    y: Sequence[tuple[float, str]] = (),
) -> None:
    """Keep on a chart node what is to stand along its axes instead of numbers.

    :param x: places and names along the lower axis; empty for numbers.
    :param y: along the left one.
    """
    for attribute, names in zip(_ATTRIBUTES.values(), (x, y)):
        node.SetAttribute(attribute, json.dumps([list(one) for one in names]) if names else None)


def name_axes(chart: vtk.vtkChartXY, node: slicer.vtkMRMLPlotChartNode | None) -> None:
    """Let the axes of a view's chart have the names of the chart node that it shows; numbers where that has none.

    Names along the lower axis that would lie over each other stand upright.

    :param chart: of a plot view.
    :param node: that the view shows; None for none.
    """
    for place, attribute in _ATTRIBUTES.items():
        axis = chart.GetAxis(place)
        names = _parsed(node.GetAttribute(attribute) if node is not None else None)
        positions, labels = vtk.vtkDoubleArray(), vtk.vtkStringArray()
        for position, name in names:
            positions.InsertNextValue(position)
            labels.InsertNextValue(name)
        axis.SetCustomTickPositions(positions if names else None, labels if names else None)
        upright = place == vtk.vtkAxis.BOTTOM and any(len(name) > 4 for _, name in names)
        style = axis.GetLabelProperties()
        style.SetOrientation(_UPRIGHT if upright else 0.0)
        if place == vtk.vtkAxis.BOTTOM:
            if upright:
                style.SetJustificationToRight()
                style.SetVerticalJustificationToCentered()
            else:
                style.SetJustificationToCentered()
                style.SetVerticalJustificationToTop()
    chart.RecalculateBounds()


def _parsed(text: str | None) -> list[tuple[float, str]]:
    """What :func:`keep_axis_names` kept; nothing where somebody else wrote the attribute."""
    try:
        return [(float(position), str(name)) for position, name in json.loads(text or "[]")]
    except (TypeError, ValueError):
        return []


class NamedAxes:
    """Names the axes of plot views, whatever chart they come to show, until :meth:`stop`."""

    def __init__(self) -> None:
        self._observed: dict[slicer.vtkMRMLPlotViewNode, int] = {}

    def follow(self, node: slicer.vtkMRMLPlotViewNode, chart: vtk.vtkChartXY) -> None:
        """Name the axes of a view now, and again when its node changes; a second call for the node changes nothing.

        :param node: of the view; says which chart node it shows.
        :param chart: of the view.
        """
        if node not in self._observed:
            self._observed[node] = node.AddObserver(
                vtk.vtkCommand.ModifiedEvent, lambda *_: name_axes(chart, node.GetPlotChartNode())
            )
            name_axes(chart, node.GetPlotChartNode())

    def stop(self) -> None:
        """Follow none."""
        for node, tag in self._observed.items():
            node.RemoveObserver(tag)
        self._observed = {}
