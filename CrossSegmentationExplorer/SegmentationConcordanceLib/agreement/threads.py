"""How many threads count and measure at a time: two on their own, fewer where several cases are worked on at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_COUNT: ContextVar[int] = ContextVar("threads that count and measure", default=2)


def thread_count() -> int:
    """For a pool that is made here and now. Results are the same for any number."""
    return _COUNT.get()


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Within it, pools of this thread have so many threads.

    :param count: 1 or more.
    """
    token = _COUNT.set(count)
    try:
        yield
    finally:
        _COUNT.reset(token)
