"""Commands that serve until they are interrupted."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def interrupted() -> Iterator[threading.Event]:
    """An event that is set when the user, or the system, asks this process to end."""
    end = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: end.set()) for number in (signal.SIGINT, signal.SIGTERM)
    }  # fmt: skip
    try:
        yield end
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
