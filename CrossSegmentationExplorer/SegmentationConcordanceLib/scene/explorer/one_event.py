"""Several changes of a node as one event."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import slicer


@contextmanager
def one_event(node: slicer.vtkMRMLNode) -> Iterator[None]:
    """The node reports all changes of the block at its end, and does so after an exception too."""
    modifying = node.StartModify()
    try:
        yield
    finally:
        node.EndModify(modifying)
