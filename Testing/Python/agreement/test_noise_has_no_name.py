"""What is noise and what is an error: on both sides of each threshold, on bricks of which some were moved by hand."""

from __future__ import annotations

import numpy as np
import pytest

from agreement.bricks import LABEL, LEVELS, NAMES, model, scan
from SegmentationConcordanceLib.agreement.analysis import Analysis
from SegmentationConcordanceLib.agreement.case_facts import CaseFacts
from SegmentationConcordanceLib.agreement.findings import findings_of

NOISY = NAMES[:6]
"""Five vertebrae and the right kidney; the left kidney and the liver are the same in all models."""
LIVER_MM2 = 2 * (20 * 16 + 20 * 30 + 16 * 30) * 2.0**2
"""The faces of the liver's block of 20 x 16 x 30 voxels of 2 mm."""


def found(models: dict[str, np.ndarray]):
    analysis = Analysis([model(name, voxels) for name, voxels in models.items()], case="a", series_uid="")
    return findings_of("a", analysis.comparison, analysis.boxes)


def quiet_models() -> dict[str, np.ndarray]:
    return {name: scan() for name in ("Odd", "M1", "M2", "M3", "M4")}


def noisy_models() -> dict[str, np.ndarray]:
    """Each model adds a cube of 3 x 3 x 3 voxels, 4 mm deep, to each of six structures, at a place of its own."""
    models = quiet_models()
    for name in NOISY:
        places = np.argwhere(scan() == LABEL[name])
        (k, j, i), right = places.min(axis=0), places.max(axis=0)[2] + 1
        corners = ((k, j - 3, i), (k + 5, j - 3, i), (k, j + 3, right), (k + 5, j + 3, right), (k, j + 3, i - 3))
        for voxels, corner in zip(models.values(), corners):
            voxels[tuple(slice(at, at + 3) for at in corner)] = LABEL[name]
    return models


def with_a_cube_at_the_left_kidney(models: dict[str, np.ndarray], edge: int) -> dict[str, np.ndarray]:
    """Odd adds a cube; of an odd number of voxels of 2 mm along an edge, it is one mm deeper than that number."""
    models["Odd"][14 : 14 + edge, 32 : 32 + edge, 46 : 46 + edge] = LABEL["kidney_left"]
    return models


def with_a_pit_in_the_left_kidney(models: dict[str, np.ndarray], edge: int) -> dict[str, np.ndarray]:
    """Odd leaves such a cube out."""
    models["Odd"][14 : 14 + edge, 24 : 24 + edge, 54 - edge : 54] = 0
    return models


PUT_IN = {"false_blob": with_a_cube_at_the_left_kidney, "hole": with_a_pit_in_the_left_kidney}


def test_noise_that_all_models_have_has_no_name():
    assert found(noisy_models()) == []


@pytest.mark.parametrize("kind", PUT_IN)
def test_what_is_as_deep_as_the_noise_elsewhere_is_noise_though_no_other_model_has_any_on_that_structure(kind):
    assert found(PUT_IN[kind](noisy_models(), 3)) == []


@pytest.mark.parametrize("kind", PUT_IN)
@pytest.mark.parametrize("edge", [3, 5])
def test_a_small_region_is_told_where_outlines_are_quiet(kind, edge):
    (one,) = found(PUT_IN[kind](quiet_models(), edge))
    assert (one.kind, one.models, one.names) == (kind, ("Odd",), ("kidney_left",))
    assert one.numbers["depth_mm"] == edge + 1


@pytest.mark.parametrize("kind", PUT_IN)
def test_a_region_that_is_twice_as_deep_as_the_noise_is_told(kind):
    (one,) = found(PUT_IN[kind](noisy_models(), 7))
    assert (one.kind, one.models, one.names) == (kind, ("Odd",), ("kidney_left",))
    assert one.numbers["depth_mm"] == 8
    assert one.numbers["volume_ml"] == pytest.approx(7**3 * 8 / 1000)


def test_a_little_less_than_twice_as_deep_is_noise():
    """Without a voxel that is 3 and 2 voxels from its centre the cube of 7 is 7.2 mm deep, 1.8 times the noise's 4."""
    models = with_a_cube_at_the_left_kidney(noisy_models(), 7)
    models["Odd"][17, 38, 51] = 0
    assert found(models) == []
    (told,) = found({**quiet_models(), "Odd": models["Odd"] * (scan() + (models["Odd"] == LABEL["kidney_left"]) > 0)})
    assert told.numbers["depth_mm"] == pytest.approx(2 * 13**0.5)


SLICES_OF_T5 = np.s_[34:36, 24:32, 26:34]
"""128 voxels, 2 mm deep."""
CUBE_OF_T5 = np.s_[34:39, 24:29, 26:31]
"""125 voxels, 6 mm deep."""


@pytest.mark.parametrize(
    ("models", "part", "others", "is_told"),
    [
        (noisy_models, SLICES_OF_T5, 24, True),
        (noisy_models, SLICES_OF_T5, 26, False),
        (noisy_models, CUBE_OF_T5, 40, True),
        (noisy_models, CUBE_OF_T5, 42, False),
        (quiet_models, SLICES_OF_T5, 40, True),
        (quiet_models, SLICES_OF_T5, 44, False),
    ],
)
def test_a_shallow_part_of_a_neighbour_has_to_be_five_times_what_others_take_there_a_deep_one_three_times(
    models, part, others, is_told
):
    """Deep is more than 5 mm, where the noise is 4 mm. Two other models take a part as well, each one of its own."""
    made = models()
    for name, top in (("M1", 41), ("M2", 40)):
        made[name][top].flat[np.flatnonzero(scan()[top] == LABEL["vertebrae_T5"])[:others]] = LABEL["vertebrae_T6"]
    made["Odd"][part] = LABEL["vertebrae_T6"]
    told = {(one.kind, one.models, one.names) for one in found(made)}
    assert (("includes_neighbour", ("Odd",), ("vertebrae_T6", "vertebrae_T5")) in told) == is_told


OUTER_FACES = (np.s_[30:50, 3, 10:40], np.s_[30:50, 20, 10:40], np.s_[50, 4:20, 10:40], np.s_[29, 4:20, 10:40])
INNER_FACES = (np.s_[30:50, 4, 10:40], np.s_[30:50, 19, 10:40], np.s_[49, 5:19, 10:40], np.s_[30, 5:19, 10:40])


def with_a_layer(faces, n_voxels: int, label: int) -> dict[str, np.ndarray]:
    """Odd has a label at so many voxels of these faces, one voxel thick."""
    models = quiet_models()
    for face in faces:
        part = models["Odd"][face].copy()
        part.flat[: max(0, n_voxels)] = label
        models["Odd"][face] = part
        n_voxels -= part.size
    return models


@pytest.mark.parametrize(("faces", "label", "sign"), [(OUTER_FACES, LABEL["liver"], 1), (INNER_FACES, 0, -1)])
def test_a_boundary_is_told_where_it_moves_by_two_thirds_of_a_voxel_in_the_mean(faces, label, sign):
    """A layer at 60 % of the faces is below the 0.65 of a voxel, one at 65 % just above, as the surface is a little
    smaller than the faces: its edges are cut off. Both are more than 12 % of the volume."""
    below, above = 1680, 1820
    assert below * 8 / LIVER_MM2 == pytest.approx(0.6 * 2)
    assert above * 8 / LIVER_MM2 == pytest.approx(0.65 * 2)
    assert found(with_a_layer(faces, below, label)) == []
    (offset,) = found(with_a_layer(faces, above, label))
    assert (offset.kind, offset.models, offset.names) == ("boundary_offset", ("Odd",), ("liver",))
    assert 1.3 <= sign * offset.numbers["offset_mm"] < 1.3 * 1.05
    assert offset.numbers["volume_ml"] == pytest.approx(above * 8 / 1000)


def test_a_thick_plate_on_one_side_is_told_though_the_boundary_as_a_whole_hardly_moves():
    """6 mm thick on a face of 16 x 30 voxels: 11.5 ml over the liver's 112 cm2 are 1.03 mm, half a voxel."""
    models = quiet_models()
    models["Odd"][50:53, 4:20, 10:40] = LABEL["liver"]
    (plate,) = found(models)
    assert (plate.kind, plate.models, plate.names) == ("false_blob", ("Odd",), ("liver",))
    assert plate.numbers["volume_ml"] == pytest.approx(11.52)
    assert plate.numbers["depth_mm"] == 4


def test_where_two_others_are_divided_a_model_is_held_against_the_middle_between_them():
    """Each of three models adds a layer to a face of its own. What one of two others has counts half."""
    models = {name: scan() for name in ("A", "B", "C")}
    for voxels, face in zip(models.values(), (OUTER_FACES[0], OUTER_FACES[1], OUTER_FACES[2])):
        voxels[face] = LABEL["liver"]
    analysis = Analysis([model(name, voxels) for name, voxels in models.items()], case="a", series_uid="")
    facts = CaseFacts("a", analysis.comparison, analysis.boxes)
    index = next(i for i, one in enumerate(analysis.comparison.structures) if one.name == "liver")
    assert facts.added_and_lost(index, 0) == (20 * 30, (20 * 30 + 16 * 30) / 2)
    assert facts.added_and_lost(index, 2) == (16 * 30, (20 * 30 + 20 * 30) / 2)


def vertebrae_with_pits(short: int) -> dict[str, np.ndarray]:
    """Of each of five vertebrae each model leaves out a corner of its own, 3 x 3 x 3 voxels; Odd of so many the whole
    edge, 3 x 3 x 8 voxels: as deep, and 1.63 times as grave."""
    models = quiet_models()
    for number, name in enumerate(LEVELS):
        k, j, i = np.argwhere(scan() == LABEL[name]).min(axis=0)
        models["Odd"][k : k + 3, j : j + 3, i : i + (8 if number < short else 3)] = 0
        corners = ((0, 0), (5, 0), (0, 5), (5, 5))
        for voxels, (along_j, along_i) in zip(list(models.values())[1:], corners):
            voxels[k + 5 : k + 8, j + along_j : j + along_j + 3, i + along_i : i + along_i + 3] = 0
    return models


def test_of_a_short_series_all_members_have_to_be_short():
    """On four of five one of six models leaves out most by chance: 6 * (5 * 5 + 1) / 6**5 = 2 % of the cases."""
    assert found(vertebrae_with_pits(4)) == []
    (told,) = found(vertebrae_with_pits(5))
    assert (told.kind, told.models, set(told.names)) == ("ends_early", ("Odd",), set(LEVELS))
    assert told.numbers["volume_ml"] == pytest.approx(5 * 3 * 3 * 8 * 8 / 1000)


def with_a_gap_in_the_liver(first: int, last: int) -> dict[str, np.ndarray]:
    """Odd lacks these slices of the liver, which is 20 slices high: from 30 to 49."""
    models = quiet_models()
    models["Odd"][first : last + 1, 4:20, 10:40] = 0
    return models


@pytest.mark.parametrize(
    ("first", "last", "kind"),
    [
        (47, 49, "ends_early"),
        (46, 48, "hole"),
        (45, 48, "hole"),
        (39, 41, "hole"),
        (31, 33, "hole"),
        (30, 32, "ends_early"),
    ],
)
def test_a_gap_is_a_part_left_out_wherever_it_is_and_an_end_that_is_missing_ends_early(first, last, kind):
    """What is left beyond a gap is a slice of the liver, which is as large as any other."""
    (told,) = found(with_a_gap_in_the_liver(first, last))
    assert (told.kind, told.models, told.names) == (kind, ("Odd",), ("liver",))
    assert told.numbers["volume_ml"] == pytest.approx((last + 1 - first) * 16 * 30 * 8 / 1000)


@pytest.mark.parametrize(("gap", "kind"), [(0, "ends_early"), (3, "hole"), (8, "hole")])
def test_a_gap_through_a_long_structure_is_a_part_left_out(gap, kind):
    """A vessel in place of the kidney, 6 x 6 x 36 voxels, that lacks 6 voxels: at its end, or so far from it."""
    models = quiet_models()
    for voxels in models.values():
        voxels[voxels == LABEL["kidney_left"]] = 0
        voxels[10:46, 24:30, 48:54] = LABEL["kidney_left"]
    models["Odd"][40 - gap : 46 - gap, 24:30, 48:54] = 0
    (told,) = found(models)
    assert (told.kind, told.models, told.names) == (kind, ("Odd",), ("kidney_left",))
    assert told.numbers["volume_ml"] == pytest.approx(6**3 * 8 / 1000)


def test_a_bridge_over_a_gap_does_not_change_what_it_is():
    models = with_a_gap_in_the_liver(46, 48)
    models["Odd"][46:49, 10:12, 20:22] = LABEL["liver"]
    assert [one.kind for one in found(models)] == ["hole"]


def test_a_hook_whose_tip_is_missing_ends_early_though_its_bend_lies_beyond():
    """In place of the liver a rod along k with a hook at its lower end, 12 voxels beside it; Odd lacks the tip."""
    models = quiet_models()
    for voxels in models.values():
        voxels[voxels == LABEL["liver"]] = 0
        voxels[4:50, 10:16, 34:40] = voxels[4:10, 10:16, 20:40] = voxels[4:16, 10:16, 20:26] = LABEL["liver"]
    models["Odd"][4:16, 10:16, 20:27] = 0
    (told,) = found(models)
    assert (told.kind, told.models, told.names) == ("ends_early", ("Odd",), ("liver",))


def of_a_flat_bone(front: int, back: int, below: int, above: int, *, bent: bool) -> np.ndarray:
    """A bone in place of the liver, 6 x 30 x 30 voxels, with so many added on each of four sides; bent by 7 voxels."""
    voxels = scan()
    voxels[voxels == LABEL["liver"]] = 0
    for i in range(10, 40):
        j = 8 + (i - 25) ** 2 // 30 * bent
        voxels[20 - below : 50 + above, j - front : j + 6 + back, i] = LABEL["liver"]
    return voxels


@pytest.mark.parametrize("bent", [False, True])
@pytest.mark.parametrize(
    ("sides", "kind"),
    [
        ((3, 0, 0, 0), "false_blob"),
        ((0, 3, 0, 0), "false_blob"),
        ((-3, 0, 0, 0), "hole"),
        ((0, -3, 0, 0), "hole"),
        ((0, 0, 0, -6), "ends_early"),
        ((1, 1, 1, 1), "boundary_offset"),
        ((-1, -1, 0, 0), "boundary_offset"),
        ((2, 2, 0, 0), "boundary_offset"),
    ],
)
def test_the_boundary_of_a_flat_bone_is_off_where_it_is_on_both_faces(sides, kind, bent):
    """On one face three voxels move the boundary by more than one in the mean, and are a plate, or a part left out."""
    models = {name: of_a_flat_bone(0, 0, 0, 0, bent=bent) for name in quiet_models()}
    models["Odd"] = of_a_flat_bone(*sides, bent=bent)
    (told,) = found(models)
    assert (told.kind, told.models, told.names) == (kind, ("Odd",), ("liver",))
