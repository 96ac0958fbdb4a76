"""The agreement map's legend in the views, and what is not drawn beside the map."""

from __future__ import annotations

import numpy as np
import vtk

from scene.explorer_fixtures import Desk, key_of
from scene.explorer_rows import add_consensus_row, add_model_row
from SegmentationConcordanceLib.agreement.agreement_colors import agreement_steps
from SegmentationConcordanceLib.exploring.map_legend_html import map_legend_html
from SegmentationConcordanceLib.exploring.view_kinds import AXIAL, CORONAL
from SegmentationConcordanceLib.scene.nodes_of_class import nodes_of_class


def texts(desk: Desk, view: str) -> list[str]:
    props = desk.screen.view(view).renderer.GetViewProps()
    return [prop.GetInput().strip() for prop in props if isinstance(prop, vtk.vtkTextActor)]


def legend(desk: Desk, view: str) -> list[str]:
    return [text for text in texts(desk, view) if text.isdigit() or text.startswith("of ")]


def test_it_stands_in_the_first_view_and_follows_rows_views_and_structure(desk: Desk) -> None:
    explorer = desk.explorer
    explorer.set_views((AXIAL, CORONAL))
    for model in ("CADS", "MOOSE"):
        add_model_row(explorer, model)
    explorer.select(key_of(explorer, "heart"))  # which four models know
    assert legend(desk, "CSE1R") == []
    explorer.set_map(True)
    explorer.views_ready()
    assert legend(desk, "CSE1R") == ["1", "2", "3", "4", "of 4 models"]
    assert legend(desk, "CSE2R") == legend(desk, "CSE1G") == []
    explorer.set_views((CORONAL,))
    explorer.set_rows(explorer.rows[1:])
    explorer.views_ready()
    assert legend(desk, "CSE2G") == ["1", "2", "3", "4", "of 4 models"]
    explorer.select(key_of(explorer, "aorta"))
    assert legend(desk, "CSE2G")[-1] == "of 6 models"
    explorer.set_map(False)
    assert legend(desk, "CSE2G") == []
    explorer.set_map(True)
    explorer.leave()
    assert desk.host.errors == []


def test_a_structure_is_not_filled_where_the_map_has_its_colours(desk: Desk) -> None:
    explorer = desk.explorer
    explorer.set_views((AXIAL,))
    add_model_row(explorer, "CADS")
    explorer.select(key_of(explorer, "aorta"))
    explorer.set_map(True)
    explorer.views_ready()
    image = desk.screen.view("CSE1R").image().astype(int)
    steps = agreement_steps(6)
    # the map lies over grey voxels: between grey and the step's colour, by the map's opacity
    single = np.array(steps[0].color) * 255
    chroma = image - image.mean(axis=2, keepdims=True)
    wanted = 0.85 * (single - single.mean())
    assert (np.abs(chroma - wanted).max(axis=2) < 4).sum() > 5
    filled = explorer.style.fill_opacity
    assert explorer.style.fill and filled > 0  # the choice itself stays
    explorer.set_map(False)
    assert (np.abs(desk.screen.view("CSE1R").image().astype(int) - image).max(axis=2) > 30).sum() > 50


def test_as_rich_text_for_the_panel() -> None:
    assert map_legend_html(()) == ""
    text = map_legend_html(agreement_steps(2))
    assert text.count("<span") == 2
    assert 'background-color:#afedaa; color:#000000">&nbsp;1&nbsp;' in text
    assert text.endswith("of 2 models")


def test_the_map_and_the_consensus_are_made_without_the_volume_too(desk: Desk) -> None:
    """A user deletes it from the scene; what was counted of it stays until it is counted anew."""
    explorer = desk.explorer
    explorer.set_views((AXIAL,))
    add_model_row(explorer, "CADS")
    explorer.set_map(True)
    explorer.select(key_of(explorer, "heart"))
    desk.host.scene.RemoveNode(explorer.volume)
    explorer.select(key_of(explorer, "aorta"))
    maps = [node.GetName() for node in nodes_of_class(desk.host.scene, "vtkMRMLLabelMapVolumeNode")]
    assert maps == ["Agreement on aorta (row)"]
    add_consensus_row(explorer)
    assert explorer.status(explorer.rows[-1]) == ""
    assert desk.host.errors == []
