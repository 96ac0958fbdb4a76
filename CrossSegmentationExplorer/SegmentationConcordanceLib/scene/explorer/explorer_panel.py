"""What the panel of CrossSegmentationExplorer shows and what its widgets do, without Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import slicer

from ...agreement.model_looks import Color
from ...anatomy.groups import shipped_groups
from ...errors import ConcordanceError
from ...exploring.group_cells import group_cells, groups_of_cells
from ...exploring.map_legend_html import map_legend_html
from ...exploring.structure_cells import (
    SHOWN_COLUMNS,
    as_html,
    next_order,
    presence_text,
    region_text,
    structure_cells,
    tip_text,
)
from ...exploring.structure_list import ALL_GROUPS, groups_of
from ...imaging.seg_header_cache import SegHeaderCache
from ..model_grouping import rule_cells, rules_of_cells
from ..study.database_search import DatabaseSearch
from ..study.study_loading import Progress, load_segmentations
from ..study.study_search import DicomDatabase
from .explorer_logic import ExplorerLogic

Cells = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class SegmentationLine:
    """A segmentation of the volume, loaded or not.

    :param key: node id of a loaded one; SOPInstanceUID of one in the database.
    :param texts: name, model, why it was found; untrusted.
    """

    key: str
    texts: tuple[str, str, str]
    checked: bool
    loaded: bool


@dataclass(frozen=True, slots=True)
class StructureLine:
    """A line of the list of structures.

    :param texts: in the columns of ``structure_cells.SHOWN_COLUMNS``; untrusted.
    :param tip: HTML that says which models found it.
    """

    key: str
    texts: tuple[str, ...]
    color: Color
    tip: str


class ExplorerPanel:
    """Lines and texts for the widgets; what is chosen goes to the logic.

    :ivar search: for segmentations in the DICOM database; None before the first.
    """

    def __init__(self, logic: ExplorerLogic, scene: slicer.vtkMRMLScene) -> None:
        self._logic = logic
        self._scene = scene
        self._headers = SegHeaderCache()
        self._unwanted: set[str] = set()
        self.search: DatabaseSearch | None = None

    # Segmentations

    @property
    def segmentations(self) -> list[SegmentationLine]:
        """The loaded ones, then those that the database has and the scene does not."""
        loaded = [
            SegmentationLine(one.node_id, (one.name, one.model, one.reason), one.use, True)
            for one in self._logic.candidates
        ]
        return loaded + [
            SegmentationLine(
                found.header.sop_instance_uid,
                (found.header.title, found.model, f"not loaded; {found.reason}"),
                found.header.sop_instance_uid not in self._unwanted,
                False,
            )
            for found in (self.search.not_loaded(self._scene) if self.search else ())
        ]

    def check(self, line: SegmentationLine, checked: bool) -> None:
        """Let a loaded segmentation take part or not; let one of the database be loaded or not.

        :param checked: for one of the database: whether "load" loads it.
        """
        if line.loaded:
            self._logic.choose(line.key, use=checked)
        elif checked:
            self._unwanted.discard(line.key)
        else:
            self._unwanted.add(line.key)

    def rename_model(self, line: SegmentationLine, model: str) -> None:
        """Count a loaded segmentation to another model; "" gives it its own name back.

        :param line: one that is not loaded keeps its name.
        """
        if line.loaded:
            self._logic.choose(line.key, model=model)

    def start_search(self, database: DicomDatabase | None) -> None:
        """Begin to look for the volume's segmentations; then call ``search.advance()`` until it is done."""
        self.search = DatabaseSearch(database, self._logic.volume, self._headers, self._logic.rules)

    def load_checked(self, progress: Progress) -> tuple[ConcordanceError, ...]:
        """Load what is checked and not loaded; returns why some could not be.

        :param progress: called with a fraction and a few words; may raise to cancel, and then nothing was loaded.
        """
        found = self.search.not_loaded(self._scene) if self.search else []
        headers = [one.header for one in found if one.header.sop_instance_uid not in self._unwanted]
        return load_segmentations(headers, self._logic.volume, progress).errors

    @property
    def rule_cells(self) -> list[tuple[str, str]]:
        """The rules that name models, with an empty row at the end."""
        return rule_cells(self._logic.rules)

    def set_rule_cells(self, cells: Cells) -> None:
        """Take the edited rules."""
        self._logic.set_rules(rules_of_cells(cells))

    # The list of structures

    @property
    def structures(self) -> list[StructureLine]:
        """The structures that are listed, in their order."""
        explorer = self._logic.explorer
        return [
            StructureLine(one.key, structure_cells(one), one.color, as_html(tip_text(one)))
            for one in (explorer.walk.listed if explorer else ())
        ]

    @property
    def groups(self) -> list[str]:
        """The titles of the groups that have a structure, "All" first."""
        return groups_of(self._logic.explorer.walk.structures) if self._logic.explorer else [ALL_GROUPS]

    @property
    def sorting(self) -> tuple[int, bool]:
        """The column that the list is sorted by, -1 for worst first; and whether it is descending."""
        order = self._logic.choices.order
        return (SHOWN_COLUMNS.index(order.column) if order.column in SHOWN_COLUMNS else -1), order.descending

    def find(self, *, text: str | None = None, group: str | None = None) -> None:
        """List what has these words, or is of this group.

        :param text: words, in any case; "" finds all, None leaves them as they were.
        :param group: the title of a group; "" for all, None leaves it as it was.
        """
        order = self._logic.choices.order
        order = replace(order, text=order.text if text is None else text)
        self._logic.change(order=replace(order, group=order.group if group is None else group))

    def sort(self, section: int) -> None:
        """Sort by a column, the other way round the second time, and a third time worst first."""
        order = self._logic.choices.order
        column, descending = next_order((order.column, order.descending), section)
        self._logic.change(order=replace(order, column=column, descending=descending))

    @property
    def group_cells(self) -> list[tuple[str, str]]:
        """The groups that structures are sorted into, with an empty row at the end."""
        return group_cells(self._logic.choices.groups or shipped_groups())

    def set_group_cells(self, cells: Cells) -> None:
        """Take the edited groups; without any, the shipped ones."""
        self._logic.change(groups=groups_of_cells(cells))

    # The structure that is shown

    @property
    def selected(self) -> str:
        """Its key; "" for none."""
        return self._logic.selected.key if self._logic.selected else ""

    @property
    def presence(self) -> str:
        """Which models found it, in words."""
        return presence_text(self._logic.selected) if self._logic.selected else ""

    @property
    def region(self) -> str:
        """Which disagreement about it is shown, of how many; "" without any."""
        explorer = self._logic.explorer
        return region_text(explorer.regions, explorer.region) if explorer else ""

    @property
    def finding(self) -> str:
        """Which finding was gone to, and what it says; "" without any, and while a review is blinded."""
        explorer = self._logic.explorer
        return explorer.findings.text if explorer and self.may_step_findings else ""

    @property
    def may_step_findings(self) -> bool:
        """Whether findings can be gone through: they name models, which a blinded reader is not to know."""
        return self._logic.explorer is not None and not self._logic.review.is_blinded

    # Display

    @property
    def map_legend(self) -> str:
        """Which colour of the agreement map is how many models, as rich text; "" while no map is shown."""
        return map_legend_html(self._logic.explorer.map_steps) if self._logic.explorer else ""

    def switch(self, part: str, field: str, value: object) -> None:
        """Change one field of the choices, or of their part "style" or "links".

        :param part: "style", "links", or "" for a field of the choices themselves.
        :param field: its name.
        """
        if not part:
            self._logic.change(**{field: value})
            return
        former = getattr(self._logic.choices, part)
        self._logic.change(**{part: replace(former, **{field: value})})

    def switched(self, part: str, field: str) -> object:
        """The value of a field.

        :param part: "style", "links", or "" for a field of the choices themselves.
        :param field: its name.
        """
        choices = self._logic.choices
        return getattr(getattr(choices, part) if part else choices, field)
