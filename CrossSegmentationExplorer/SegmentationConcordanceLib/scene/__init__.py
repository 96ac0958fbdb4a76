"""Label maps in a MRML scene and back: the only layer that imports vtk and slicer.

The scene is always an argument, never the application's own: the same code runs on the desktop, on slicer-core and in
tests. MRML's world is RAS, the library's is LPS; :mod:`.grids` is the one place that converts.
"""
