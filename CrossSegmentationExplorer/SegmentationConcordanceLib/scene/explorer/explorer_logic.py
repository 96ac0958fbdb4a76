"""What the module CrossSegmentationExplorer knows and decides, without Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

import slicer

from ...errors import ConcordanceError
from ...exploring.rows import RowKind
from ...exploring.structure_list import ListedStructure, groups_of
from ...exploring.structure_walk import find
from ...exploring.under_cursor import cursor_text, under_cursor
from ...plurals import counted
from ..counted_models import NodesOf
from ..model_choice import NO_MODEL, ModelChoice
from ..scene_watch import SceneWatch
from ..selected_structure import select_structure
from .applied_choices import apply_choices, options_of
from .explorer import Explorer
from .hidden_names import HiddenNames
from .review_choices import MODULE, ReviewChoices, WantedRow, read_choices, write_choices
from .row_entries import RowEntry, row_entries
from .row_labels import RendererOf
from .scene_pointers import CursorWatch, SelectionWatch
from .scene_review import SceneReview
from .shown_models import ShownModels
from .shown_views import views_of
from .user_displays import show_everywhere_again


class ExplorerLogic(ModelChoice):
    """Finds the segmentations of a volume and shows them in rows of views, from :meth:`enter` to :meth:`exit`.

    The user's choices are on the module's parameter node, and are saved with the scene; verdicts are in a file.
    Rules that group segmentations into models are those of ConsensusMetrics, which sees the same models.

    :param changed: called when something came, went, changed or was selected elsewhere, maybe many times in a row; then
        call :meth:`refresh`.
    :param pointed: called with the text for what is under the cursor.
    :param renderer_of: finds the renderer of a view, for the labels; None for no labels.
    :param paused: a context in which the application does not draw.
    :param height_px: tells how high the place for the rows is; 0 where that is not known.
    :ivar problem: why nothing is shown, as the comparison said it; "" otherwise.
    :ivar review: the verdicts of a reader; see :meth:`start_review`.
    """

    def __init__(
        self,
        scene: slicer.vtkMRMLScene,
        changed: Callable[[], None] | None = None,
        pointed: Callable[[str], None] | None = None,
        *,
        renderer_of: RendererOf | None = None,
        paused: Callable[[], AbstractContextManager[object]] = nullcontext,
        height_px: Callable[[], int] = lambda: 0,
    ) -> None:
        super().__init__(scene, MODULE)
        self._changed = changed or (lambda: None)
        self._pointed = pointed or (lambda text: None)
        self._renderer_of = renderer_of
        self._paused = paused
        self._height_px = height_px
        self._entered = False
        self._explorer: Explorer | None = None
        self.problem = ""
        self.review = SceneReview()
        self._models = ShownModels(self.review)
        self._names = HiddenNames(scene)
        self._watch = SceneWatch(scene, self._on_scene_changed, self._on_scene_closed)
        self._selection = SelectionWatch(scene, self._changed)
        self._cursor = CursorWatch(scene, self._on_cursor)

    def close(self) -> None:
        """Give the scene back and stop watching it."""
        self.exit()
        self._watch.stop()
        self._names.stop()

    def enter(self) -> None:
        """Show the rows that were shown before; what an earlier session left hidden comes back first."""
        self._entered = True
        self.preselect_volume()
        self.refresh()

    def exit(self) -> None:
        """Give the scene back as it was; the choices stay."""
        self._entered = False
        self._cursor.stop()
        self._selection.stop()
        self._leave()

    @property
    def explorer(self) -> Explorer | None:
        """The rows and the structures; None while nothing is shown."""
        return self._explorer if self._explorer is not None and self._explorer.is_open else None

    # What is reviewed

    def set_volume(self, volume: slicer.vtkMRMLScalarVolumeNode | None) -> None:
        """Review another volume; the rows of the former one go."""
        if volume is not self.volume:
            self._leave()
            super().set_volume(volume)
            self.refresh()

    def obstacle(self) -> str:
        """Why nothing can be shown, in a sentence; "" where all is well."""
        models = self._nodes_of()
        return self.volume_obstacle() or self._models.problem or (self.problem if models else NO_MODEL)

    def summary(self) -> str:
        """What is shown and what was done for it, or why nothing is."""
        if self.explorer is None:
            return self.obstacle() or "Check models to show their rows."
        scan = self.explorer.scan
        structures = counted(len(scan.comparison.structures), "structure")
        count = f"{structures} of {len(scan.drawn)} models, worst agreement first."
        if len(scan.drawn) == 1:
            count = f"{structures} of one model; there is no agreement to tell."
        return "\n".join((count, *scan.notes))

    # Rows

    @property
    def entries(self) -> list[RowEntry]:
        """All rows that there are or could be, the shown ones first and in their order."""
        return row_entries(self.explorer, self.choices.rows, list(self._nodes_of()))

    def show_row(self, row: WantedRow, shown: bool) -> None:
        """Add a row at the end, or remove it.

        :param shown: False removes the row, which need not be there.
        """
        rows = [one for one in self.choices.rows if one != row]
        self.set_rows([*rows, row] if shown else rows)

    def move_row(self, row: WantedRow, steps: int) -> None:
        """Move a shown row down, or up for negative steps; stops at both ends.

        :param row: one that is not shown stays where it is.
        """
        rows = [entry.row for entry in self.entries if entry.shown]
        if row in rows:
            place = min(max(rows.index(row) + steps, 0), len(rows) - 1)
            rows.remove(row)
            rows.insert(place, row)
            self.set_rows(rows)

    def show_all_models(self) -> None:
        """Show a row for every model, beside the rows that there are."""
        models = [WantedRow(RowKind.MODEL, model) for model in self._nodes_of()]
        rows = list(self.choices.rows)
        self.set_rows([*rows, *(row for row in models if row not in rows)])

    def set_rows(self, rows: Iterable[WantedRow]) -> None:
        """Show these rows in this order."""
        self._keep(replace(self.choices, rows=tuple(rows)))
        if self.explorer is None:
            self.refresh()
        else:
            self._show_rows()

    @property
    def is_hidden(self) -> bool:
        """Whether there are rows, and somebody chose another layout since."""
        return self.explorer is not None and bool(self.explorer.rows) and not self.explorer.layout.is_current

    def show_again(self) -> None:
        """Show the rows after another layout was chosen."""
        if self.explorer is not None:
            self.explorer.set_rows(self.explorer.rows)

    # Choices

    @property
    def choices(self) -> ReviewChoices:
        """What the user chose."""
        return read_choices(self._parameters())

    def change(self, **chosen: Any) -> None:
        """Change some of the choices, by the names of :class:`ReviewChoices`, except for the rows."""
        former = self.choices
        self._keep(replace(former, **chosen))
        if self.explorer is not None and self.choices != former:
            self._apply(former)

    # Structures

    @property
    def selected(self) -> ListedStructure | None:
        """The structure that is shown; None for none."""
        return find(self.explorer.walk.structures, self.explorer.selected) if self.explorer else None

    def select(self, key: str) -> None:
        """Show a structure, and tell the other modules."""
        if self.explorer is not None:
            self.explorer.select(key)
            self._tell_selected()

    def _tell_selected(self) -> None:
        explorer = self._shown()
        structure = explorer.scan.structure(explorer.selected)
        self._selection.own = structure.key if structure else ""
        select_structure(self._scene, self._selection.own)
        self.review.show(self.selected)

    def step(self, steps: int) -> None:
        """Go so many structures on in the list, negative back."""
        if self.explorer is not None:
            self.select(self.explorer.walk.step(self.explorer.selected, steps))

    def step_group(self, steps: int) -> None:
        """List so many groups on, negative back; round at the ends."""
        if self.explorer is not None:
            groups, order = groups_of(self.explorer.walk.structures), self.choices.order
            place = groups.index(order.group) if order.group in groups else 0
            self.change(order=replace(order, group=groups[(place + steps) % len(groups)]))

    def step_region(self, steps: int) -> None:
        """Go to the next disagreement about the structure, negative to the former."""
        if self.explorer is not None:
            self.explorer.step_region(steps)

    def step_finding(self, steps: int) -> None:
        """Go to the next finding, negative to the former; its models' rows are marked. Not in a blinded review."""
        if self.explorer is not None and not self.review.is_blinded:
            self.explorer.step_finding(steps)
            self._tell_selected()

    # Verdicts

    def start_review(self, path: str, reader: str, seed: int | None = None) -> None:
        """Read the volume: verdicts go into a file from now on.

        :param seed: of a blinded review: all models get rows, in an order and with names that tell nothing.
        :raises ConcordanceError: there is no name or no file, or the file is no review file.
        """
        former = self.review.is_blinded
        self.review.start(path, reader, seed)
        self._show_anew(former or seed is not None)

    def stop_review(self) -> None:
        """Read no more; what was said is in the file."""
        former = self.review.is_blinded
        self.review.stop()
        self._show_anew(former)

    def follow_review(self) -> None:
        """After verdicts: let the list tell them."""
        if self.explorer is not None:
            self._list()

    def _show_anew(self, renamed: bool) -> None:
        self._leave()
        self._models.forget()
        if renamed:  # rows of the former names would tell which is which
            self._keep(replace(self.choices, rows=tuple(WantedRow(RowKind.MODEL, model) for model in self._nodes_of())))
        self.refresh()

    # The scene

    def refresh(self) -> None:
        """Follow what changed in the scene. Voxels are looked at again only where segmentations did change."""
        if self.review.is_blinded:
            self._names.hide(self._nodes_of())
        else:
            self._names.give_back()
        if self.explorer is None:
            show_everywhere_again(self._scene)
            self._open()
        elif self.explorer.is_stale:
            self._compare_again()
        else:
            self.explorer.views_ready()
        if self._entered:
            self._cursor.follow()
            self._selection.follow()
            self._select_as_elsewhere()

    def _open(self) -> None:
        self.problem = ""
        choices = self.choices
        if not self._entered or not choices.rows or self.obstacle():
            return
        try:
            self._explorer = Explorer(
                self.volume,
                self._nodes_of,
                options=options_of(choices),
                renderer_of=self._renderer_of,
                changed=self._changed,
                least_models=1,
                paused=self._paused,
            )
        except ConcordanceError as error:
            self.problem = str(error)
            return
        self.review.expect(self._shown().walk.structures)
        self._apply(None)
        self._select_as_elsewhere()
        if not self._shown().selected:
            self.step(1)
        self._show_rows()  # last: the views are then made for the structure, and moved once

    def _compare_again(self) -> None:
        self.problem = ""
        explorer = self._shown()
        try:
            explorer.refresh(options_of(self.choices))
        except ConcordanceError as error:
            self._leave()
            self.problem = str(error)
            return
        rows = tuple(WantedRow(row.kind, row.model) for row in explorer.rows)
        self._keep(replace(self.choices, rows=rows))
        self.review.expect(explorer.walk.structures)
        self.review.show(self.selected)

    def _apply(self, former: ReviewChoices | None) -> None:
        """Bring the rows to the choices; what is as in the former ones is not touched."""
        apply_choices(self._shown(), self.choices, former, self._list, self._height_px())

    def _list(self) -> None:
        explorer = self._shown()
        judged = {one.key: self.review.judged(one.key) for one in explorer.walk.structures}
        explorer.set_list(self.choices.groups, judged)

    def _shown(self) -> Explorer:
        if self.explorer is None:
            raise ValueError("no rows are shown")
        return self.explorer

    def _show_rows(self) -> None:
        explorer = self._shown()
        drawn = explorer.scan.drawn
        choices = self.choices
        rows = [row for row in choices.rows if row.kind is not RowKind.MODEL or row.model in drawn]
        explorer.choose_views(**views_of(choices, len(rows), self._height_px()))
        explorer.show_rows([(row.kind, row.model) for row in rows])

    def _select_as_elsewhere(self) -> None:
        """Show the structure that was selected in another module, or before."""
        key = self._selection.key
        if self.explorer is None or key == self._selection.own:
            return
        keys = [structure.key for structure in self.explorer.walk.structures]
        # An uncoded segment's key has its model and place after that of the tables.
        found = [one for one in keys if one == key or one.startswith(f"{key} (")]
        if found:
            self.select(found[0])

    def _leave(self) -> None:
        if self._explorer is not None:
            self._explorer.leave()
            self._explorer = None
        self._selection.own = ""

    def _on_scene_changed(self) -> None:
        if self.explorer is None:  # else it reports itself, and knows its own work from others'
            self._changed()

    def _on_scene_closed(self) -> None:
        self._leave()
        self.problem = ""

    def _on_cursor(self, ras: tuple[float, float, float] | None, view: slicer.vtkMRMLSliceNode | None) -> None:
        if self.explorer is None or ras is None:
            self._pointed("")
            return
        layout = self.explorer.layout
        model = next((row.model for row in self.explorer.rows if view in layout.view_nodes(row)), "")
        self._pointed(cursor_text(under_cursor(self.explorer.scan, ras), model))

    def _nodes_of(self) -> NodesOf:
        return self._models.nodes_of(self.volume, self.nodes_of_models())

    def _keep(self, choices: ReviewChoices) -> None:
        write_choices(self._parameters(), choices)
