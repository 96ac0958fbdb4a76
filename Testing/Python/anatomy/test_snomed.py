"""SNOMED CT identifiers: known ones pass, every changed digit and every swap of neighbours fails."""

from __future__ import annotations

import pytest

from SegmentationConcordanceLib.anatomy.snomed import has_check_digit, is_concept_id

CONCEPTS = ("206007", "78961009", "64033007", "7771000", "24028007", "123037004", "1193560003", "1156198008")


@pytest.mark.parametrize("identifier", CONCEPTS)
def test_known_concepts_pass(identifier):
    assert is_concept_id(identifier)


@pytest.mark.parametrize("identifier", CONCEPTS)
def test_every_single_changed_digit_fails(identifier):
    for place, digit in enumerate(identifier):
        for other in set("0123456789") - {digit}:
            assert not has_check_digit(identifier[:place] + other + identifier[place + 1 :])


@pytest.mark.parametrize("identifier", CONCEPTS)
def test_every_swap_of_two_neighbours_fails(identifier):
    for place in range(len(identifier) - 1):
        first, second = identifier[place : place + 2]
        if first != second:
            assert not has_check_digit(identifier[:place] + second + first + identifier[place + 2 :])


def test_the_textbook_example_of_verhoeff():
    assert has_check_digit("2363")  # 236 has the check digit 3
    assert not has_check_digit("2364")


@pytest.mark.parametrize("text", ["", "78961009.0", "٧٨٩٦١٠٠٩", "0206007", " 206007", "T-62000", "-206007"])
def test_what_is_no_identifier_fails(text):
    assert not is_concept_id(text)


def test_a_description_identifier_is_no_concept():
    assert has_check_digit("751689013")  # a description (partition 01) with a right check digit
    assert not is_concept_id("751689013")
