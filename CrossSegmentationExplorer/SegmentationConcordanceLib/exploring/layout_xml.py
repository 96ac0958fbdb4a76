"""The description of a layout that vtkMRMLLayoutNode understands."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from .compact import grid_columns
from .rows import Row
from .view_kinds import ViewKind, view_name

_EQUAL = "500"  # else a 3D view is half as wide as a slice view, which asks for more


def layout_xml(
    rows: Sequence[Row],
    kinds: Sequence[ViewKind],
    view_group: int,
    *,
    as_columns: bool = False,
    as_grid: bool = False,
) -> str:
    """One row, or column, of views per row, in this order.

    :param rows: at least one, as Slicer cannot draw a layout without views.
    :param kinds: the views of each row; at least one.
    :param view_group: what links these views with each other, and with no others.
    :param as_grid: all views in a grid that is about as wide as high, row after row.
    :raises ValueError: there are no kinds.
    """
    if not kinds:
        raise ValueError("a row needs at least one view")
    if as_grid:
        return _grid_xml(rows, kinds, view_group)
    outer, inner = ("horizontal", "vertical") if as_columns else ("vertical", "horizontal")
    layout = ElementTree.Element("layout", type=outer, split="true")
    for row in rows:
        item = ElementTree.SubElement(layout, "item", splitSize=_EQUAL)
        views = ElementTree.SubElement(item, "layout", type=inner, split="true")
        for kind in kinds:
            _add_view(ElementTree.SubElement(views, "item", splitSize=_EQUAL), row, kind, view_group)
    return ElementTree.tostring(layout, encoding="unicode")


def _grid_xml(rows: Sequence[Row], kinds: Sequence[ViewKind], view_group: int) -> str:
    layout = ElementTree.Element("layout", type="grid")
    columns = grid_columns(len(rows) * len(kinds))
    for place, (row, kind) in enumerate((row, kind) for row in rows for kind in kinds):
        item = ElementTree.SubElement(layout, "item", row=str(place // columns), column=str(place % columns))
        _add_view(item, row, kind, view_group)
    return ElementTree.tostring(layout, encoding="unicode")


def _add_view(item: ElementTree.Element, row: Row, kind: ViewKind, view_group: int) -> None:
    view = ElementTree.SubElement(item, "view", attrib={"class": kind.class_name})
    view.set("singletontag", view_name(row.number, kind))
    properties = {"viewlabel": f"{kind.letter}{row.number}", "viewcolor": kind.color, "viewgroup": str(view_group)}
    if kind.is_slice:
        properties = {"orientation": kind.title} | properties
    for name, text in properties.items():
        ElementTree.SubElement(view, "property", name=name, action="default").text = text
