"""Where the slices are sent: to a disagreement about the structure, to a finding, or to the structure's middle."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..agreement.dispute_depths import middle_voxel
from ..agreement.disputed_place import Place, place_of
from ..agreement.disputed_regions import DisputedRegion, disputed_regions
from .explored_scan import ExploredScan


@dataclass(frozen=True, slots=True)
class ShownPlace:
    """Where to look at a structure of a scan.

    :param regions: where the models disagree about the structure, the largest region first.
    :param region: index of the region that is looked at; -1 for none.
    :param of_finding: the place of the finding that is looked at instead, RAS in mm; None for none.
    """

    regions: tuple[DisputedRegion, ...] = ()
    region: int = -1
    of_finding: Place | None = None

    @classmethod
    def of(cls, scan: ExploredScan, key: str) -> ShownPlace:
        """Where the models disagree most about a structure.

        :param scan: of the models.
        :param key: of a structure; one that fewer than two models know, or nobody found, has no regions.
        """
        index = scan.index_of(key)
        if index is None or scan.box(key) is None or scan.comparison.structures[index].n_voters < 2:
            return cls()
        regions = disputed_regions(scan.comparison, index)
        return cls(regions, 0 if regions else -1)

    def stepped(self, steps: int) -> ShownPlace:
        """So many regions on, negative back; round at the ends. Without regions nothing changes."""
        if not self.regions:
            return self
        return ShownPlace(self.regions, (self.region + steps) % len(self.regions))

    def at_finding(self, place: Place) -> ShownPlace:
        """The place of a finding instead of that of a region.

        :param place: RAS in mm.
        """
        return replace(self, of_finding=place)

    def without_regions(self) -> ShownPlace:
        """For a structure that is no longer there; the place of a finding stays."""
        return ShownPlace(of_finding=self.of_finding)

    def in_scan(self, scan: ExploredScan, key: str) -> Place | None:
        """The place itself.

        :param scan: of the models.
        :param key: of the structure; "" for none.
        :returns: RAS in mm; the innermost voxel of the structure where there are no regions, None without a structure.
        """
        geometry = scan.comparison.geometry
        if self.of_finding is not None:
            return self.of_finding
        if self.region >= 0:
            return place_of(geometry, self.regions[self.region].voxel)
        box = scan.box(key) if key else None
        if box is None:
            return None
        everything = np.logical_or.reduce([drawn.mask(key, box) for drawn in scan.drawn.values()])
        return place_of(geometry, middle_voxel(everything, box.lower, geometry.spacing_mm[::-1]))
