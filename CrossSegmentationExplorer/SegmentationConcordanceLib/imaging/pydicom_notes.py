"""pydicom warns about every odd value of a file. What matters of it is said in our own words, by those who read it."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager


class _Unheard:
    """Python's filters of warnings belong to the whole process, and each who changes them for a while puts back what he
    found. Of two threads the one that ends last would leave what the other one had set: so the first to begin changes
    them, and the last to end puts them back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._within = 0
        self._changed = ExitStack()

    def begin(self) -> None:
        with self._lock:
            if not self._within:
                self._changed.enter_context(warnings.catch_warnings())
                warnings.filterwarnings("ignore", module="pydicom")
            self._within += 1

    def end(self) -> None:
        with self._lock:
            self._within -= 1
            if not self._within:
                self._changed.close()


_UNHEARD = _Unheard()


@contextmanager
def without_pydicom_notes() -> Iterator[None]:
    """Within it pydicom's warnings are not heard; any number of threads may be within it."""
    _UNHEARD.begin()
    try:
        yield
    finally:
        _UNHEARD.end()
