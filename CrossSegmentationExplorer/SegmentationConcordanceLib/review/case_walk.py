"""From case to case: the next one is read while this one is looked at, as far as the memory allows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

from .work_list import Reading, next_reading

Loaded = TypeVar("Loaded")


class CaseWalk(Generic[Loaded]):
    """Walks a work list.

    Only one case is read ahead, in one thread; what was read ahead and is not wanted any more is forgotten. A case
    that cannot be read stops nothing: going there raises, and the walk stays where it was.

    :param readings: in their order.
    :param read: reads a case by its name; called in another thread, so it must not touch a scene.
    :param may_read_ahead: asked with the next case's name before it is read ahead: whether there is memory for it.
    :ivar current: the reading that is looked at; None before the first.
    """

    def __init__(
        self,
        readings: Sequence[Reading],
        read: Callable[[str], Loaded],
        may_read_ahead: Callable[[str], bool] = lambda case: True,
    ) -> None:
        self.readings = tuple(readings)
        self._read = read
        self._may_read_ahead = may_read_ahead
        self._reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="next case")
        self._ahead: tuple[str, Future[Loaded]] | None = None
        self.current: Reading | None = None

    def go(self, steps: int) -> tuple[Reading, Loaded] | None:
        """Go so many readings on, negative back; the first one at the beginning.

        :returns: the reading and its case; None where there is no other one in that direction.
        :raises ConcordanceError: whatever reading the case raises.
        """
        target = next_reading(self.readings, self.current, steps)
        return None if target is None or target == self.current else (target, self.open(target))

    def open(self, reading: Reading) -> Loaded:
        """Go to this reading.

        :raises ConcordanceError: whatever reading the case raises; then the walk stays where it was.
        """
        loaded = self._taken(reading.case)
        self.current = reading
        return loaded

    def read_ahead(self) -> None:
        """Begin to read the next case, if there is one, it is another one, and there is memory for it."""
        following = next_reading(self.readings, self.current, 1)
        if following is None or (self.current is not None and following.case == self.current.case):
            return
        if self._ahead is not None and self._ahead[0] == following.case:
            return
        self._forget()
        if self._may_read_ahead(following.case):
            self._ahead = following.case, self._reader.submit(self._read, following.case)

    def close(self) -> None:
        """Forget what was read ahead, and end the thread once it has finished the file it is at."""
        self._forget()
        self._reader.shutdown(wait=False, cancel_futures=True)

    def _taken(self, case: str) -> Loaded:
        if self._ahead is not None and self._ahead[0] == case:
            ahead, self._ahead = self._ahead[1], None
            return ahead.result()
        self._forget()
        return self._read(case)

    def _forget(self) -> None:
        if self._ahead is not None:
            self._ahead[1].cancel()
            self._ahead = None
