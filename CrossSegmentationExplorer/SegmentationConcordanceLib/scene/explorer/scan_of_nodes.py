"""The explored scan of a volume and the segmentation nodes that belong to it."""

from __future__ import annotations

from collections.abc import Sequence

import slicer

from ...agreement.comparison import Comparison
from ...agreement.models import ModelSegmentation
from ...agreement.options import AnalysisOptions
from ...exploring.explored_scan import DrawnModel, ExploredScan, SegmentPlace, key_of
from ...imaging.label_map import Segment
from ..counted_models import NodesOf, count_models


def explore_scan(
    volume: slicer.vtkMRMLScalarVolumeNode,
    nodes_of: NodesOf,
    options: AnalysisOptions | None = None,
    least: int = 2,
) -> ExploredScan:
    """Bring the models to the volume's grid and compare them; the scene does not change.

    :param nodes_of: the segmentation nodes of every model, by its name.
    :param options: of the consensus; by default the strict intersection of all.
    :param least: how many models there must be; one alone can be looked at.
    :raises ConcordanceError: fewer can be compared.
    """
    counted = count_models(volume, nodes_of, least=least)
    comparison = counted.analysis.comparison
    drawn = {model.model: drawn_model(comparison, model, nodes_of[model.model]) for model in counted.models}
    notes = tuple(note for some in counted.notes.values() for note in some)
    result = counted.analysis.result(options or AnalysisOptions())
    return ExploredScan(counted.analysis, result, drawn, notes, counted.state)


def drawn_model(
    comparison: Comparison, model: ModelSegmentation, nodes: Sequence[slicer.vtkMRMLSegmentationNode]
) -> DrawnModel:
    """Tie a model's label map to the nodes that it was made of, or that were made of it.

    :param comparison: of which the model is a part.
    :param nodes: with as many segments as the label map has, in its order.
    :raises ValueError: if they have more or fewer.
    """
    places = [
        SegmentPlace(node.GetID(), segment_id)
        for node in nodes
        for segment_id in node.GetSegmentation().GetSegmentIDs()
    ]
    keys = {structure.identity: key_of(structure) for structure in comparison.structures}
    segments: dict[str, tuple[Segment, ...]] = {}
    for segment in model.label_map.segments:
        key = keys[model.structure_of(segment)]
        segments[key] = (*segments.get(key, ()), segment)
    # A label map made of a node lists the segments in the node's order, and joined ones node by node.
    of_segment = dict(zip(model.label_map.segments, places, strict=True))
    return DrawnModel(model, tuple(node.GetID() for node in nodes), of_segment, segments)
