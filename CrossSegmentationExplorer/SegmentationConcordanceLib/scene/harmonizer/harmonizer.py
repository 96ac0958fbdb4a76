"""What the module SegmentHarmonizer knows and decides, without Qt."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import slicer

from ...anatomy.concepts import CodedStructure
from ...anatomy.label_map_folders import VARIABLE, users_folder
from ...anatomy.slicer_terms import installed_terminologies
from ...anatomy.suggestions import Suggestion
from ...errors import ConcordanceError
from ...harmonizing.known_models import KnownModels, model_of
from ...harmonizing.label_rows import SUGGESTED, UNKNOWN, LabelRow, sure_rows
from ...harmonizing.output_choice import LabelAnswer, OutputChoice
from ...harmonizing.output_recognition import new_outputs, renamed
from ...harmonizing.output_states import OutputState, OutputStates, Progress
from ...harmonizing.own_label_map import write_own_label_map
from ...harmonizing.structure_answer import Color, answer_of_codes, answer_of_suggestion
from ...imaging.geometry import Geometry
from ...imaging.label_map import LabelMap
from ..input_state import segmentation_state
from ..node_attributes import covered_of_node
from ..node_names import renaming_note
from ..result_folder import ResultFolder
from ..scene_watch import SceneWatch
from ..volume_choice import VolumeChoice
from ..volume_grid import own_grid
from ..volume_series import modality_of_volume
from .harmonized_nodes import add_harmonized_node, harmonized_label_map
from .harmonizer_parameters import MODULE, HarmonizerOptions, HarmonizerParameters
from .referenced_images import ReferencedImages
from .seg_export import Export, ExportedNode, export_segs


class HarmonizerLogic(VolumeChoice):
    """Recognizes models' outputs, explains their labels, and makes coded segmentations of a volume from them.

    The user's choices are on the module's parameter node and so are saved with the scene; the voxels of the outputs
    are read from their files again. Neither files nor nodes of others are ever changed. The scene is watched until
    :meth:`close`.

    :param changed: called when volumes or segmentations came, went or changed, and when the scene was loaded or
        closed; maybe many times in a row.
    :param environment: where the folders of the user's label maps may be named, see :mod:`label_map_folders`.
    :param file_of_instance: the file of a SOPInstanceUID, or ""; ``slicer.dicomDatabase.fileForInstance``.
    :ivar notes: sentences on what the last :meth:`apply` or :meth:`export` did beyond what was asked.
    """

    def __init__(
        self,
        scene: slicer.vtkMRMLScene,
        changed: Callable[[], None] | None = None,
        *,
        environment: Mapping[str, str] | None = None,
        file_of_instance: Callable[[str], str] | None = None,
    ) -> None:
        super().__init__(scene, MODULE)
        self._kept = HarmonizerParameters(scene)
        self._environment = dict(environment or {})
        self._images = ReferencedImages(file_of_instance or (lambda uid: ""))
        self._known: KnownModels | None = None
        self._states = OutputStates()
        self.notes: tuple[str, ...] = ()
        self._forget()
        self._watch = SceneWatch(scene, changed or (lambda: None), self._forget)

    def close(self) -> None:
        """Stop watching the scene. What is in the scene stays."""
        self._watch.stop()
        self._forget()

    def set_volume(self, volume: slicer.vtkMRMLScalarVolumeNode | None) -> None:
        """Choose the volume."""
        if volume is not self.volume:
            former = self._modality
            super().set_volume(volume)
            if self._modality != former:
                self._states.forget()

    @property
    def _modality(self) -> str:
        return modality_of_volume(self.volume) if self.volume is not None else ""

    @property
    def options(self) -> HarmonizerOptions:
        """What is asked besides the outputs."""
        return self._kept.options

    def change_options(self, **chosen: Any) -> None:
        """Change some of the options; another folder of label maps lets every output be read anew."""
        former = self.options
        self._kept.options = replace(former, **chosen)
        if self.options.label_maps != former.label_maps:
            self.reload_label_maps()

    @property
    def known(self) -> KnownModels:
        """All label maps, the user's own included."""
        if self._known is None:
            named = self._environment.get(VARIABLE, "").split(os.pathsep)
            folders = [Path(folder) for folder in (self.options.label_maps, *named) if folder]
            own = users_folder(self._environment)
            folders += [own] if own is not None and own.is_dir() else []
            self._known = KnownModels.load(tuple(dict.fromkeys(folders)), installed_terminologies(self._environment))
        return self._known

    def reload_label_maps(self) -> None:
        """Read the label maps anew, and the outputs as well where a label map has come, gone or changed."""
        former, self._known = self._known, None
        if former is not None and self.known.vocabularies != former.vocabularies:
            self._states.forget()

    @property
    def outputs(self) -> tuple[OutputChoice, ...]:
        """The outputs in the order in which they were given."""
        return self._kept.outputs

    def add(self, paths: Iterable[str]) -> int:
        """Take files and folders as further outputs, see :func:`.new_outputs`; those that are there already are not.

        :returns: how many outputs came.
        """
        there = self.outputs
        held = {path for choice in there for path in choice.paths}
        new = [path for path in (str(Path(path)) for path in paths) if path not in held]
        came = new_outputs(new, self.known, [choice.name for choice in there], self._modality)
        self._kept.outputs = (*there, *came)
        return len(came)

    def remove(self, number: int) -> None:
        """Take an output off the list. The segmentation that was made from it stays."""
        self._kept.outputs = [choice for n, choice in enumerate(self.outputs) if n != number]

    def change(self, number: int, **chosen: Any) -> None:
        """Change what was decided about an output. Another label map or task counts as a person's decision; with the
        label map the name changes, unless somebody gave the output another one.

        :param number: the place of the output in ``outputs``.
        :param chosen: fields of :class:`OutputChoice` and their values.
        """
        if chosen.keys() & {"label_map", "task"}:
            chosen.setdefault("is_confirmed", True)
        if "label_map" in chosen:
            names = [choice.name for choice in self.outputs]
            chosen.setdefault("name", renamed(self.outputs[number], str(chosen["label_map"]), self.known, names))
        self._kept.outputs = [
            replace(choice, **chosen) if n == number else choice for n, choice in enumerate(self.outputs)
        ]

    def choose_model(self, number: int, model: str) -> None:
        """Say which model wrote an output, "" for none that is known. Of its versions the likeliest is taken, and if
        there are several, a person is asked for it.

        :param number: the place of the output in ``outputs``.
        """
        versions = self.known.versions(model) if model else ()
        recognized = self._states.state(self.outputs[number], None).recognized
        likely = [one.vocabulary for one in recognized.found] if recognized else []
        names = [one.name for one in versions]
        best = next((name for name in likely if name in names), names[0] if names else "")
        self.change(number, label_map=best, task="", is_confirmed=len(versions) < 2)

    def choose_version(self, number: int, version: int) -> None:
        """Say which version of its model wrote an output: the number of one of ``known.versions(model)``.

        :param number: the place of the output in ``outputs``.
        :raises IndexError: if there is no such version.
        """
        choice = self.outputs[number]
        chosen = self.known.versions(model_of(self.known.vocabularies[choice.label_map]))[version]
        self.change(number, label_map=chosen.name, task=choice.task if choice.task in chosen.tasks else "")

    @property
    def is_waiting(self) -> bool:
        """Whether there is something to read, see :meth:`read`."""
        return any(self._states.state(choice, None).is_waiting for choice in self.outputs)

    def read(self, progress: Progress | None = None) -> None:
        """Read the outputs that have not been read yet.

        :param progress: called with a fraction and a few words; may raise to cancel, and then the rest waits.
        """
        self._states.read(self.outputs, self.known, progress or (lambda fraction, words: None), self._modality)

    @property
    def states(self) -> tuple[OutputState, ...]:
        """Where every output stands."""
        grid = self._grid()
        return tuple(self._states.state(choice, grid) for choice in self.outputs)

    @property
    def rows(self) -> list[LabelRow]:
        """The labels of all outputs."""
        return self._states.rows(self.outputs, self.known)

    def accept(self, row: LabelRow, suggestion: Suggestion | None = None) -> None:
        """Say yes to a suggestion; the best one where none is named.

        :param row: one that nobody can be asked about, or without candidates, stays as it is.
        """
        chosen = suggestion or (row.candidates[0] if row.candidates else None)
        if row.key is not None and chosen is not None:
            self._answer(row.output, [answer_of_suggestion(row.key, chosen)])

    def sure_rows(self) -> list[LabelRow]:
        """The rows whose best suggestion is sure, see :func:`.label_rows.sure_rows`."""
        return sure_rows(self.rows)

    def accept_sure(self) -> int:
        """Say yes to every sure suggestion; how many these were."""
        rows = self.sure_rows()
        for number in {row.output for row in rows}:
            here = [row for row in rows if row.output == number]
            answers = [answer_of_suggestion(row.key, row.candidates[0]) for row in here if row.key is not None]
            self._answer(number, answers)
        return len(rows)

    def answer(self, row: LabelRow, structure: CodedStructure, color: Color | None = None) -> None:
        """Say what a label is, by its codes.

        :param row: one that nobody can be asked about stays as it is.
        :param color: red, green and blue; None for the one that the structure has.
        """
        if row.key is not None:
            self._answer(row.output, [answer_of_codes(row.key, structure, self.known, color)])

    def take_back(self, row: LabelRow) -> None:
        """Forget what a person said about a label."""
        if row.key is not None:
            self.change(row.output, answers=self.outputs[row.output].answers_without({row.key}))

    def label_map_path(self, number: int) -> str:
        """Where the label map of an output's model may be saved: under the name of that which it was read with."""
        choice = self.outputs[number]
        name = choice.label_map or re.sub(r"\W+", "_", choice.name).strip("_").lower()
        return str(Path(self.options.label_maps or Path(choice.paths[0]).parent) / f"{name}.csv")

    def save_label_map(self, number: int, path: str) -> tuple[str, ...]:
        """Save what is known about an output's labels as a label map, and read the output with it.

        Its folder becomes the user's folder of label maps.

        :returns: the labels that are not in it, as nobody has explained them.
        :raises ConcordanceError: see :func:`write_own_label_map`.
        """
        choice = self.outputs[number]
        rows = [row for row in self.rows if row.output == number]
        file = Path(path)
        vocabulary, left_out = write_own_label_map(file, choice.name, self.known.vocabulary(choice.label_map), rows)
        self.change_options(label_maps=str(file.parent))
        self.reload_label_maps()  # the folder may be the same as before
        task = choice.task if choice.task in vocabulary.tasks else ""
        self.change(number, label_map=vocabulary.name, task=task, answers=())
        return left_out

    def obstacle(self) -> str:
        """Why nothing can be applied, in a sentence; "" where all is well."""
        problem = self.volume_obstacle()
        if problem:
            return problem
        used = [state for state in self.states if state.choice.use]
        if not used:
            return "Add the output of a model: drop its file or folder here."
        problems = [f"{state.choice.name}: {state.problem}" for state in used if state.problem]
        return problems[0] if problems else ""

    def warnings(self) -> list[str]:
        """What does not stop anything, but should be known before: labels without codes, resampling, label maps, and
        DICOM images that no SEG can refer to.
        """
        lines = [*self.known.notes]
        problem = self._images.problem(self.volume) if self.volume and not self.options.images else ""
        if problem:
            lines.append(f"No DICOM SEG can be written. {problem}")
        for number, state in enumerate(self.states):
            open_ = [row for row in self.rows if row.output == number and row.status in (UNKNOWN, SUGGESTED)]
            if open_ and state.choice.use:
                lines.append(f"{state.choice.name}: {len(open_)} labels have no codes until you say what they are.")
            if state.placed and state.placed.note and state.choice.use:
                lines.append(state.placed.note)
        return lines

    def apply(self, progress: Progress | None = None) -> tuple[slicer.vtkMRMLSegmentationNode, ...]:
        """Add one segmentation per output to the scene. One that an earlier call made takes its leave, unless edited.

        :param progress: called with a fraction and a few words; may raise to cancel, and then nothing has changed.
        :raises ConcordanceError: see :meth:`obstacle`.
        """
        obstacle = self.obstacle()
        if obstacle:
            raise ConcordanceError("Segment Harmonizer", obstacle)
        report = progress or (lambda fraction, words: None)
        self.notes = ()
        used = [(number, state) for number, state in enumerate(self.states) if state.choice.use]
        rows = self.rows
        ready: list[tuple[OutputState, LabelMap]] = []
        for place, (number, state) in enumerate(used):
            report(place / len(used), f"coding {state.choice.name}")
            here = [row for row in rows if row.output == number]
            placed = state.placed
            if placed is None or placed.brought is None:
                raise ConcordanceError(state.choice.name, "was not brought to the grid of the volume", "Read it again.")
            ready.append((state, harmonized_label_map(placed.brought.label_map, here, state.choice.name)))
        report(1.0, "adding segmentations")
        nodes = tuple(self._add_node(state, label_map) for state, label_map in ready)
        renamings = tuple(note for note in map(renaming_note, nodes) if note)
        self.notes = (f"Made: {', '.join(node.GetName() for node in nodes)}.", *renamings, *self.notes)
        return nodes

    @property
    def applied(self) -> tuple[ExportedNode, ...]:
        """The segmentations that were made and are still in the scene."""
        found = []
        for state in self.states:
            node = self._kept.node_of(state.choice)
            if node is not None and state.choice.use:
                vocabulary = self.known.vocabulary(state.choice.label_map)
                tasks = state.content.tasks if state.content else ()
                found.append(ExportedNode(node, state.choice.name, vocabulary, tasks, self._covered_of(node)))
        return tuple(found)

    def export_obstacle(self) -> str:
        """Why no DICOM SEG can be written, in a sentence; "" where all is well so far."""
        if not self.applied:
            return "Apply first: what is in the scene is exported."
        if not self.options.folder:
            return "Choose the folder to write to."
        if self.options.images:
            return ""  # looked into when it is needed: a path that is being typed may be a whole disk
        if self.volume is None or not self._images.are_known(self.volume):
            return "The volume was not loaded from DICOM: name the folder of its DICOM images."
        return self._images.problem(self.volume)

    def export(self, progress: Progress | None = None) -> Export:
        """Write the segmentations that were made, as they are in the scene now, as DICOM SEG; see :func:`export_segs`.

        :raises ConcordanceError: see :meth:`export_obstacle` and :func:`export_segs`.
        """
        obstacle = self.export_obstacle()
        if obstacle:
            raise ConcordanceError("DICOM SEG", obstacle)
        options = self.options
        export = export_segs(
            self.applied,
            self._images.series(self.volume, options.images),
            Path(options.folder),
            progress or (lambda fraction, words: None),
            as_label_map=options.as_label_map,
            leave_out_uncoded=options.leave_out_uncoded,
        )
        self.notes = export.notes
        return export

    def _answer(self, number: int, answers: Sequence[LabelAnswer]) -> None:
        self.change(number, answers=self.outputs[number].answers_with(answers))

    def _add_node(self, state: OutputState, label_map: LabelMap) -> slicer.vtkMRMLSegmentationNode:
        choice, former = state.choice, self._kept.node_of(state.choice)
        content = state.content
        if content is None:
            raise ConcordanceError(choice.name, "was not read", "Read it again.")
        looked_for = content.output.looked_for if content.output else ()
        covered = state.placed.brought.covered if state.placed and state.placed.brought else None
        node = add_harmonized_node(
            self.volume, label_map, choice.name, content.vocabulary, content.tasks, looked_for, covered
        )
        self._kept.set_node(choice, node)
        if former is not None and self._made.get(former.GetID()) == segmentation_state(former):
            ResultFolder(self.volume).remove(former)
        elif former is not None:
            self.notes += (f"{former.GetName()}: the earlier segmentation was edited since, and stays.",)
        self._made[node.GetID()] = segmentation_state(node)
        if state.placed is not None and state.placed.note:
            self.notes += (state.placed.note,)
        return node

    def _covered_of(self, node: slicer.vtkMRMLSegmentationNode) -> Geometry | None:
        covered, grid = covered_of_node(node), self._grid()
        return None if covered is None or grid is None else grid.part(covered)

    def _grid(self) -> Geometry | None:
        volume = self.volume
        try:
            return own_grid(volume) if volume is not None else None
        except ConcordanceError:
            return None

    def _forget(self) -> None:
        self._states.forget()
        self._made: dict[str, tuple] = {}
        self._images.forget()
        self.notes = ()
