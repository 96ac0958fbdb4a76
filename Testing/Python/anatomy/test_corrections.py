"""The proven errors of the published mapping are not in the shipped maps."""

from __future__ import annotations

import pytest

from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary, shipped_vocabularies

LEFT, RIGHT = "SCT:7771000", "SCT:24028007"
ANATOMY, SUBSTANCE, LESION = "SCT:123037004", "SCT:91720002", "SCT:49755003"

# map, label name, structure, (category, type, modifier, region)
CORRECTED = [
    *(
        (model, f"{muscle}_{side}", f"{muscle}_{side}", (ANATOMY, code, modifier, ""))
        for model in (
            "auto3dseg",
            "cads",
            "moose",
            "multitalent",
            "totalsegmentator_v1",
            "totalsegmentator_v2",
            "totalsegmentator_v2_0",
        )
        for muscle, code in (
            ("gluteus_maximus", "SCT:206007"),
            ("gluteus_medius", "SCT:78333006"),
            ("gluteus_minimus", "SCT:75297007"),
        )
        for side, modifier in (("left", LEFT), ("right", RIGHT))
    ),
    *(
        (model, f"subclavian_artery_{side}", f"subclavian_artery_{side}", (ANATOMY, "SCT:36765005", modifier, ""))
        for model in ("auto3dseg", "multitalent", "totalsegmentator_v2", "totalsegmentator_v2_0")
        for side, modifier in (("left", LEFT), ("right", RIGHT))
    ),
    *(
        (model, label, structure, (ANATOMY, code, modifier, ""))
        for side, modifier in (("left", LEFT), ("right", RIGHT))
        for letter in (side[0].upper(),)
        for model, label, structure, code in (
            ("moose", f"clavicle_{side}", f"clavicula_{side}", "SCT:51299004"),
            ("moose", f"carpal_{side}", f"carpal_{side}", "SCT:8205005"),
            ("moose", f"metatarsal_{side}", f"metatarsal_{side}", "SCT:280711000"),
            ("moose", f"toes_{side}", f"toes_{side}", "SCT:29707007"),
            ("totalsegmentator_v2", f"quadriceps_femoris_{side}", f"quadriceps_femoris_{side}", "SCT:21989003"),
            ("totalsegmentator_v2", f"prevertebral_{side}", f"prevertebral_{side}", "SCT:714472006"),
            ("totalsegmentator_v2", f"styloid_process_{side}", f"styloid_process_{side}", "SCT:279226000"),
            ("totalsegmentator_v2", f"ventricle_body_{side}", f"ventricle_body_{side}", "SCT:34803007"),
            ("totalsegmentator_v2", f"ventricle_frontal_horn_{side}", f"ventricle_frontal_horn_{side}", "SCT:30399003"),
            (
                "totalsegmentator_v2",
                f"ventricle_occipital_horn_{side}",
                f"ventricle_occipital_horn_{side}",
                "SCT:52943005",
            ),
            (
                "totalsegmentator_v2",
                f"ventricle_temporal_horn_{side}",
                f"ventricle_temporal_horn_{side}",
                "SCT:53118009",
            ),
            ("totalsegmentator_v2", f"ventricle_trigone_{side}", f"ventricle_trigone_{side}", "NEU:217"),
            ("cads", f"OAR_Glnd_Lacrimal_{letter}", f"lacrimal_gland_{side}", "SCT:13561001"),
            ("cads", f"OAR_Glnd_Submand_{letter}", f"submandibular_gland_{side}", "SCT:54019009"),
        )
    ),
    ("totalsegmentator_v2", "carpal", "carpal", (ANATOMY, "SCT:8205005", "", "")),
    ("totalsegmentator_v2", "metatarsal", "metatarsal", (ANATOMY, "SCT:280711000", "", "")),
    ("totalsegmentator_v2", "phalanges_feet", "phalanges_feet", (ANATOMY, "SCT:28641004", "", "SCT:56459004")),
    ("totalsegmentator_v2", "phalanges_hand", "phalanges_hand", (ANATOMY, "SCT:28641004", "", "SCT:85562004")),
    ("totalsegmentator_v2", "insular_cortex", "insular_cortex", (ANATOMY, "SCT:36169008", "", "")),
    ("totalsegmentator_v2", "larynx_air", "larynx_air", (SUBSTANCE, "SCT:15158005", "", "SCT:4596009")),
    ("totalsegmentator_v2", "lung_nodules", "lung_nodules", (LESION, "SCT:786838002", "", "")),
    ("totalsegmentator_v2", "ventricle", "ventricle", (ANATOMY, "SCT:35764002", "", "")),
    ("cads", "bowel_bag", "bowel_bag", (ANATOMY, "99CONCORDANCE:BOWEL_SPACE", "", "")),
    ("cads", "glands", "glands", (ANATOMY, "SCT:362884007", "", "")),
    ("cads", "blood", "blood", (SUBSTANCE, "SCT:87612001", "", "")),
    ("cads", "eye balls", "eyeballs", (ANATOMY, "SCT:79652003", "", "")),
    ("cads", "larynx", "larynx", (ANATOMY, "SCT:4596009", "", "")),
    ("cads", "OAR_Glnd_Thyroid", "thyroid_gland", (ANATOMY, "SCT:69748006", "", "")),
    ("cads", "OAR_Brainstem", "brainstem", (ANATOMY, "SCT:15926001", "", "")),
    ("moose", "thyroid_left", "thyroid_gland_left", (ANATOMY, "SCT:69748006", LEFT, "")),
    ("moose", "thyroid_right", "thyroid_gland_right", (ANATOMY, "SCT:69748006", RIGHT, "")),
]


@pytest.mark.parametrize(("model", "label_name", "structure", "codes"), CORRECTED)
def test_a_correction_is_in_the_shipped_map(model, label_name, structure, codes):
    (label,) = (label for label in load_vocabulary(model).labels if label.name == label_name)
    coded = label.structure
    assert label.structure_name == structure
    assert tuple(str(part or "") for part in (coded.category, coded.type, coded.modifier, coded.region)) == codes


@pytest.mark.parametrize(
    ("structure", "color"),
    [
        ("thyroid_gland", (45, 82, 160)),
        ("clavicula_left", (241, 188, 38)),
        ("clavicula_right", (241, 188, 38)),
        ("femur_left", (130, 222, 207)),
    ],
)
def test_a_corrected_color_is_in_every_map(structure, color):
    labels = [label for name in shipped_vocabularies() for label in load_vocabulary(name).labels]
    found = [label.color for label in labels if label.structure_name == structure]
    assert len(found) >= 5
    assert set(found) == {color}


def test_the_ventricle_of_the_brain_has_not_the_color_of_the_heart():
    colors = {label.structure_name: label.color for label in load_vocabulary("totalsegmentator_v2").labels}
    assert colors["ventricle"] != colors["heart_ventricle_left"]


def test_code_meanings_are_spelt_right_and_alike():
    meanings: dict[str, set[str]] = {}
    for name in shipped_vocabularies():
        for label in load_vocabulary(name).labels:
            coded = label.structure
            for concept in (coded.category, coded.type, coded.modifier, coded.region, coded.region_modifier):
                if concept is not None:
                    meanings.setdefault(str(concept), set()).add(concept.meaning)
    assert {code: texts for code, texts in meanings.items() if len(texts) > 1} == {}
    assert meanings["SCT:75297007"] == {"Gluteus minimus muscle"}
    assert meanings["SCT:80169004"] == {"Cochlea structure"}


def test_what_came_after_2_6_is_not_in_the_map_of_2_6():
    """The corrected cusps of the aortic valve belong to a task that 2.6 does not have."""
    names = {label.name for label in load_vocabulary("totalsegmentator_v2").labels}
    assert not names & {"right_coronary_cusp", "left_coronary_cusp", "non_coronary_cusp", "liver_segment_1"}
