"""Label-map voxels with geometry; NIfTI and NRRD files, DICOM image series and DICOM SEG, in and out."""
