"""The bands in which the consensus's share of a segment's volume is read, in the report as in Slicer."""

from __future__ import annotations

SHARE_BANDS = (90, 75, 50, 25)
"""Per cent of the segment's volume at which one band ends and the next begins, the highest first."""
