"""Pictures of findings: outlines along the edges of voxels, at the place, the way that radiologists look."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest
import SimpleITK

from SegmentationConcordanceLib.agreement.comparison import compare_models
from SegmentationConcordanceLib.agreement.finding import Finding
from SegmentationConcordanceLib.agreement.models import ModelSegmentation
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment
from SegmentationConcordanceLib.reporting.outlines import outline_path
from SegmentationConcordanceLib.reporting.pictures import PIXELS, PictureMaker, pictures_of_findings, telling_plane


def mask(*rows):
    return np.array([[character == "#" for character in row] for row in rows])


@pytest.mark.parametrize(
    ("rows", "path"),
    [
        (("....", ".##.", "...."), "M1 1h2v1h-2z"),
        (("#...", ".#..", "...."), "M1 0v1h-1M1 1h1v1h-1z"),
        ((".....", ".###.", ".#.#.", ".###.", "....."), "M1 1h3v3h-3zM2 3h1v-1h-1z"),
        (("...", "...", "..."), ""),
        (("###", "###", "###"), ""),
        (("...", "###", "###"), "M0 1h3"),
    ],
    ids=["one", "parts that touch at a corner", "hole", "nothing", "all that is seen", "goes on beyond the picture"],
)
def test_an_outline_goes_along_the_edges_between_inside_and_outside(rows, path):
    assert outline_path(mask(*rows)) == path


@pytest.fixture(scope="module")
def liver():
    labels = load_vocabulary("totalsegmentator_v2").labels
    return next(label.structure for label in labels if label.structure_name == "liver")


def model(name, voxels, structure, geometry):
    segment = Segment(1, "liver", structure)
    found = ModelSegmentation(name, LabelMap((voxels,), geometry, (segment,)))
    return ModelSegmentation(name, found.label_map, found.known_structures())


@pytest.fixture(params=["LPS", "RAS"])
def case(request, liver):
    """A block of 20 x 10 x 8 mm (x, y, z) around LPS (5, 0, 0) in A; B has nothing; the scan is bright left of x = 0.

    The grid runs along or against the axes of LPS: the pictures are the same.
    """
    sign = 1 if request.param == "LPS" else -1
    affine = np.diag([sign * 1.0, sign * 1.0, 2.0, 1.0])
    affine[:3, 3] = (-sign * 60, -sign * 60, -60)
    geometry = Geometry((61, 121, 121), affine)
    k, j, i = np.indices(geometry.shape)
    x, y, z = np.moveaxis(geometry.lps_of(np.stack([i, j, k], axis=-1)), -1, 0)
    block = (np.abs(x - 5) <= 10) & (np.abs(y) <= 5) & (np.abs(z) <= 4)
    scan = np.where(x > 0, 40, -1000).astype(np.int16)
    models = [
        model("A", block.astype(np.uint8), liver, geometry),
        model("B", np.zeros(geometry.shape, np.uint8), liver, geometry),
    ]
    return compare_models(models), scan


def box_of(path):
    """Left, top, right and bottom of a path of one rectangle, in pixels."""
    start, *steps = path.removesuffix("z").replace("h", " h").replace("v", " v").split(" h", 1)
    x, y = map(int, start.strip("M").split())
    across, down, *_ = ("h" + steps[0]).split()
    return x, y, x + int(across[1:]), y + int(down[1:])


def test_the_planes_are_as_radiologists_look_whatever_the_grid(case):
    comparison, scan = case
    (key,) = (structure.key for structure in comparison.structures)
    picture = PictureMaker("a", comparison, scan).picture(key, (0.0, 0.0, 0.0))
    data = picture.data
    assert (data["models"], data["missed"], data["mm"]) == (["A", "B"], [1], 60.0)
    assert data["here"] == ["liver", ""]
    per_mm = PIXELS / data["mm"]
    axial, coronal, _ = data["planes"]
    assert (axial["sides"], coronal["sides"]) == ("RLAP", "RLSI")
    ((models, path, _),) = axial["lines"]
    left, top, right, bottom = box_of(path)
    # The patient's left is at the right: the block is from x = -5.5 to 15.5 mm, y = -5.5 to 5.5 mm.
    assert models == [0]
    assert np.array([left, right]) / per_mm - 30 == pytest.approx([-5.5, 15.5], abs=1 / per_mm)
    assert np.array([top, bottom]) / per_mm - 30 == pytest.approx([-5.5, 5.5], abs=1 / per_mm)
    _, top, _, bottom = box_of(coronal["lines"][0][1])
    assert np.array([top, bottom]) / per_mm - 30 == pytest.approx([-5, 5], abs=1 / per_mm)


def test_the_image_below_the_outlines_is_of_the_same_plane(case, tmp_path):
    comparison, scan = case
    (key,) = (structure.key for structure in comparison.structures)
    picture = PictureMaker("a", comparison, scan).picture(key, (-5.0, 0.0, 0.0))
    (tmp_path / "axial.jpg").write_bytes(base64.b64decode(picture.data["planes"][0]["image"]))
    grey = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(tmp_path / "axial.jpg")))
    assert grey.shape == (PIXELS, PIXELS)
    # Air up to x = 0, soft tissue from there to the patient's left; the middle of 60 mm is at x = 5.
    border = round((0.5 - 5 / 60) * PIXELS)
    assert grey[:, : border - 6].max() < 20
    assert grey[:, border + 6 :].min() > 100


def test_sides_that_are_swapped_are_seen_both_and_the_tick_is_at_the_place(case):
    """The middle of the scan is LPS x = 0; the place is 5 mm to the patient's left of it: right of the middle."""
    comparison, scan = case
    (key,) = (structure.key for structure in comparison.structures)
    (picture,) = PictureMaker("a", comparison, scan).of_findings(
        [finding(kind="side_swapped", structures=(key,), place_ras=(-5.0, 0.0, 0.0))]
    )
    assert picture.data["mm"] == 360.0
    pixel_mm = 360 / PIXELS
    axial, coronal, sagittal = picture.data["planes"]
    assert axial["across"] == coronal["across"] == pytest.approx(PIXELS / 2 + 5 / pixel_mm)
    assert sagittal["across"] == PIXELS / 2
    left, _, right, _ = box_of(axial["lines"][0][1])
    assert (np.array([left, right]) - PIXELS / 2) * pixel_mm == pytest.approx([-5.5, 15.5], abs=pixel_mm)


@pytest.mark.parametrize(
    ("disputed", "plane"), [((10, 10, 10), 0), ((10, 12, 12), 0), ((10, 13, 20), 2), ((0, 3, 0), 1), ((0, 0, 0), 0)]
)
def test_the_axial_plane_comes_first_unless_another_shows_clearly_more(disputed, plane):
    assert telling_plane(disputed) == plane


def test_of_a_flat_disagreement_the_plane_that_shows_its_face_comes_first(liver):
    """A plate of 2 mm across the body's axis that B does not have: all of it is in one axial slice beside the place's,
    where nothing is disputed; the sagittal and coronal planes cut through it."""
    geometry = Geometry((61, 61, 61), np.diag([1.0, 1.0, 1.0, 1.0]))
    k, _, i = np.indices(geometry.shape)
    base = ((k >= 20) & (k < 40) & (i >= 20) & (i < 40)).astype(np.uint8)
    more = base | ((k == 40) & (i >= 20) & (i < 40)).astype(np.uint8)
    comparison = compare_models([model("A", more, liver, geometry), model("B", base, liver, geometry)])
    (key,) = (structure.key for structure in comparison.structures)
    data = PictureMaker("a", comparison, None).picture(key, (-30.0, -30.0, 39.0)).data
    assert data["planes"][data["plane"]]["name"] == "sagittal"


def test_without_an_image_there_are_outlines_alone(case):
    comparison, _ = case
    (key,) = (structure.key for structure in comparison.structures)
    picture = PictureMaker("a", comparison, None).picture(key, (0.0, 0.0, 0.0))
    assert [plane["image"] for plane in picture.data["planes"]] == ["", "", ""]
    assert len(picture.data["planes"][0]["lines"]) == 1


def finding(**values):
    return Finding(**{"kind": "missing", "case": "a", "names": ("x",), "models": ("B",), "sentence": "", **values})


def test_a_finding_shows_the_picture_of_its_place_and_each_picture_is_kept_once(case):
    comparison, _ = case
    (key,) = (structure.key for structure in comparison.structures)
    findings = [
        finding(structures=("elsewhere", key), place_ras=(0.0, 0.0, 0.0)),
        finding(structures=(key,), place_ras=(-5.0, 0.0, 0.0)),
        finding(structures=(key,), place_ras=(0.0, 0.0, 0.0)),
        finding(structures=("elsewhere",)),
        finding(structures=(key,), case="b"),
    ]
    made = PictureMaker("a", comparison, None).of_findings(findings)
    assert [picture.place_ras for picture in made] == [(0.0, 0.0, 0.0), (-5.0, 0.0, 0.0)]
    assert pictures_of_findings(findings, made, 10).numbers == (0, 1, 0, None, None)
    assert pictures_of_findings(findings, made, 1).numbers == (0, None, 0, None, None)
    assert pictures_of_findings(findings, [], 10).numbers == (None,) * 5


def test_a_finding_without_a_place_is_shown_where_the_models_differ_most(case):
    """B has nothing of the block: the deepest voxels lie on its long axis, from x = 0 to 10 mm to the left."""
    comparison, _ = case
    (key,) = (structure.key for structure in comparison.structures)
    (made,) = PictureMaker("a", comparison, None).of_findings([finding(structures=(key,))])
    right, front, up = made.place_ras
    assert -10 <= right <= 0
    assert (front, up) == (0, 0)
    assert pictures_of_findings([finding(structures=(key,))], [made], 10).numbers == (0,)


def test_what_one_model_alone_knows_is_drawn_and_said_of_it_alone(case):
    """A's block beside a model that knows no liver: the place is in the block, and outside of it."""
    comparison, _ = case
    a, _ = comparison.models
    spleen = next(one.structure for one in load_vocabulary("moose").labels if one.structure_name == "spleen")
    (plane,) = (plane for plane in comparison.planes_of_all if plane.structure_of_label.any() and plane.model == 0)
    other = np.zeros_like(plane.voxels)
    other[0, 0, 0] = 1
    liver = comparison.structures[0].coded
    models = [model(a, np.asarray(plane.voxels), liver, comparison.geometry)]
    models.append(ModelSegmentation("C", LabelMap((other,), comparison.geometry, (Segment(1, "spleen", spleen),))))
    alone = compare_models(models)
    key = next(structure.key for structure in alone.structures if structure.name == "liver")
    (inside,) = PictureMaker("a", alone, None).of_findings([finding(structures=(key,), place_ras=(-5.0, 0.0, 0.0))])
    assert (inside.data["models"], inside.data["here"], inside.data["missed"]) == ([a], ["liver"], [])
    expected = PictureMaker("a", comparison, None).picture(key, (-5.0, 0.0, 0.0)).data["planes"]
    assert [plane["lines"] for plane in inside.data["planes"]] == [plane["lines"] for plane in expected]
    (outside,) = PictureMaker("a", alone, None).of_findings([finding(structures=(key,), place_ras=(-5.0, 0.0, 9.0))])
    assert outside.data["here"] == [""]


def test_two_hundred_pictures_of_noise_stay_under_eight_megabytes(case):
    """Noise is what is hardest to compress; six models that all differ."""
    comparison, scan = case
    (key,) = (structure.key for structure in comparison.structures)
    noise = np.random.default_rng(1).normal(40, 25, scan.shape).astype(np.int16)
    noise[0, 0, 0] = -1000
    picture = PictureMaker("a", comparison, noise).picture(key, (0.0, 0.0, 0.0))
    images = sum(len(plane["image"]) for plane in picture.data["planes"])
    lines = len(json.dumps(picture.data)) - images
    assert 200 * (images + 6 * lines) < 8_000_000
