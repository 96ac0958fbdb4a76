"""Agreement of AI segmentations: the library of the modules in Slicer, of the command line and of Python."""

__version__ = "0.1.0"
