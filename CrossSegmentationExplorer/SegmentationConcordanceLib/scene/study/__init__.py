"""The segmentations of a study in the DICOM database: found by their headers, and loaded."""
