"""What the rows look like, against pictures that a person has looked at.

A picture may differ a little from one Mesa to another. To make them anew, run with UPDATE_GOLDEN=1, and look at them.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scene.explorer_fixtures import Desk, key_of
from scene.explorer_rows import add_consensus_row, add_model_row, add_overlay_row
from SegmentationConcordanceLib.exploring.view_kinds import AXIAL, SAGITTAL, THREE_D

GOLDEN = Path(__file__).parents[1] / "golden"
_MEAN, _OFF, _SHARE = 1.0, 48, 0.01


def assert_looks_like(picture: np.ndarray, name: str) -> None:
    """The mean difference is below a grey level, and less than a hundredth of the pixels are clearly off."""
    path = GOLDEN / f"{name}.png"
    if os.environ.get("UPDATE_GOLDEN"):
        Image.fromarray(picture).save(path, optimize=True)
    golden = np.asarray(Image.open(path).convert("RGB")).astype(int)
    assert golden.shape == picture.shape
    difference = np.abs(golden - picture.astype(int)).max(axis=-1)
    assert difference.mean() < _MEAN
    assert (difference > _OFF).mean() < _SHARE


@pytest.mark.slow
def test_six_rows_with_a_missing_structure(whole_desk: Desk) -> None:
    whole_desk.explorer.set_views((AXIAL, SAGITTAL, THREE_D))
    for model in whole_desk.explorer.scan.drawn:
        add_model_row(whole_desk.explorer, model)
    whole_desk.explorer.select(key_of(whole_desk.explorer, "sternum"))
    assert_looks_like(whole_desk.screen.mosaic(whole_desk.explorer), "six_rows")


def test_one_step_shows_the_next_structure_and_not_the_last_one(whole_desk: Desk) -> None:
    add_model_row(whole_desk.explorer, "TotalSegmentator 2.6")
    add_model_row(whole_desk.explorer, "Auto3DSeg")
    whole_desk.explorer.select(key_of(whole_desk.explorer, "vertebrae_T8"))
    whole_desk.screen.mosaic(whole_desk.explorer)
    whole_desk.explorer.step(1)
    assert whole_desk.explorer.selected == key_of(whole_desk.explorer, "sternum")
    assert_looks_like(whole_desk.screen.mosaic(whole_desk.explorer), "one_step")


def test_the_overlay_and_the_consensus_with_the_agreement_map(whole_desk: Desk) -> None:
    add_overlay_row(whole_desk.explorer)
    add_consensus_row(whole_desk.explorer)
    whole_desk.explorer.select(key_of(whole_desk.explorer, "heart"))
    assert_looks_like(whole_desk.screen.mosaic(whole_desk.explorer), "overlay")
    whole_desk.explorer.set_map(True)
    assert_looks_like(whole_desk.screen.mosaic(whole_desk.explorer), "agreement_map")


def test_neighbours_are_seen_in_the_slices_and_through_in_3d(whole_desk: Desk) -> None:
    add_model_row(whole_desk.explorer, "TotalSegmentator 2.6")
    whole_desk.explorer.set_style(replace(whole_desk.explorer.style, neighbours=True, neighbour_opacity=0.6))
    whole_desk.explorer.select(key_of(whole_desk.explorer, "vertebrae_T3"))
    assert_looks_like(whole_desk.screen.mosaic(whole_desk.explorer), "neighbours")


def test_filled_pixels_have_the_colour_of_the_structure_or_of_the_model(desk: Desk) -> None:
    explorer = desk.explorer
    explorer.set_views((AXIAL, SAGITTAL))
    add_model_row(explorer, "CADS")
    explorer.set_style(replace(explorer.style, fill_opacity=1.0, outline_opacity=0.0))
    explorer.select(key_of(explorer, "aorta"))
    structure = next(s for s in explorer.walk.structures if s.name == "aorta")
    for color in (structure.color, explorer.legend["CADS"]):
        wanted = np.round(np.array(color) * 255)
        image = desk.screen.view("CSE1R").image()
        assert (np.abs(image - wanted).max(axis=-1) <= 1).sum() > 50
        explorer.set_style(replace(explorer.style, color_by_model=True))


def test_untrusted_names_are_drawn_as_they_are(desk: Desk) -> None:
    desk.explorer.set_views((AXIAL,))
    add_model_row(desk.explorer, "CADS")
    before = desk.screen.view("CSE1R").image()
    nodes = desk.host.scene.GetNodesByClassByName("vtkMRMLSegmentationNode", "CADS")
    nodes.GetItemAsObject(0).SetName("$\\frac{1}{0}$ & <b> | %s")
    desk.explorer.refresh()
    assert (desk.screen.view("CSE1R").image() != before).any()
    assert desk.host.errors == []
