"""Structures by the share of the cases in which they lie."""

from __future__ import annotations

from collections.abc import Sequence

from ..agreement.table import MISSING, NOT_LOOKED_FOR, AgreementRow


def structures_in_cases(agreement: Sequence[AgreementRow], min_share: float) -> frozenset[tuple[str, str]]:
    """The structures, as (name, key), that some model found in at least this share of all cases.

    A scan that does not reach a structure has nothing of it: so this tells what a cohort shows, e.g. the chest.

    :param min_share: 0 to 1, of the cases that the rows name.
    :returns: empty for no rows.
    """
    n_cases = len({row.case for row in agreement})
    cases_of: dict[tuple[str, str], set[str]] = {}
    for row in agreement:
        cases = cases_of.setdefault((row.structure, row.structure_key), set())
        if row.status not in (MISSING, NOT_LOOKED_FOR):
            cases.add(row.case)
    return frozenset(one for one, cases in cases_of.items() if len(cases) >= min_share * n_cases)
