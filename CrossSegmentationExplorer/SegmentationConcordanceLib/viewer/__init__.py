"""A browser viewer behind every number: links to viewers, a DICOMweb server on this machine, and OHIF."""
