"""The form of a SNOMED CT identifier (SCTID): which numbers can be a concept at all.

Source: SNOMED CT Release File Specifications, chapter "SNOMED CT Identifiers": an SCTID has 6 to 18 digits and no
leading zero; the last digit is Verhoeff's check digit (J. Verhoeff, Error Detecting Decimal Codes, 1969), the two
before it are the partition, which is 00 (international) or 10 (extension) for a concept.
"""

from __future__ import annotations

import re

_FORM = re.compile(r"[1-9][0-9]{5,17}")
_CONCEPT_PARTITIONS = ("00", "10")
_PERMUTATION = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def has_check_digit(identifier: str) -> bool:
    """Whether the last digit is Verhoeff's check digit of those before it. Anything but ASCII digits: False."""
    if not re.fullmatch("[0-9]+", identifier):
        return False
    checksum = 0
    for position, digit in enumerate(reversed(identifier)):
        value = int(digit)
        for _ in range(position % 8):
            value = _PERMUTATION[value]
        checksum = _dihedral_product(checksum, value)
    return checksum == 0


def is_concept_id(identifier: str) -> bool:
    """Whether a text has the form, the partition and the check digit of a SNOMED CT concept's identifier."""
    return (
        _FORM.fullmatch(identifier) is not None
        and identifier[-3:-1] in _CONCEPT_PARTITIONS
        and has_check_digit(identifier)
    )


def _dihedral_product(a: int, b: int) -> int:
    # The symmetries of a pentagon: 0 to 4 are turns, 5 to 9 are flips.
    turned = (a + b if a < 5 else a - b) % 5
    return turned if (a < 5) == (b < 5) else turned + 5
