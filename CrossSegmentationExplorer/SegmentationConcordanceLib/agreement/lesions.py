"""Agreement of structures that come in any number, such as lesions: component by component."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

LEAST_IOU = 0.5
"""Above one half no component can match two others, so that the match is unique."""


@dataclass(frozen=True, slots=True)
class LesionAgreement:
    """How the components of a segmentation match those of a reference.

    Sensitivity, F1 and panoptic quality are None where they would divide by zero.

    :param n_reference: components of the reference. :param n_found: of the segmentation.
    :param n_matched: pairs with an intersection over union above :data:`LEAST_IOU`.
    :param n_touched: components of the reference of which at least one voxel is found.
    :param mean_iou: of the matched pairs; None without any.
    """

    n_reference: int
    n_found: int
    n_matched: int
    n_touched: int
    mean_iou: float | None

    @property
    def sensitivity(self) -> float | None:
        """Share of the reference's components that are matched."""
        return self.n_matched / self.n_reference if self.n_reference else None

    @property
    def false_negative_rate(self) -> float | None:
        """Share of the reference's components of which no voxel is found."""
        return 1 - self.n_touched / self.n_reference if self.n_reference else None

    @property
    def f1(self) -> float | None:
        """2 matched / (components of both): the recognition quality."""
        both = self.n_reference + self.n_found
        return 2 * self.n_matched / both if both else None

    @property
    def panoptic_quality(self) -> float | None:
        """Recognition quality times the mean intersection over union (Kirillov et al., CVPR 2019)."""
        if self.f1 is None:
            return None
        return self.f1 * (self.mean_iou or 0.0)


def lesion_agreement(reference: NDArray[np.bool_], found: NDArray[np.bool_]) -> LesionAgreement:
    """Match the connected components of two masks; voxels that share a corner are connected.

    :param reference: shape (k, j, i). :param found: on the same grid.
    :raises ValueError: the two have other shapes.
    """
    if reference.shape != found.shape:
        raise ValueError(f"shapes {reference.shape} and {found.shape}")
    everywhere = np.ones((3,) * reference.ndim, dtype=bool)
    of_reference, n_reference = ndimage.label(reference, everywhere)
    of_found, n_found = ndimage.label(found, everywhere)
    common = np.zeros((n_reference + 1, n_found + 1), dtype=np.int64)
    np.add.at(common, (of_reference.ravel(), of_found.ravel()), 1)
    sizes_reference, sizes_found = common.sum(axis=1)[1:], common.sum(axis=0)[1:]
    overlaps = common[1:, 1:]
    unions = sizes_reference[:, None] + sizes_found[None, :] - overlaps
    iou = overlaps / np.maximum(unions, 1)
    matched = iou[iou > LEAST_IOU]
    return LesionAgreement(
        n_reference,
        n_found,
        matched.size,
        int(np.count_nonzero(overlaps.any(axis=1))) if n_found else 0,
        float(matched.mean()) if matched.size else None,
    )
