"""Which segmentations are compared on a volume, and which models they are: the same for every module of a scene."""

from __future__ import annotations

import slicer

from . import model_parameters
from .model_grouping import ModelRule, SegmentationCandidate, find_candidates, nodes_of_models
from .volume_choice import VolumeChoice

NO_MODEL = "No segmentation of this volume takes part: load one, or check one that is loaded."


class ModelChoice(VolumeChoice):
    """A module's volume and the models of it. Rules and choices are shared: all modules see the same models."""

    @property
    def rules(self) -> tuple[ModelRule, ...]:
        """The keyword rules that group segmentations into models."""
        return model_parameters.read_rules(model_parameters.parameter_node(self._scene))

    def set_rules(self, rules: tuple[ModelRule, ...]) -> None:
        """Keep the rules, for all modules."""
        model_parameters.write_rules(model_parameters.parameter_node(self._scene), rules)

    @property
    def candidates(self) -> tuple[SegmentationCandidate, ...]:
        """The segmentations that have to do with the volume, as they are now; empty without a volume."""
        if self.volume is None:
            return ()
        choices = model_parameters.read_choices(model_parameters.parameter_node(self._scene))
        return find_candidates(self._scene, self.volume, self.rules, choices)

    def choose(self, node_id: str, *, use: bool | None = None, model: str | None = None) -> None:
        """Take a segmentation in or leave it out, or count it to another model; "" gives it its own name back.

        :param use: None leaves it as it was.
        :param model: None leaves it as it was.
        """
        node = model_parameters.parameter_node(self._scene)
        model_parameters.change_choice(node, node_id, use=use, model=model)

    def nodes_of_models(self) -> dict[str, list[slicer.vtkMRMLSegmentationNode]]:
        """The segmentations of every model that takes part, by the model's name."""
        return nodes_of_models(self._scene, self.candidates)


def too_few(models: int) -> str:
    """Why so many models cannot be compared, in a sentence; "" where they can."""
    if models > 1:
        return ""
    return f"Two models are needed, there are {models}: load segmentations, or name the models apart."
