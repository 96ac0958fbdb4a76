"""Tables with typed columns as table nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import slicer
import vtk
from vtk.util.numpy_support import numpy_to_vtk

from .node_names import set_name


@dataclass(frozen=True)
class TableColumn:
    """A column of a table node.

    :param name: what plots and scripts find it by; unique in its table.
    :param values: texts, whole numbers, or floats with None for "no meaning", which becomes nan.
    :param title: heading.
    :param unit: e.g. "ml"; empty where there is none.
    """

    name: str
    values: Sequence[str] | Sequence[int] | Sequence[float | None]
    title: str = ""
    description: str = ""
    unit: str = ""


def add_table_node(scene: slicer.vtkMRMLScene, name: str, columns: Sequence[TableColumn]) -> slicer.vtkMRMLTableNode:
    """Add a table to the scene, locked against editing: texts as strings, whole numbers as int, others as double.

    :param columns: all of one length; their names differ.
    """
    node = scene.AddNewNodeByClass("vtkMRMLTableNode")
    set_name(node, name)
    node.SetUseColumnTitleAsColumnHeader(True)
    node.SetLocked(True)
    for column in columns:
        node.AddColumn(_array(column))
        node.SetColumnTitle(column.name, column.title or column.name)
        node.SetColumnDescription(column.name, column.description)
        node.SetColumnUnitLabel(column.name, column.unit)
    return node


def _array(column: TableColumn) -> vtk.vtkAbstractArray:
    if all(isinstance(value, str) for value in column.values):
        array = vtk.vtkStringArray()
        for text in column.values:
            array.InsertNextValue(text)
    elif all(isinstance(value, (int, np.integer)) for value in column.values):
        array = numpy_to_vtk(np.array(column.values, dtype=np.int32), deep=True)
    else:
        numbers = [np.nan if value is None else value for value in column.values]
        array = numpy_to_vtk(np.array(numbers, dtype=np.float64), deep=True)
    array.SetName(column.name)
    return array
