"""What a module shell must not do."""

from __future__ import annotations


class PythonQtError(AssertionError):
    """The code would not work, or would silently do something else, under Slicer's PythonQt."""
