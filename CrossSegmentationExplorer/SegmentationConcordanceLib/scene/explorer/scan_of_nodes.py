"""The explored scan of a volume and the segmentation nodes that belong to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import slicer

from ...agreement.analysis import Analysis
from ...agreement.comparison import Comparison
from ...agreement.models import ModelSegmentation
from ...agreement.options import AnalysisOptions
from ...errors import ConcordanceError
from ...exploring.explored_scan import DrawnModel, ExploredScan, SegmentPlace, key_of
from ...imaging.label_map import Segment
from ..input_state import segmentation_state, volume_state
from ..loaded_models import load_models
from ..model_grouping import find_candidates, nodes_of_models
from ..volume_series import series_uid_of_volume

NodesOf = Mapping[str, Sequence[slicer.vtkMRMLSegmentationNode]]


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
    state = scan_state(volume, nodes_of)
    loaded = load_models(volume, nodes_of)
    notes = tuple(note for some in loaded.notes.values() for note in some)
    if len(loaded.models) < least:
        fewer = "fewer than two models can be compared" if least > 1 else "no model can be shown"
        raise ConcordanceError(volume.GetName(), fewer, " ".join(notes))
    analysis = Analysis(loaded.models, case=volume.GetName(), series_uid=series_uid_of_volume(volume))
    drawn = {model.model: drawn_model(analysis.comparison, model, nodes_of[model.model]) for model in loaded.models}
    return ExploredScan(analysis, analysis.result(options or AnalysisOptions()), drawn, notes, state)


def scan_state(volume: slicer.vtkMRMLScalarVolumeNode, nodes_of: NodesOf) -> tuple:
    """Something that differs once the volume, a model's nodes, or their voxels, segments or codes have changed.

    :param nodes_of: a model's name to its nodes.
    """
    models = tuple((name, tuple(map(segmentation_state, nodes))) for name, nodes in nodes_of.items())
    return volume_state(volume), models


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


def models_of_volume(volume: slicer.vtkMRMLScalarVolumeNode) -> NodesOf:
    """The segmentations of the scene that belong to a volume, by model."""
    scene = volume.GetScene()
    if scene is None:
        return {}
    found = nodes_of_models(find_candidates(scene, volume))
    return {model: [scene.GetNodeByID(node_id) for node_id in ids] for model, ids in found.items()}
