"""Parts of the module CrossSegmentationExplorer: what its file would be too long with."""
