"""One synchronized row of views per model, stepped through structure by structure.

Everything that this package puts into a scene leaves with it: views, display nodes, surfaces, maps. None of it is
saved with the scene.
"""
