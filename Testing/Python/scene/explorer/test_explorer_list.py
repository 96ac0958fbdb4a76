"""The list of structures: identity by code, presence per model, measures, search, order."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from host import SceneHost
from scene.agreement_scene import (
    AORTA_KEY,
    GEOMETRY,
    LIVER_KEY,
    SPLEEN,
    SPLEEN_KEY,
    add_three_models,
    add_volume,
    first_model,
    label_map_of,
)
from SegmentationConcordanceLib.agreement.row_order import structures_worst_first
from SegmentationConcordanceLib.agreement.severity import ALONE, COMPARED
from SegmentationConcordanceLib.anatomy.concepts import CodedConcept, CodedStructure
from SegmentationConcordanceLib.exploring.explored_scan import ExploredScan
from SegmentationConcordanceLib.exploring.structure_list import (
    MISSING,
    NOT_IN_MODEL,
    PRESENT,
    ListedStructure,
    groups_of,
    list_structures,
    structures_by,
    structures_found,
)
from SegmentationConcordanceLib.exploring.structure_walk import StructureWalk
from SegmentationConcordanceLib.reporting.page_data import agreement_columns
from SegmentationConcordanceLib.scene.explorer.scan_of_nodes import explore_scan
from SegmentationConcordanceLib.scene.model_grouping import models_of_volume
from SegmentationConcordanceLib.scene.segmentation_node import add_segmentation_node

ANATOMY = CodedConcept("123037004", "SCT", "Anatomical Structure")
MASS = CodedConcept("4147007", "SCT", "Mass")


@pytest.fixture
def scan(scene_host: SceneHost) -> ExploredScan:
    volume = add_volume(scene_host.scene)
    add_three_models(scene_host.scene, volume)
    return explore_scan(volume, models_of_volume(volume))


def listed(scan: ExploredScan) -> dict[str, ListedStructure]:
    return {structure.key: structure for structure in list_structures(scan)}


def test_each_structure_says_who_has_it_and_how_far_the_models_are_apart(scan: ExploredScan) -> None:
    found = listed(scan)
    spleen, liver = found[SPLEEN_KEY], found[LIVER_KEY]
    assert spleen.presence == {"A": PRESENT, "B": PRESENT, "C": PRESENT}
    assert spleen.volume_spread == 0.0
    # 12 voxels each; A and C are equal and the majority, B shares 8 with it
    assert spleen.lowest_dice == pytest.approx(2 * 8 / 24)
    assert spleen.disputed_ml == pytest.approx(80.0)
    assert spleen.pairwise_spread == pytest.approx(1 - 2 * 8 / 24)
    assert liver.volume_spread == pytest.approx(0.6)  # 8, 8 and 4 voxels: 4 / their mean
    assert liver.lowest_dice == pytest.approx(2 * 4 / (8 + 4))


def test_a_structure_of_one_model_is_not_in_the_others_and_has_no_agreement(scan: ExploredScan) -> None:
    aorta = listed(scan)[AORTA_KEY]
    assert aorta.presence == {"A": PRESENT, "B": NOT_IN_MODEL, "C": NOT_IN_MODEL}
    assert (aorta.lowest_dice, aorta.volume_spread, aorta.pairwise_spread) == (None, None, None)
    assert aorta.n_present == 1


def test_worst_agreement_comes_first_and_what_cannot_be_compared_last(scan: ExploredScan) -> None:
    assert [structure.key for structure in list_structures(scan)] == [SPLEEN_KEY, LIVER_KEY, AORTA_KEY]


def test_the_list_the_table_and_the_report_have_one_order(scan: ExploredScan) -> None:
    rows = scan.result.agreement
    order = [structure.key for structure in list_structures(scan) if structure.part != ALONE]
    assert order == structures_worst_first(rows)
    place = np.frombuffer(base64.b64decode(agreement_columns(rows)["numbers"]["worst_first"]), "<f4")
    on_page = [rows[number].structure_key for number in np.argsort(place) if rows[number].n_models > 1]
    assert list(dict.fromkeys(on_page)) == order


def test_segments_are_matched_by_code_and_region_and_never_by_name(scene_host: SceneHost) -> None:
    volume = add_volume(scene_host.scene)

    def add(name: str, first: CodedStructure | None, second: CodedStructure | None) -> None:
        label_map = label_map_of(first_model(), GEOMETRY, {1: first, 2: second})
        add_segmentation_node(scene_host.scene, label_map, name, volume)

    def mass_in(code: str) -> CodedStructure:
        return CodedStructure(ANATOMY, MASS, None, CodedConcept(code, "SCT", ""))

    renamed = CodedStructure(ANATOMY, CodedConcept("78961009", "SCT", "Splenic structure"))
    add("A", mass_in("10200004"), SPLEEN)
    add("B", mass_in("39607008"), renamed)
    add("C", None, None)
    scan = explore_scan(volume, models_of_volume(volume))
    found = listed(scan)
    assert found[SPLEEN_KEY].n_present == 2
    masses = [structure for key, structure in found.items() if key.startswith("SCT:4147007")]
    assert [structure.n_present for structure in masses] == [1, 1]
    uncoded = [structure for key, structure in found.items() if key.startswith("uncoded")]
    # also the third segment of each, which nobody coded: none of them is merged with another
    assert len(uncoded) == 5
    assert sorted(structure.name for structure in uncoded).count("uncoded: aorta") == 3
    assert all(structure.n_present == 1 for structure in uncoded)
    assert all(structure.name.startswith("uncoded: ") for structure in uncoded)


def test_all_segments_of_a_structure_are_drawn_in_every_node_of_the_model(scene_host: SceneHost) -> None:
    volume = add_volume(scene_host.scene)
    nodes = add_three_models(scene_host.scene, volume)
    scan = explore_scan(volume, {"A and B": nodes[:2], "C": nodes[2:]})
    drawn = scan.drawn["A and B"]
    places = [drawn.places[segment] for segment in drawn.segments[SPLEEN_KEY]]
    assert [(place.node_id, place.segment_id) for place in places] == [
        (nodes[0].GetID(), "Segment_1"),
        (nodes[1].GetID(), "Segment_1"),
    ]
    assert listed(scan)[SPLEEN_KEY].presence == {"A and B": PRESENT, "C": PRESENT}


def make(
    name: str, group: str = "Lungs", dice: float | None = None, missing: bool = False, n: int = 2
) -> ListedStructure:
    presence = {f"m{number}": PRESENT for number in range(n)} | ({"x": MISSING} if missing else {})
    part, severity = (ALONE, 0.0) if dice is None else (COMPARED, 10 * (1 - dice))
    return ListedStructure(name, name, group, (0, 0, 0), presence, None, dice, None, severity=severity, part=part)


@pytest.fixture
def structures() -> list[ListedStructure]:
    return [
        make("lung_upper_lobe_left", dice=0.9, n=10),
        make("heart", "Heart", 0.5, n=9),
        make("lung_lower_lobe_left", dice=0.0),
        make("rib_left_2", "Ribs", 0.0, missing=True),
        make("unknown", "Other"),
    ]


def names(found: list[ListedStructure]) -> list[str]:
    return [structure.name for structure in found]


def test_search_finds_words_in_name_and_group(structures: list[ListedStructure]) -> None:
    assert names(structures_found(structures, "lung LEFT upper")) == ["lung_upper_lobe_left"]
    assert names(structures_found(structures, "", "Heart")) == ["heart"]
    assert names(structures_found(structures, "lobe", "Heart")) == []
    assert groups_of(structures) == ["All", "Heart", "Lungs", "Ribs", "Other"]


def test_any_column_sorts_numbers_as_numbers_and_empty_ones_last(structures: list[ListedStructure]) -> None:
    assert [s.n_present for s in structures_by(structures, "n_present")] == [2, 2, 2, 9, 10]
    assert names(structures_by(structures, "lowest_dice", descending=True))[-1] == "unknown"
    assert names(structures_by(structures, "lowest_dice"))[-1] == "unknown"
    assert names(structures_by(structures, "name"))[0] == "heart"
    with pytest.raises(ValueError, match="no column"):
        structures_by(structures, "key")


def test_stepping_follows_the_list_as_it_is_shown_and_stops_at_its_ends(structures: list[ListedStructure]) -> None:
    walk = StructureWalk(tuple(structures))
    assert names(walk.listed)[:3] == ["rib_left_2", "lung_lower_lobe_left", "heart"]
    assert walk.step("", 1) == "rib_left_2"
    assert walk.step("rib_left_2", 1) == "lung_lower_lobe_left"
    assert walk.step("rib_left_2", -1) == "rib_left_2"
    assert walk.step("unknown", 1) == "unknown"
    lungs = StructureWalk(tuple(structures), group="Lungs", column="lowest_dice", descending=True)
    assert lungs.step("lung_upper_lobe_left", 1) == "lung_lower_lobe_left"
    assert lungs.step("heart", 1) == "lung_upper_lobe_left"
    assert StructureWalk(()).step("", 1) == ""
