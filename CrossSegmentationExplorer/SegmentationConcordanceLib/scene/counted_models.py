"""The models of a volume, counted once: options and views follow from the counts until the scene changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import slicer

from ..agreement.analysis import Analysis
from ..agreement.combine import combined
from ..agreement.models import ModelSegmentation
from ..anatomy.combinations import combinations_named
from ..errors import ConcordanceError
from .input_state import segmentation_state, volume_state
from .loaded_models import load_models
from .volume_series import series_uid_of_volume

NodesOf = Mapping[str, Sequence[slicer.vtkMRMLSegmentationNode]]


@dataclass(frozen=True, eq=False)
class CountedModels:
    """What was counted, and of what.

    :param state: :func:`scan_state` of then.
    :param combinations: names of what was put together of parts before.
    :param models: on the volume's grid, in the world.
    :param notes: by model, those that were left out included: what was done to it, or why it is not there.
    """

    state: tuple
    combinations: tuple[str, ...]
    models: tuple[ModelSegmentation, ...]
    notes: Mapping[str, tuple[str, ...]]
    analysis: Analysis

    def holds(
        self, volume: slicer.vtkMRMLScalarVolumeNode, nodes_of: NodesOf, combinations: tuple[str, ...] = ()
    ) -> bool:
        """Whether all of these models were counted, and nothing of them and of the volume's grid has changed.

        :param nodes_of: the segmentation nodes of every model, by its name.
        :param combinations: as in :func:`count_models`.
        """
        (then, models), (now, wanted) = self.state, scan_state(volume, nodes_of)
        return (then, self.combinations) == (now, combinations) and set(wanted) <= set(models)


def scan_state(volume: slicer.vtkMRMLScalarVolumeNode, nodes_of: NodesOf) -> tuple:
    """Something that differs once the volume, a model's nodes, or their voxels, segments or codes have changed.

    :param nodes_of: the segmentation nodes of every model, by its name.
    """
    models = tuple((name, tuple(map(segmentation_state, nodes))) for name, nodes in nodes_of.items())
    return volume_state(volume), models


def count_models(
    volume: slicer.vtkMRMLScalarVolumeNode,
    nodes_of: NodesOf,
    combinations: tuple[str, ...] = (),
    least: int = 2,
) -> CountedModels:
    """Bring the models to the volume's grid and count their voxels; the scene does not change.

    :param nodes_of: the segmentation nodes of every model, by its name.
    :param combinations: names of :mod:`.anatomy.combinations` that are made before.
    :param least: how many models there must be; one alone can be looked at.
    :raises ConcordanceError: fewer can be compared, the volume has no grid, or a combination is not known.
    """
    wanted = combinations_named(combinations)
    state = scan_state(volume, nodes_of)
    loaded = load_models(volume, nodes_of)
    if len(loaded.models) < least:
        fewer = "fewer than two models can be compared" if least > 1 else "no model can be shown"
        notes = " ".join(note for some in loaded.notes.values() for note in some)
        raise ConcordanceError(volume.GetName(), fewer, notes)
    models = tuple(combined(model, wanted) for model in loaded.models)
    analysis = Analysis(models, case=volume.GetName(), series_uid=series_uid_of_volume(volume))
    return CountedModels(state, combinations, models, loaded.notes, analysis)
