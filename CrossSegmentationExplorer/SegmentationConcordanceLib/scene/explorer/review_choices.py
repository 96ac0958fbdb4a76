"""What a reader chose in CrossSegmentationExplorer, as text on its parameter node: it survives saving and loading."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from typing import Any, TypeVar

import slicer

from ...anatomy.groups import StructureGroup
from ...exploring.display_style import DisplayStyle
from ...exploring.rows import RowKind
from ...exploring.structure_list import ALL_GROUPS
from ...exploring.structure_list import COLUMNS as STRUCTURE_COLUMNS
from ...exploring.view_kinds import AXIAL, CORONAL, SAGITTAL, VIEW_KINDS, ViewKind
from ..module_parameters import from_json, module_node
from .links import Links
from .one_event import one_event

MODULE = "CrossSegmentationExplorer"
Plain = TypeVar("Plain", "DisplayStyle", "Links", "ListOrder")


@dataclass(frozen=True, slots=True)
class WantedRow:
    """A row to show.

    :param model: name of the model; "" for the consensus and the overlay.
    """

    kind: RowKind
    model: str = ""


@dataclass(frozen=True, slots=True)
class ListOrder:
    """What the list of structures shows, as :class:`.structure_walk.StructureWalk` has it."""

    text: str = ""
    group: str = ALL_GROUPS
    column: str = ""
    descending: bool = False


@dataclass(frozen=True, slots=True)
class ReviewChoices:
    """All that is kept from one opening of the module to the next.

    :param compact: whether each row shows one plane alone, larger; None where the room for the rows decides.
    :param plane: the one that is shown then.
    :param shows_bars: whether every slice view has its bar, and not those of the first row alone.
    :param majority: whether the consensus is what more than half of the models mark, and not what all of them do.
    :param groups: of structures, in order; None for the shipped ones.
    """

    rows: tuple[WantedRow, ...] = ()
    kinds: tuple[ViewKind, ...] = (AXIAL, SAGITTAL, CORONAL)
    as_columns: bool = False
    compact: bool | None = None
    plane: ViewKind = AXIAL
    style: DisplayStyle = field(default_factory=DisplayStyle)
    links: Links = field(default_factory=Links)
    shows_map: bool = False
    shows_crosshair: bool = False
    shows_listed: bool = False
    shows_bars: bool = False
    majority: bool = True
    order: ListOrder = field(default_factory=ListOrder)
    groups: tuple[StructureGroup, ...] | None = None


def parameter_node(scene: slicer.vtkMRMLScene) -> slicer.vtkMRMLScriptedModuleNode:
    """The module's parameter node; made where it is missing."""
    return module_node(scene, MODULE)


def read_choices(node: slicer.vtkMRMLScriptedModuleNode) -> ReviewChoices:
    """The choices; the defaults for what is missing or cannot be understood, e.g. from a later version."""
    found = {one.name: from_json(node.GetParameter(f"{MODULE}.{one.name}")) for one in fields(ReviewChoices)}
    default = ReviewChoices()
    kinds = tuple(kind for kind in VIEW_KINDS if kind.title in _list(found["kinds"]))
    order = _plain(ListOrder, found["order"])
    return ReviewChoices(
        rows=tuple(_rows(found["rows"])),
        kinds=kinds or default.kinds,
        as_columns=found["as_columns"] is True,
        compact=found["compact"] if isinstance(found["compact"], bool) else None,
        plane=next((kind for kind in VIEW_KINDS if kind.title == found["plane"]), default.plane),
        style=_plain(DisplayStyle, found["style"]),
        links=_plain(Links, found["links"]),
        shows_map=found["shows_map"] is True,
        shows_crosshair=found["shows_crosshair"] is True,
        shows_listed=found["shows_listed"] is True,
        shows_bars=found["shows_bars"] is True,
        majority=found["majority"] is not False,
        order=order if order.column in ("", *STRUCTURE_COLUMNS) else ListOrder(),
        groups=_groups(found["groups"]),
    )


def write_choices(node: slicer.vtkMRMLScriptedModuleNode, choices: ReviewChoices) -> None:
    """Keep the choices, one parameter each: "CrossSegmentationExplorer.rows" and so on, as JSON.

    :param choices: all of them; those kept before are replaced.
    """
    groups = choices.groups
    values = {
        "rows": [{"kind": row.kind.value, "model": row.model} for row in choices.rows],
        "kinds": [kind.title for kind in choices.kinds],
        "plane": choices.plane.title,
        "style": asdict(choices.style),
        "links": asdict(choices.links),
        "order": asdict(choices.order),
        "groups": groups and [{"title": group.title, "words": list(group.words)} for group in groups],
    }
    with one_event(node):
        for one in fields(ReviewChoices):
            value = values.get(one.name, getattr(choices, one.name))
            node.SetParameter(f"{MODULE}.{one.name}", json.dumps(value))


def _rows(entries: Any) -> Iterable[WantedRow]:
    kinds = {kind.value: kind for kind in RowKind}
    for entry in _list(entries):
        kind = kinds.get(str(entry.get("kind"))) if isinstance(entry, dict) else None
        model = str(entry.get("model") or "") if kind else ""
        if kind is not None and bool(model) == (kind is RowKind.MODEL):
            yield WantedRow(kind, model)


def _groups(entries: Any) -> tuple[StructureGroup, ...] | None:
    groups = [
        StructureGroup(str(entry["title"]), tuple(str(word) for word in entry["words"]))
        for entry in _list(entries)
        if isinstance(entry, dict) and entry.get("title") and isinstance(entry.get("words"), list) and entry["words"]
    ]
    return tuple(groups) or None


def _plain(kind: type[Plain], values: Any) -> Plain:
    """A dataclass of numbers, texts and switches; each value that is none of its field's type is the default."""
    default = kind()
    chosen: dict[str, Any] = {}
    for one in fields(kind):
        like = getattr(default, one.name)
        value = values.get(one.name) if isinstance(values, dict) else None
        value = float(value) if isinstance(like, float) and type(value) is int else value
        if type(value) is type(like):
            chosen[one.name] = value
    try:
        return kind(**chosen)
    except ValueError:
        return default


def _list(value: Any) -> list:
    return value if isinstance(value, list) else []
