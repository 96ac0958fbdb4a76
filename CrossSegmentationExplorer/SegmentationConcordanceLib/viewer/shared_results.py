"""Results that are computed once, however many threads ask for them at the same time."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

Result = TypeVar("Result")


class SharedResults(Generic[Result]):
    """A cache of the results of a function. Who asks while the first one computes waits for that one's result.

    A failure is told to all who waited and is not kept: who asks then lets it be tried again.

    :param compute: called with the key.
    :param most: how many results are kept; those asked for longest ago go first.
    """

    def __init__(self, compute: Callable[..., Result], most: int) -> None:
        self._compute = compute
        self._most = most
        self._lock = threading.Lock()
        self._results: OrderedDict[tuple[Hashable, ...], Future[Result]] = OrderedDict()

    def __call__(self, *key: Hashable) -> Result:
        """The result for a key."""
        with self._lock:
            result = self._results.get(key)
            is_first = result is None
            if result is None:
                result = self._results[key] = Future()
                while len(self._results) > self._most:
                    self._results.popitem(last=False)
            self._results.move_to_end(key)
        if is_first:
            try:
                result.set_result(self._compute(*key))
            except BaseException as error:  # noqa: BLE001  raised again in every thread that waits
                with self._lock:
                    if self._results.get(key) is result:
                        del self._results[key]
                result.set_exception(error)
        return result.result()

    def done(self) -> list[Result]:
        """The results that are there now."""
        with self._lock:
            results = list(self._results.values())
        return [one.result() for one in results if one.done() and one.exception() is None]

    def clear(self) -> None:
        """Forget all results."""
        with self._lock:
            self._results.clear()
