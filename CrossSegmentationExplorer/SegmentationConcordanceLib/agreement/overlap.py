"""Overlap of two segments from counts of voxels. A value without meaning is None, never 0 or infinity."""

from __future__ import annotations


def dice(count_a: int, count_b: int, common: int) -> float | None:
    """Dice coefficient, ``2 |A and B| / (|A| + |B|)``: 0 where one of them is empty, None where both are.

    Dice LR. Measures of the amount of ecologic association between species. Ecology 1945;26:297-302.

    :param count_a: voxels of the one segment.
    :param count_b: voxels of the other.
    :param common: voxels of both.
    :returns: 0 to 1.
    """
    return 2 * common / (count_a + count_b) if count_a + count_b else None


def jaccard(count_a: int, count_b: int, common: int) -> float | None:
    """Jaccard index, ``|A and B| / |A or B|``: 0 where one of them is empty, None where both are.

    It equals dice / (2 - dice).

    :param count_a: voxels of the one segment.
    :param count_b: voxels of the other.
    :param common: voxels of both.
    :returns: 0 to 1.
    """
    union = count_a + count_b - common
    return common / union if union else None


def volume_ratio(consensus_count: int, model_count: int) -> float | None:
    """Consensus volume / model volume; None where the model found nothing.

    With the strict intersection it equals dice / (2 - dice): the same information as Dice.

    :param consensus_count: voxels of the consensus.
    :param model_count: voxels of the model's segment.
    """
    return consensus_count / model_count if model_count else None
