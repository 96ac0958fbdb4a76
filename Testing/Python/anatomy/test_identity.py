"""Structure identity: by codes and their equivalents, never by meaning."""

from __future__ import annotations

from dataclasses import replace

import pytest

from SegmentationConcordanceLib.anatomy.concepts import CodedConcept, CodedStructure
from SegmentationConcordanceLib.anatomy.identity import StructureIdentity, equivalents, structure_identity
from SegmentationConcordanceLib.anatomy.snomed import is_concept_id
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary, shipped_vocabularies

ANATOMY = CodedConcept("123037004", "SCT", "Anatomical Structure")
LESION = CodedConcept("49755003", "SCT", "Morphologically Abnormal Structure")
LEFT = CodedConcept("7771000", "SCT", "Left")
RIGHT = CodedConcept("24028007", "SCT", "Right")
KIDNEY = CodedConcept("64033007", "SCT", "Kidney")


def sct(value: str, meaning: str = "") -> CodedConcept:
    return CodedConcept(value, "SCT", meaning)


def anatomy(value: str, modifier: CodedConcept | None = None) -> CodedStructure:
    return CodedStructure(ANATOMY, sct(value), modifier)


def test_identity_and_key_of_a_plain_structure():
    identity = structure_identity(CodedStructure(ANATOMY, KIDNEY, LEFT))
    assert identity == StructureIdentity("SCT:123037004", "SCT:64033007", "SCT:7771000")
    assert identity.key == "SCT:64033007|SCT:7771000"
    assert structure_identity(CodedStructure(ANATOMY, KIDNEY)).key == "SCT:64033007"


def test_key_keeps_the_place_of_the_region():
    cyst = CodedStructure(LESION, sct("367643001"), None, KIDNEY, LEFT)
    assert structure_identity(cyst).key == "SCT:367643001||SCT:64033007|SCT:7771000"


def test_both_codes_of_the_category_are_one():
    dicom = CodedStructure(sct("91723000"), KIDNEY, LEFT)
    assert structure_identity(dicom) == structure_identity(CodedStructure(ANATOMY, KIDNEY, LEFT))


def test_another_category_is_another_structure():
    altered = CodedStructure(sct("49755003"), KIDNEY, LEFT)
    assert structure_identity(altered) != structure_identity(CodedStructure(ANATOMY, KIDNEY, LEFT))


@pytest.mark.parametrize(
    ("sided", "plain", "side"),
    [
        ("82471001", "59652004", LEFT),  # left atrium
        ("73829009", "59652004", RIGHT),
        ("87878005", "21814001", LEFT),  # left ventricle
        ("53085002", "21814001", RIGHT),
        ("44714003", "45653009", LEFT),  # upper lobe of left lung
        ("29700009", "36765005", RIGHT),  # right subclavian artery
        ("785708006", "29707007", LEFT),  # toes of left foot
        ("33626005", "68786006", LEFT),  # left auricular appendage
    ],
)
def test_precoordinated_laterality_is_concept_and_laterality(sided, plain, side):
    assert structure_identity(anatomy(sided)) == structure_identity(anatomy(plain, side))
    assert structure_identity(anatomy(sided, side)) == structure_identity(anatomy(plain, side))


def test_a_side_that_contradicts_its_concept_equals_nothing():
    """ "Right kidney" with the modifier Left is neither of the two kidneys."""
    contradiction = structure_identity(anatomy("9846003", LEFT))
    assert contradiction.type == "SCT:9846003"
    assert contradiction != structure_identity(anatomy("64033007", LEFT))
    assert contradiction != structure_identity(anatomy("64033007", RIGHT))


def test_entire_is_the_structure_on_either_side():
    for side in (LEFT, RIGHT, None):
        assert structure_identity(anatomy("181674001", side)) == structure_identity(anatomy("206007", side))


def test_superior_vena_cava_as_concept_and_modifier():
    superior = sct("264217000", "Superior")
    assert structure_identity(anatomy("35532006", superior)) == structure_identity(anatomy("48345005"))
    assert structure_identity(anatomy("35532006")) != structure_identity(anatomy("48345005"))


def test_region_and_its_side_distinguish():
    left = CodedStructure(LESION, sct("367643001"), None, KIDNEY, LEFT)
    assert structure_identity(left) != structure_identity(replace(left, region_modifier=RIGHT))
    assert structure_identity(left) != structure_identity(replace(left, region=sct("10200004")))
    assert structure_identity(left) == structure_identity(
        replace(left, region=sct("18639004", "Left kidney"), region_modifier=None)
    )


def test_never_by_meaning():
    assert structure_identity(CodedStructure(ANATOMY, sct("64033007", "Spleen"))) == structure_identity(
        CodedStructure(ANATOMY, sct("64033007", "Kidney"))
    )
    assert structure_identity(CodedStructure(ANATOMY, CodedConcept("64033007", "99X", "Kidney"))) != structure_identity(
        CodedStructure(ANATOMY, KIDNEY)
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (anatomy("78333006", LEFT), anatomy("75297007", LEFT)),  # gluteus medius and minimus, confused once
        (anatomy("69748006", LEFT), anatomy("69748006")),  # half a thyroid and the gland
        (anatomy("81745001", LEFT), anatomy("79652003", LEFT)),  # eye and eyeball
        (anatomy("21814001"), anatomy("35764002")),  # ventricle of the heart and of the brain
        (anatomy("30399003", LEFT), anatomy("30399003", RIGHT)),  # horns whose sides were swapped
        (anatomy("45289007"), anatomy("45289007", LEFT)),  # a parotid gland without side is not the left one
    ],
)
def test_published_confusions_stay_apart(one, other):
    assert structure_identity(one) != structure_identity(other)


def test_equivalents_never_chain_or_loop():
    sources = {(row.part, row.concept, row.modifier) for row in equivalents()}
    assert len(sources) == len(equivalents())
    for row in equivalents():
        assert (row.part, row.canonical, row.canonical_modifier) not in sources
        assert (row.part, row.canonical, "") not in sources, f"{row.canonical} is replaced in its turn"
        assert row.source


def test_equivalents_are_snomed_concepts():
    for row in equivalents():
        for code in (row.concept, row.modifier, row.canonical, row.canonical_modifier):
            snomed = code.startswith("SCT:") and is_concept_id(code[4:])
            assert not code or snomed or code == "NCIt:C35869", code


def test_a_lung_nodule_is_a_nodule_in_the_lung():
    lesion = CodedConcept("49755003", "SCT", "Morphologically Abnormal Structure")
    nodule, lung_nodule = CodedConcept("27925004", "SCT", "Nodule"), CodedConcept("786838002", "SCT", "Lung nodule")
    lung, kidney = CodedConcept("39607008", "SCT", "Lung"), CodedConcept("64033007", "SCT", "Kidney")
    both = CodedConcept("51440002", "SCT", "Right and left")
    spelled = [
        CodedStructure(lesion, lung_nodule),
        CodedStructure(lesion, lung_nodule, region=lung),
        CodedStructure(lesion, nodule, region=lung),
        CodedStructure(lesion, nodule, region=lung, region_modifier=both),
    ]
    assert {structure_identity(one).key for one in spelled} == {"SCT:27925004||SCT:39607008"}
    for other in (CodedStructure(lesion, nodule), CodedStructure(lesion, lung_nodule, region=kidney)):
        assert structure_identity(other) != structure_identity(spelled[0])


def test_both_kidneys_are_not_a_kidney_without_side():
    both = CodedConcept("51440002", "SCT", "Right and left")
    assert structure_identity(CodedStructure(ANATOMY, KIDNEY, both)) != structure_identity(
        CodedStructure(ANATOMY, KIDNEY)
    )


@pytest.mark.parametrize("name", shipped_vocabularies())
def test_no_two_structures_of_one_model_and_task_collapse(name):
    vocabulary = load_vocabulary(name)
    for task in vocabulary.tasks:
        labels = vocabulary.for_task(task).labels
        assert len({label.identity for label in labels}) == len(labels)
    assert len({identity.key for identity in vocabulary.identities}) == len(vocabulary.identities)
    assert len({label.structure_name for label in vocabulary.labels}) == len(vocabulary.identities)
