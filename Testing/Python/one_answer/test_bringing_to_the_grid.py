"""An output comes to the grid of the images in one way, whoever asks: the command line, a scene, the harmonizer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scene.agreement_scene import GEOMETRY, SHAPE, add_volume
from scene.harmonizer_files import write_output
from SegmentationConcordanceLib.cohort.runs import RunFile, read_runs
from SegmentationConcordanceLib.errors import GeometryMismatchError
from SegmentationConcordanceLib.harmonizing.placed_output import place_output
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment
from SegmentationConcordanceLib.imaging.volume_files import read_label_volume
from SegmentationConcordanceLib.scene.loaded_models import load_models
from SegmentationConcordanceLib.scene.segmentation_node import add_segmentation_node

SPLEEN = 15  # of MOOSE's organs
LABELS = (slice(1, 3), slice(1, 3), slice(1, 4))
FLIPPED = Geometry.from_parts(SHAPE, (10, 10, 100), GEOMETRY.lps_of((7, 5, 0)), np.diag([-1.0, -1.0, 1.0]))
COARSE = Geometry.from_parts((3, 6, 8), (10, 10, 200), GEOMETRY.origin_lps, np.eye(3))
HALF_OUTSIDE = Geometry.from_parts(SHAPE, (10, 10, 100), GEOMETRY.lps_of((-2, 0, 0)), np.eye(3))
ELSEWHERE = Geometry.from_parts(SHAPE, (10, 10, 100), GEOMETRY.origin_lps + 9000, np.eye(3))
BETWEEN = Geometry.from_parts(SHAPE, (10, 10, 100), GEOMETRY.lps_of((0.4, 0, 0)), np.eye(3))


class Notes:
    """What the command line is told on the way."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str = "") -> None: ...

    def warn(self, line: str, report: str = "") -> None:
        self.lines.append(report)

    def progress(self, fraction: float, what: str) -> None: ...


def by_command(path: Path, *, resample: bool = True) -> tuple[np.ndarray, list[str]]:
    notes = Notes()
    (read,) = read_runs([RunFile("run", path, "moose", "clin_ct_organs")], GEOMETRY, notes, resample=resample)
    return union(read.label_map), notes.lines


def by_scene(path: Path, scene) -> tuple[np.ndarray, list[str]]:
    loaded = load_models(add_volume(scene), {"run": [add_segmentation_node(scene, as_read(path), "run")]})
    return union(loaded.models[0].label_map) if loaded.models else np.zeros(0), list(loaded.notes["run"])


def by_harmonizer(path: Path, *, resample: bool = True):
    return place_output(as_read(path), GEOMETRY, "run", [str(path)], resample=resample)


def as_read(path: Path) -> LabelMap:
    voxels, geometry = read_label_volume(path)
    return LabelMap((voxels.astype(np.uint8),), geometry, (Segment(SPLEEN, "spleen"),))


def union(label_map: LabelMap) -> np.ndarray:
    return np.logical_or.reduce([layer > 0 for layer in label_map.layers])


@pytest.mark.parametrize(
    ("geometry", "shape", "expected", "note"),
    [
        pytest.param(GEOMETRY, SHAPE, LABELS, "", id="the same voxels"),
        pytest.param(FLIPPED, SHAPE, np.s_[1:3, 3:5, 4:7], "", id="flipped axes"),
        # Slices 1 and 2 of 200 mm lie at 200 and 400 mm: nearest to the images' slices 1 to 4 of 100 mm.
        pytest.param(
            COARSE,
            (3, 6, 8),
            np.s_[1:5, 1:3, 1:4],
            "run: resampled by nearest neighbour from a grid of 10 x 10 x 200 mm.",
            id="thicker slices",
        ),
        pytest.param(
            BETWEEN,
            SHAPE,
            LABELS,
            "run: resampled by nearest neighbour from a grid of 10 x 10 x 100 mm.",
            id="between the voxels",
        ),
    ],
)
def test_voxels_and_note_are_the_same(scene_host, tmp_path, geometry, shape, expected, note):
    path = Path(write_output(tmp_path / "CT_organs_segmentation_a.nii.gz", {SPLEEN: LABELS}, geometry, shape))
    wanted = np.zeros(SHAPE, bool)
    wanted[expected] = True
    placed = by_harmonizer(path)
    answers = {
        "command": by_command(path),
        "scene": by_scene(path, scene_host.scene),
        "harmonizer": (union(placed.brought.label_map), [placed.note] if placed.note else []),
    }
    for door, (voxels, notes) in answers.items():
        assert np.array_equal(voxels, wanted), door
        assert notes == ([note] if note else []), door


def test_labelled_voxels_outside_of_the_images_are_counted_alike(scene_host, tmp_path):
    path = Path(write_output(tmp_path / "CT_organs_segmentation_a.nii.gz", {SPLEEN: LABELS}, HALF_OUTSIDE))
    wanted = np.zeros(SHAPE, bool)
    wanted[1:3, 1:3, 0:2] = True  # two columns of three; of 12 voxels 4 are lost
    said = "4 of 12 labelled voxels lie outside of the scan"
    placed = by_harmonizer(path)
    for voxels, notes in (
        by_command(path),
        by_scene(path, scene_host.scene),
        (union(placed.brought.label_map), [placed.note]),
    ):
        assert np.array_equal(voxels, wanted) and said in " ".join(notes)


def test_what_needs_resampling_is_refused_alike_where_nobody_allowed_it(tmp_path):
    path = Path(write_output(tmp_path / "CT_organs_segmentation_a.nii.gz", {SPLEEN: LABELS}, COARSE, (3, 6, 8)))
    with pytest.raises(GeometryMismatchError, match=r"does not lie on the voxels of the scan: .*spacing") as refused:
        by_command(path, resample=False)
    problem = by_harmonizer(path, resample=False).problem
    assert refused.value.fact in problem  # the remedies differ: an option there, a check box here


def test_what_lies_elsewhere_is_refused_alike_even_where_resampling_is_allowed(scene_host, tmp_path):
    path = Path(write_output(tmp_path / "CT_organs_segmentation_a.nii.gz", {SPLEEN: LABELS}, ELSEWHERE))
    said = "all of it lies outside of the scan. Choose the scan that it was made on."
    with pytest.raises(GeometryMismatchError) as refused:
        by_command(path)
    _, notes = by_scene(path, scene_host.scene)
    for words in (str(refused.value), " ".join(notes), by_harmonizer(path).problem):
        assert said in words


def test_a_part_of_the_images_needs_no_resampling_and_what_it_covers_is_told_alike(tmp_path):
    part = GEOMETRY.part(np.s_[0:4, 0:6, 0:8])
    path = Path(write_output(tmp_path / "CT_organs_segmentation_a.nii.gz", {SPLEEN: LABELS}, part, (4, 6, 8)))
    (read,) = read_runs([RunFile("run", path, "moose", "clin_ct_organs")], GEOMETRY, Notes())
    placed = by_harmonizer(path, resample=False)
    assert read.covered == placed.brought.covered == (slice(0, 4), slice(0, 6), slice(0, 8))
    said = "run: covers 8 x 6 x 4 of 8 x 6 x 5 voxels of the scan: what lies outside was not looked for."
    assert by_command(path, resample=False)[1] == [said] and placed.note == said
