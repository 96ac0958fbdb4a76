"""What the work on many cases is done with: this process, several, or a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from .dask_workers import LOCAL, on_dask
from .memory import available_bytes
from .workers import in_processes, in_this_process, python_program

Task = TypeVar("Task")
Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True)
class Machinery:
    """What the work is done with.

    :param workers: processes; 1 for this one.
    :param memory: bytes that the cases at work may need together; None for four fifths of what is free.
    :param scheduler: of a Dask cluster, see :func:`on_dask`; "" for none.
    """

    workers: int = 1
    memory: int | None = None
    scheduler: str = ""

    @property
    def is_possible(self) -> bool:
        """Whether the processes of this machine that it needs can be started; else the work is done in this one."""
        needed = self.scheduler == LOCAL if self.scheduler else self.workers > 1
        return not needed or python_program() is not None


def work_on(
    function: Callable[[Task], Outcome], tasks: Sequence[Task], machinery: Machinery, memory_of: Callable[[Task], int]
) -> Iterator[tuple[int, Outcome | Exception]]:
    """The number of each task, and its outcome or the exception, as they come.

    :param function: of a module, as other processes find it again by its name.
    :param memory_of: the bytes that a task needs.
    """
    if not machinery.is_possible:
        return in_this_process(function, tasks)
    if machinery.scheduler:
        return on_dask(function, tasks, address=machinery.scheduler, workers=machinery.workers)
    if machinery.workers == 1:
        return in_this_process(function, tasks)
    memory = machinery.memory or available_bytes()
    return in_processes(function, tasks, workers=machinery.workers, memory_of=memory_of, memory=memory)
