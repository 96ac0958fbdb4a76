"""Working on many cases on a Dask cluster that is there already, or on one of this machine."""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any, TypeVar

from ..errors import ConcordanceError
from .workers import WorkerEndedError, as_outcome, on_one_thread, use_python_program

Task = TypeVar("Task")
Outcome = TypeVar("Outcome")

LOCAL = "local"
"""In place of an address: a cluster of this machine."""

_AHEAD = 4
_SECONDS_BETWEEN_COUNTS = 2.0
_SECONDS_TO_CONNECT = 30


def on_dask(
    function: Callable[[Task], Outcome], tasks: Sequence[Task], *, address: str, workers: int
) -> Iterator[tuple[int, Outcome | Exception]]:
    """The number of each task, and its outcome or the exception, as they come.

    The workers see the same files under the same paths, and have the same version of this package. Dask gives a task
    to another worker where one ends.

    :param address: of the scheduler, e.g. "tcp://10.0.0.1:8786", or ``LOCAL``.
    :param workers: processes of a cluster of this machine.
    :raises ConcordanceError: Dask is not installed, or nobody answers there.
    """
    distributed = _distributed()
    with ExitStack() as ends:
        cluster = None
        if address == LOCAL:
            use_python_program()
            cluster = distributed.LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None)
            ends.callback(cluster.close)
        try:
            client = distributed.Client(cluster or address, timeout=_SECONDS_TO_CONNECT, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            fact = f"does not answer ({error})"
            raise ConcordanceError(f"Dask scheduler {address}", fact, "Check the address.") from error
        ends.callback(client.close)
        yield from _outcomes(distributed, client, function, tasks)


def _outcomes(distributed: Any, client: Any, function: Callable[[Task], Outcome], tasks: Sequence[Task]) -> Iterator:
    """Only some tasks more than there are threads are handed over at a time: the scheduler stays small."""
    numbers = iter(range(len(tasks)))
    number_of: dict[Any, int] = {}
    running = distributed.as_completed(loop=client.loop, with_results=True, raise_errors=False)
    one = functools.partial(on_one_thread, function)
    most, asked = 0, -math.inf

    def hand_over() -> None:
        nonlocal most, asked
        if time.monotonic() > asked + _SECONDS_BETWEEN_COUNTS:  # each time a round trip, for which the driver waits
            most, asked = _AHEAD * max(1, sum(client.nthreads().values())), time.monotonic()
        while len(number_of) < most and (number := next(numbers, None)) is not None:
            future = client.submit(one, tasks[number], pure=False)
            number_of[future] = number
            running.add(future)

    hand_over()
    for future, result in running:
        number = number_of.pop(future)
        hand_over()
        if future.status == "finished":
            yield number, result
            continue
        error = result[1] if isinstance(result, tuple) else result
        if isinstance(error, distributed.KilledWorker):
            yield number, WorkerEndedError("the workers that were given it ended")
        else:
            yield number, as_outcome(error)


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        remedy = "Install it: pip install 'segmentation-concordance[cohort]'."
        raise ConcordanceError("a cluster", "needs the Python package distributed (Dask)", remedy) from error
    return distributed
