"""The models of a volume under the names and in the order in which they are shown: others in a blinded review."""

from __future__ import annotations

import slicer

from ...errors import ConcordanceError
from ...review.blinding import OPEN, Blinding
from ..counted_models import NodesOf
from .scene_review import SceneReview


class ShownModels:
    """Names models as the review wants them named, and opens a case of it when other models come.

    :ivar problem: why the models cannot be named, in a sentence; "" where all is well. Then none is shown: their own
        names would tell the reader what the review hides.
    """

    def __init__(self, review: SceneReview) -> None:
        self._review = review
        self._opened: tuple[str, tuple[str, ...], Blinding] = ("", (), OPEN)
        self.problem = ""

    def nodes_of(self, volume: slicer.vtkMRMLScalarVolumeNode | None, nodes: NodesOf) -> NodesOf:
        """The segmentation nodes of each model, by the name that is shown, in the order of the rows.

        :param volume: the scan whose reading may hide the names.
        :param nodes: by the model's own name.
        :returns: nothing where the names cannot be told; :attr:`problem` then says why.
        """
        try:
            hidden = self._names_of(volume, tuple(nodes))
        except ConcordanceError as error:
            self.problem = str(error)
            return {}
        self.problem = ""
        return {hidden.shown(model): nodes[model] for model in (hidden.order or nodes)}

    def forget(self) -> None:
        """Open the case anew when it is asked for next: the review has changed."""
        self._opened = ("", (), OPEN)

    def _names_of(self, volume: slicer.vtkMRMLScalarVolumeNode | None, models: tuple[str, ...]) -> Blinding:
        if volume is None or not self._review.is_on or not models:
            return OPEN
        if self._opened[:2] != (volume.GetID(), models):
            self._opened = (volume.GetID(), models, self._review.open(volume, models))
        return self._opened[2]
