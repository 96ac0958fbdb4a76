"""What the module ConsensusMetrics knows and decides, without Qt."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import fields, replace

import numpy as np
import slicer
from numpy.typing import NDArray

from ...agreement.analysis import CaseResult
from ...agreement.consensus_map import consensus_label_map
from ...agreement.disputed_place import Place, disputed_place
from ...agreement.option_fields import understood_option
from ...agreement.options import REFERENCE, AnalysisOptions
from ...agreement.severity import in_words
from ...agreement.subset import exclusion_note
from ...agreement.table import AgreementRow
from ...anatomy.combinations import combinations_named
from ...errors import ConcordanceError
from ...exploring.finding_walk import FindingWalk
from ...imaging.label_map import LabelMap
from ...imaging.resampling import bring_to_grid
from ...imaging.seg_writer import write_dicom_seg
from ..counted_models import CountedModels, count_models
from ..model_choice import ModelChoice, too_few
from ..scene_watch import SceneWatch
from ..selected_structure import select_structure
from ..volume_grid import own_grid
from ..volume_node import voxels_of
from ..volume_series import instances_of_volume, series_of_volume
from . import consensus_parameters as parameters
from .agreement_nodes import DICE_CHART, PLOT_LAYOUT, AgreementNodes

Progress = Callable[[float, str], None]


class ConsensusMetricsLogic(ModelChoice):
    """Finds the segmentations of a volume, compares them, and keeps the results in the scene.

    The user's choices are on the module's parameter node and so are saved with the scene. The inputs are never
    changed. The scene is watched until :meth:`close`.

    :param changed: called when segmentations or volumes came, went, changed or got another name, and when the scene
        was loaded or closed; maybe many times in a row.
    :ivar result: of the last :meth:`apply`; None before it, and after another volume was chosen or the scene closed.
    :ivar notes: sentences that belong beside it: what was resampled or left out, what STAPLE estimated.
    """

    def __init__(self, scene: slicer.vtkMRMLScene, changed: Callable[[], None] | None = None) -> None:
        super().__init__(scene, parameters.MODULE)
        self._former_layout: int | None = None
        self._counted: CountedModels | None = None
        self.result: CaseResult | None = None
        self.findings = FindingWalk()
        self.notes: tuple[str, ...] = ()
        self._watch = SceneWatch(scene, changed or (lambda: None), self._forget)

    def close(self) -> None:
        """Stop watching the scene. What is in the scene stays."""
        self._watch.stop()
        self._forget()

    def set_volume(self, volume: slicer.vtkMRMLScalarVolumeNode | None) -> None:
        """Choose the reference volume. Results for another one stay in the scene."""
        if volume is not self.volume:
            super().set_volume(volume)
            self._forget()

    @property
    def options(self) -> AnalysisOptions:
        """The options. Which models take part is not among them: see :attr:`candidates`."""
        return parameters.read_options(self._parameters())

    def set_options(self, options: AnalysisOptions) -> None:
        """Keep the options for the next :meth:`apply`."""
        parameters.write_options(self._parameters(), options)

    def change_options(self, **chosen: object) -> None:
        """Change some of the options. What does not go with the method is dropped: a reference must be one of the
        models, and knows no leaving out; only a reference knows a penalty for missing structures.

        :param chosen: as values, or as the text that :func:`.option_fields.shown_option` makes of them.
        :raises ConcordanceError: a text or a value is none that the option can have; nothing has changed.
        """
        understood = {field: understood_option(field, value) for field, value in chosen.items()}
        options = {field.name: getattr(self.options, field.name) for field in fields(AnalysisOptions)} | understood
        models = self.models
        if options["method"] == REFERENCE:
            options["leave_one_out"] = False
            options["reference"] = options["reference"] or (models[0] if models else "")
        else:
            options["penalize_missing"] = False
        if options["method"] != REFERENCE or options["reference"]:
            self.set_options(AnalysisOptions(**options))

    @property
    def combinations(self) -> tuple[str, ...]:
        """Names of the combinations of :mod:`..anatomy.combinations` that are made before comparing."""
        return parameters.read_combinations(self._parameters())

    def set_combinations(self, names: Iterable[str]) -> None:
        """Keep the names of the combinations."""
        parameters.write_combinations(self._parameters(), names)

    @property
    def models(self) -> tuple[str, ...]:
        """The models that take part."""
        return tuple(self.nodes_of_models())

    def obstacle(self) -> str:
        """Why nothing can be computed, in a sentence; "" where all is well."""
        models = self.models
        problem = self.volume_obstacle() or too_few(len(models))
        if problem:
            return problem
        if self.options.method == REFERENCE and self.options.reference not in models:
            return f"The reference {self.options.reference} does not take part."
        try:
            combinations_named(self.combinations)
        except ConcordanceError as error:
            return str(error)
        return ""

    def exclusion_note(self) -> str:
        """What leaving models out does to the numbers; "" where none is left out or it does no harm."""
        everybody = all(candidate.use for candidate in self.candidates)
        return "" if everybody else exclusion_note(self.options.method)

    def apply(self, progress: Progress | None = None) -> CaseResult:
        """Compare the models, and put tables, plots and consensus into the scene in place of earlier ones.

        Voxels are counted only where volume or segmentations have changed or a model came in; other options, and fewer
        models, follow from the counts.

        :param progress: called with a fraction and a few words; may raise to cancel, and then nothing has changed.
        :raises ConcordanceError: there is nothing to compare, or the options do not fit the models.
        """
        obstacle, volume = self.obstacle(), self.volume
        if obstacle or volume is None:
            raise ConcordanceError("Consensus Metrics", obstacle)
        report = progress or (lambda fraction, words: None)
        report(0.0, "counting voxels")
        counted = self._still_counted() or count_models(volume, self.nodes_of_models(), self.combinations)
        options = replace(self.options, models=self._comparable(counted))
        result = counted.analysis.result(options, lambda part, words: report(0.2 + 0.6 * part, words))
        report(0.8, "making the consensus")
        consensus = self._consensus_of(result)
        report(0.9, "filling tables and plots")
        self._nodes().replace_all(result, consensus)
        self._counted, self.result = counted, result
        self.findings = FindingWalk()
        notes = [note for model in self.models for note in counted.notes[model]]
        self.notes = tuple(dict.fromkeys(note for note in (*notes, *result.notes, self.exclusion_note()) if note))
        return result

    @property
    def is_current(self) -> bool:
        """Whether the result is what :meth:`apply` would give now."""
        counted = self._still_counted()
        if self.result is None or counted is None:
            return False
        return self.result.options == replace(self.options, models=self._comparable(counted))

    def summary(self) -> list[str]:
        """What was compared, the worst of it, whether it still holds, and the notes; nothing without result."""
        if self.result is None:
            return []
        known = sum(structure.n_voters > 1 for structure in self.result.comparison.structures)
        models, method = self.result.comparison.models, self.result.consensus.method
        counted = "1 structure" if known == 1 else f"{known} structures"
        lines = [f"{counted} that two or more of {len(models)} models know. Consensus: {method}."]
        worst = self.result.worst()
        if worst is not None:
            lines.append(f"Worst: {in_words(worst, self.result.agreement)}.")
        if not self.is_current:
            lines.append("Segmentations or options have changed since: apply again.")
        return [*lines, *(note for note in self.notes if note != self.exclusion_note())]

    def jump_to(self, row: AgreementRow, view_group: int = -1) -> Place | None:
        """Move all slices to where the models differ most about the row's structure, and select the structure.

        :param view_group: of the views to move; -1 for all.
        :returns: the place in RAS, mm; None where no model marked anything, or the result is gone.
        """
        if self.result is None or self._counted is None:
            return None
        select_structure(self._scene, row.structure_key)
        place = disputed_place(self.result.comparison, self._counted.models, row.structure_key)
        return self._go_to(place, view_group)

    def step_finding(self, steps: int, view_group: int = -1) -> Place | None:
        """Go to the next finding, the gravest first, negative to the former: select its structure, move all slices.

        Looks at the voxels when it is first called for a result.

        :returns: the place in RAS, mm; None without findings, or where one has no place.
        """
        if self.result is None:
            return None
        if self.findings.findings != self.result.findings:
            self.findings = FindingWalk(self.result.findings)
        self.findings = self.findings.stepped(steps)
        finding = self.findings.current
        if finding is None:
            return None
        select_structure(self._scene, finding.structures[0])
        return self._go_to(finding.place_ras, view_group)

    def _go_to(self, place: Place | None, view_group: int) -> Place | None:
        if place is not None:
            mode = slicer.vtkMRMLSliceNode.CenteredJumpSlice
            slicer.vtkMRMLSliceNode.JumpAllSlices(self._scene, *place, mode, view_group)
        return place

    def row_of_point(self, series_id: str, point: int) -> AgreementRow | None:
        """The row behind the n-th point of a plot series; None where there is none.

        :param series_id: the id of the series' node.
        :param point: counted from 0.
        """
        return None if self.result is None else self._nodes().row_of_point(self.result, series_id, point)

    def show_plot(self, chart: str = DICE_CHART) -> bool:
        """Show a plot of :data:`.agreement_nodes.CHARTS` and its table beside the slices; False where they are gone.

        A layout that shows a plot and a table stays; else another is taken until :meth:`restore_layout`.
        """
        layout = self._scene.GetFirstNodeByClass("vtkMRMLLayoutNode")
        former = layout.GetViewArrangement() if layout is not None else PLOT_LAYOUT
        shown = self.volume is not None and self._nodes().show(chart)
        if shown and former != PLOT_LAYOUT and layout.GetViewArrangement() == PLOT_LAYOUT:
            self._former_layout = former
        return shown

    def restore_layout(self) -> None:
        """Give back the layout before the first plot, unless another one was chosen since."""
        layout = self._scene.GetFirstNodeByClass("vtkMRMLLayoutNode")
        former, self._former_layout = self._former_layout, None
        if former is not None and layout is not None and layout.GetViewArrangement() == PLOT_LAYOUT:
            layout.SetViewArrangement(former)

    def show_models(self, visible: bool) -> None:
        """Show or hide the segmentations that are compared."""
        for nodes in self.nodes_of_models().values():
            for node in nodes:
                if node.GetDisplayNode() is not None:
                    node.GetDisplayNode().SetVisibility(visible)

    def show_consensus(self, visible: bool) -> None:
        """Show or hide the outlines of the consensus."""
        if self.volume is not None:
            self._nodes().set_consensus_visible(visible)

    def show_agreement_map(self, structure_key: str = "") -> slicer.vtkMRMLLabelMapVolumeNode | None:
        """Lay the number of agreeing models over the slices: of one structure, or "" for all; None without result."""
        if self.result is None or self._counted is None:
            return None
        return self._nodes().show_map(self._counted.analysis, self.result, structure_key)

    def hide_agreement_map(self) -> None:
        """Take the agreement map out of views and scene."""
        if self.volume is not None:
            self._nodes().remove_map()

    def scan_voxels(self) -> NDArray[np.number] | None:
        """Voxels (k, j, i) of the volume that the result is of, for pictures; None where the two do not fit."""
        if self.volume is None or self.result is None:
            return None
        voxels = voxels_of(self.volume)
        fits = voxels is not None and voxels.shape == self.result.comparison.geometry.shape
        return voxels if fits else None

    def seg_obstacle(self) -> str:
        """Why the consensus cannot become a DICOM SEG, and what to do; "" where the volume came from DICOM."""
        if self.volume is None or instances_of_volume(self.volume):
            return ""
        return (
            f"{self.volume.GetName()} was not loaded from DICOM, so there are no images that a DICOM SEG could refer "
            "to. Load the scan's DICOM series through the DICOM module and choose it as the volume, or save the "
            "consensus of the Data module as .seg.nrrd."
        )

    def write_consensus(self, path: str | os.PathLike[str], file_of_instance: Callable[[str], str]) -> None:
        """Write the consensus as a DICOM SEG that refers to the images of the volume.

        :param file_of_instance: the file of a SOPInstanceUID, see :func:`.volume_series.series_of_volume`.
        :raises ConcordanceError: there is no result, the volume's DICOM files are not known, or the consensus is empty.
        """
        if self.result is None:
            raise ConcordanceError("consensus", "has not been computed", "Press Apply.")
        series = series_of_volume(self.volume, file_of_instance)
        on_series = bring_to_grid(
            self._consensus_of(self.result), series.geometry, "consensus", allow_extent_change=True
        )
        name = f"Consensus ({self.result.consensus_of_all.method})"
        description = f"{name} of {len(self.result.comparison.models)} models"
        write_dicom_seg(path, on_series, series, model_name=name, series_description=description)

    def _nodes(self) -> AgreementNodes:
        return AgreementNodes(self.volume)

    def _forget(self) -> None:
        self._counted = None
        self.result = None
        self.findings = FindingWalk()
        self.notes = ()

    def _still_counted(self) -> CountedModels | None:
        """What was counted, where it holds all that is to be compared, unchanged."""
        counted, volume = self._counted, self.volume
        if counted is None or volume is None:
            return None
        return counted if counted.holds(volume, self.nodes_of_models(), self.combinations) else None

    def _comparable(self, counted: CountedModels) -> tuple[str, ...]:
        """Of the models that take part, the ones that could be brought to the volume's grid."""
        return tuple(name for name in self.models if name in counted.analysis.comparison.models)

    def _consensus_of(self, result: CaseResult) -> LabelMap:
        """On the volume's own grid."""
        consensus = consensus_label_map(result.comparison, result.consensus_of_all)
        return LabelMap(consensus.layers, own_grid(self.volume), consensus.segments)
