"""The models that found a structure: the ones that have a say in what it looks like."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .comparison import Comparison


def found_by(comparison: Comparison) -> NDArray[np.bool_]:
    """Which models marked a voxel of a structure: bool (n_structures, n_models)."""
    return comparison.model_counts() > 0


def of_finders(comparison: Comparison) -> Comparison:
    """The comparison as if a model that missed a structure did not know it.

    A model that found nothing then has no vote about where the structure is. Whether it is held against it that it
    found nothing, is for the tables to say.
    """
    bits = found_by(comparison) @ (1 << np.arange(len(comparison.models)))
    structures = [
        replace(structure, voters=structure.voters & int(found))
        for structure, found in zip(comparison.structures, bits)
    ]
    return replace(comparison, structures=tuple(structures))
