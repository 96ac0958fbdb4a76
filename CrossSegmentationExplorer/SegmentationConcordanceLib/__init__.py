"""Agreement of AI segmentations: anatomy, imaging, agreement, reporting and scene layers of SegmentationConcordance."""
