"""Options in the fields of a panel: lists of names and numbers by name are text there."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import ConcordanceError
from .option_texts import named_numbers
from .options import AT_LEAST, REFERENCE, STAPLE, AnalysisOptions

_DEFAULTS = AnalysisOptions()
_UNITS = {"nsd_tolerances_mm": "mm", "typical_volumes_ml": "ml"}


def shown_option(value: object) -> object:
    """What a field shows of an option: "a, b" of names, "a = 2, b = 3.5" of numbers by name, others as they are."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {number:g}" for name, number in value.items())
    return ", ".join(value) if isinstance(value, tuple) else value


def is_usable(options: AnalysisOptions, field: str) -> bool:
    """Whether an option of this name changes anything, given the others.

    :param field: the name of a field of :class:`AnalysisOptions`.
    """
    needs = {
        "at_least": options.method == AT_LEAST,
        "staple_margin_mm": options.method == STAPLE,
        "reference": options.method == REFERENCE,
        "leave_one_out": options.method != REFERENCE,
        "missing": options.method != REFERENCE,
        "penalize_missing": options.method == REFERENCE,
        "typical_volumes_ml": options.penalize_missing,
        "nsd_tolerance_mm": options.surfaces,
        "nsd_tolerances_mm": options.surfaces,
    }
    return needs.get(field, True)


def understood_option(field: str, shown: object) -> object:
    """The value of an option of :class:`AnalysisOptions` that a field shows; what is no text stays as it is.

    :raises ConcordanceError: the text should hold numbers by name and does not.
    """
    default = getattr(_DEFAULTS, field)
    if not isinstance(shown, str) or isinstance(default, str):
        return shown
    parts = [part.strip() for part in shown.split(",") if part.strip()]
    if not isinstance(default, Mapping):
        return tuple(parts)
    unit = _UNITS[field]
    numbers = named_numbers("numbers of structures:", unit, parts)
    if "" in numbers:
        raise ConcordanceError(shown, "names no structure", f"Write it as liver = 3, in {unit}.")
    return numbers
