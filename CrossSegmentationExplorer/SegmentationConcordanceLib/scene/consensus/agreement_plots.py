"""The plots of a comparison as chart, series and table nodes.

A structure's name appears when the mouse is over its point: there is no room for all of them along the axis. The legend
covers the right of the plot, so the axes leave room for it there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import slicer

from ...agreement.model_looks import SYMBOLS, Color, looks_of
from ...agreement.row_order import structures_worst_first
from ...agreement.share_bands import SHARE_BANDS
from ...agreement.table import AgreementRow
from ..table_node import TableColumn, add_table_node
from .axis_names import keep_axis_names
from .chart_nodes import add_chart, add_plotted_table, add_series

_STRUCTURE, _PLACE = "structure", "place"
_GREY = (0.6, 0.6, 0.6)
_AXIS_MARGIN = 0.2  # powers of ten
_VOLUME = "Volume (ml)"
_LEGEND_WIDTH = 0.85  # of what is plotted
# In the order of the symbols, of which Slicer's plots have few: some stand for two.
_MARKERS = (
    slicer.vtkMRMLPlotSeriesNode.MarkerStyleCircle,
    slicer.vtkMRMLPlotSeriesNode.MarkerStyleSquare,
    slicer.vtkMRMLPlotSeriesNode.MarkerStyleSquare,
    slicer.vtkMRMLPlotSeriesNode.MarkerStyleDiamond,
    slicer.vtkMRMLPlotSeriesNode.MarkerStyleCross,
    slicer.vtkMRMLPlotSeriesNode.MarkerStylePlus,
)


@dataclass(frozen=True)
class AgreementPlots:
    """The nodes of the plots.

    :param dice: chart of Dice against the structure's place in the order, worst first; one series per model.
    :param share: chart of the consensus's share of a segment's volume against that volume (logarithmic).
    :param nodes: these two, their series and tables.
    """

    dice: slicer.vtkMRMLPlotChartNode
    share: slicer.vtkMRMLPlotChartNode
    nodes: tuple[slicer.vtkMRMLNode, ...]


def add_agreement_plots(
    scene: slicer.vtkMRMLScene, name: str, models: Sequence[str], rows: Sequence[AgreementRow]
) -> AgreementPlots:
    """Add both charts. The n-th point of each series is the n-th of :func:`structures_worst_first`.

    :param name: what the names of the nodes begin with.
    :param models: in the order of the legend; a colour and a symbol belong to the name.
    :param rows: of one case and one consensus.
    :returns: the charts, and every node that was made.
    """
    keys = structures_worst_first(rows)
    table = add_plotted_table(scene, f"{name}, plotted", *_plotted(models, keys, rows))
    bands = add_table_node(scene, f"{name}, bands", _bands(rows))
    dice, share = [], []
    looks = looks_of(models)
    for model in models:
        look = looks[model].rgb, _MARKERS[SYMBOLS.index(looks[model].symbol) % len(_MARKERS)]
        dice.append(_points(scene, table, model, _PLACE, f"{model} dice", look))
        share.append(_points(scene, table, model, f"{model} volume", f"{model} share", look))
    lines = [_line(scene, bands, percent) for percent in SHARE_BANDS]
    dice_chart = add_chart(scene, f"{name}, Dice", dice, "Structures, worst first", "Dice with the consensus")
    dice_chart.SetYAxisRangeAuto(False)
    dice_chart.SetYAxisRange(0.0, 1.05)
    dice_chart.SetXAxisRangeAuto(False)
    dice_chart.SetXAxisRange(0.0, (len(keys) + 1) * (1 + _LEGEND_WIDTH))
    share_chart = add_chart(scene, f"{name}, share", share + lines, _VOLUME, "Consensus share of it (%)")
    share_chart.SetXAxisRangeAuto(False)
    low, high = _volume_range(rows)
    share_chart.SetXAxisRange(low, high + (high - low) * _LEGEND_WIDTH)
    keep_axis_names(share_chart, x=_decades(low, high))
    share_chart.SetYAxisRangeAuto(False)
    share_chart.SetYAxisRange(0.0, 1.05 * max([100.0, *(100 * row.volume_ratio for row in rows if row.volume_ratio)]))
    return AgreementPlots(dice_chart, share_chart, (dice_chart, share_chart, *dice, *share, *lines, table, bands))


def row_of_point(rows: Sequence[AgreementRow], series: slicer.vtkMRMLPlotSeriesNode, point: int) -> AgreementRow | None:
    """The row behind a point that was clicked; None where there is none, e.g. on the line of a band.

    :param rows: those that were plotted.
    :param series: the one whose point it was; its name is the model's.
    :param point: counted from 0.
    """
    keys = structures_worst_first(rows)
    if not 0 <= point < len(keys) or series.GetLabelColumnName() != _STRUCTURE:
        return None
    model = series.GetName()
    return next((row for row in rows if row.model == model and row.structure_key == keys[point]), None)


def _plotted(
    models: Sequence[str], keys: Sequence[str], rows: Sequence[AgreementRow]
) -> tuple[TableColumn, list[TableColumn]]:
    name_of = {row.structure_key: row.structure for row in rows}
    row_of = {(row.structure_key, row.model): row for row in rows}
    labels = TableColumn(_STRUCTURE, [name_of[key] for key in keys], "Structure")
    columns = [TableColumn(_PLACE, [float(place) for place in range(1, len(keys) + 1)], "Place", "1 is the worst")]
    for model in models:
        found = [row_of.get((key, model)) for key in keys]
        compared = [
            None if row is None or row.volume_ratio is None else (row.volume_ml, row.volume_ratio) for row in found
        ]
        dice = [None if row is None else row.dice for row in found]
        volumes = [None if pair is None else _power(pair[0]) for pair in compared]
        shares = [None if pair is None else 100 * pair[1] for pair in compared]
        columns += [
            TableColumn(f"{model} dice", dice, f"{model}: Dice"),
            TableColumn(f"{model} volume", volumes, f"{model}: power of ten of the volume in ml"),
            TableColumn(
                f"{model} share",
                shares,
                f"{model}: consensus share",
                unit="%",
            ),
        ]
    return labels, columns


def _bands(rows: Sequence[AgreementRow]) -> list[TableColumn]:
    return [TableColumn("volume", _volume_range(rows), "Power of ten of the volume in ml")] + [
        TableColumn(f"{percent} %", [float(percent)] * 2) for percent in SHARE_BANDS
    ]


def _volume_range(rows: Sequence[AgreementRow]) -> tuple[float, float]:
    powers = [_power(row.volume_ml) for row in rows if row.volume_ml and row.volume_ratio is not None]
    known = [power for power in powers if power is not None] or [0.0]
    return min(known) - _AXIS_MARGIN, max(known) + _AXIS_MARGIN


def _decades(low: float, high: float) -> list[tuple[float, str]]:
    """The powers of ten within a range of them, and what they are in ml; steps between where that is less than two."""
    whole = [float(power) for power in range(math.ceil(low), math.floor(high) + 1)]
    between = [power + math.log10(factor) for power in range(math.floor(low), math.ceil(high)) for factor in (1, 2, 5)]
    powers = whole if len(whole) > 1 else [power for power in between if low <= power <= high]
    return [(power, f"{10**power:g}") for power in powers]


def _power(volume_ml: float | None) -> float | None:
    """Slicer writes every volume of a logarithmic axis in full, one over the other; named powers of ten find room."""
    return math.log10(volume_ml) if volume_ml else None


def _points(
    scene: slicer.vtkMRMLScene, table: slicer.vtkMRMLTableNode, model: str, x: str, y: str, look: tuple[Color, int]
) -> slicer.vtkMRMLPlotSeriesNode:
    color, marker = look
    series = add_series(scene, table, model, x, y, color)
    series.SetLabelColumnName(_STRUCTURE)
    series.SetLineStyle(slicer.vtkMRMLPlotSeriesNode.LineStyleNone)
    series.SetMarkerStyle(marker)
    series.SetMarkerSize(7)
    return series


def _line(scene: slicer.vtkMRMLScene, table: slicer.vtkMRMLTableNode, percent: int) -> slicer.vtkMRMLPlotSeriesNode:
    series = add_series(scene, table, f"{percent} %", "volume", f"{percent} %", _GREY)
    series.SetMarkerStyle(slicer.vtkMRMLPlotSeriesNode.MarkerStyleNone)
    series.SetLineStyle(slicer.vtkMRMLPlotSeriesNode.LineStyleDash)
    return series
