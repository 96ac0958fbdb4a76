"""Parts of the module SegmentHarmonizer: what its file would be too long with."""
