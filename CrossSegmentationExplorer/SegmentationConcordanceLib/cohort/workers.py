"""Working on many cases in processes of this machine. A process that ends, killed or out of memory, costs its own case
only; none outlives the one that started it."""

from __future__ import annotations

import functools
import multiprocessing
import os
import shutil
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnContext, SpawnProcess
from pathlib import Path
from typing import Generic, TypeVar

from ..agreement.threads import threads
from ..errors import ConcordanceError

Task = TypeVar("Task")
Outcome = TypeVar("Outcome")

_CASES_PER_PROCESS = 200
_ATTEMPTS = 2


class WorkerEndedError(Exception):
    """The process that worked on a task ended without an outcome."""


def in_this_process(
    function: Callable[[Task], Outcome], tasks: Sequence[Task]
) -> Iterator[tuple[int, Outcome | Exception]]:
    """One task after the other: the number of each, and its outcome or the exception.

    :param function: its exceptions become outcomes.
    :param tasks: worked on in their order.
    """
    for number, task in enumerate(tasks):
        yield number, _outcome(function, task)


def in_processes(
    function: Callable[[Task], Outcome],
    tasks: Sequence[Task],
    *,
    workers: int,
    memory_of: Callable[[Task], int],
    memory: int | None,
) -> Iterator[tuple[int, Outcome | Exception]]:
    """Several tasks at a time, each in a process: its number, and its outcome or the exception, as they come.

    A task begins only when its memory fits beside that of those at work; one that is larger than all memory is worked
    on alone. One whose process ends is tried once more.

    :param function: of a module, as processes find it again by its name.
    :param memory_of: the bytes that a task needs; asked before it begins.
    :param memory: in bytes; None for no limit.
    """
    context = _context()
    lanes = [_Lane(context, functools.partial(on_one_thread, function)) for _ in range(min(workers, len(tasks)))]
    waiting = list(range(len(tasks)))[::-1]
    attempts: dict[int, int] = {}
    try:
        while waiting or any(lane.number is not None for lane in lanes):
            _fill(lanes, waiting, tasks, memory_of, memory)
            for lane in _ready(lanes):
                number, outcome = lane.take()
                if isinstance(outcome, WorkerEndedError):
                    attempts[number] = attempts.get(number, 0) + 1
                    if attempts[number] < _ATTEMPTS:
                        waiting.append(number)
                        continue
                yield number, outcome
    finally:
        for lane in lanes:
            lane.end()


def _fill(
    lanes: Sequence[_Lane[Task, Outcome]],
    waiting: list[int],
    tasks: Sequence[Task],
    memory_of: Callable[[Task], int],
    memory: int | None,
) -> None:
    for lane in lanes:
        if lane.number is not None or not waiting:
            continue
        needed = memory_of(tasks[waiting[-1]])
        busy = sum(other.memory for other in lanes if other.number is not None)
        if memory is not None and busy and busy + needed > memory:
            return
        number = waiting.pop()
        lane.give(number, tasks[number], needed)


def _ready(lanes: Sequence[_Lane[Task, Outcome]]) -> list[_Lane[Task, Outcome]]:
    busy: dict[object, _Lane[Task, Outcome]] = {}
    for lane in lanes:
        busy |= dict.fromkeys(lane.signs() if lane.number is not None else (), lane)
    signs = [sign for lane in lanes if lane.number is not None for sign in lane.signs()]
    return list(dict.fromkeys(busy[sign] for sign in wait(signs)))


class _Lane(Generic[Task, Outcome]):
    """A process, and the task that it is at; a new process takes the place of one that ended or has done many."""

    def __init__(self, context: SpawnContext, function: Callable[[Task], Outcome]) -> None:
        self._context = context
        self._function = function
        self._running: tuple[SpawnProcess, Connection] | None = None
        self._done = 0
        self.number: int | None = None
        self.memory = 0

    def give(self, number: int, task: Task, memory: int) -> None:
        _, pipe = self._running = self._running or self._started()
        self.number, self.memory = number, memory
        with suppress(OSError):  # the process has ended meanwhile, as its sentinel will say
            pipe.send(task)

    def signs(self) -> list[Connection | int]:
        """What becomes ready when the task is done or the process has ended."""
        if self._running is None:
            return []
        process, pipe = self._running
        return [pipe, process.sentinel]

    def take(self) -> tuple[int, Outcome | Exception]:
        """The task's number, and what came of it."""
        if self._running is None or self.number is None:
            raise ValueError("the lane is at no task")
        process, pipe = self._running
        number, self.number = self.number, None
        try:
            outcome = pipe.recv() if pipe.poll() else self._ended(process)
        except (EOFError, OSError):
            outcome = self._ended(process)
        self._done += 1
        if self._done >= _CASES_PER_PROCESS:
            self.end()
        return number, outcome

    def end(self) -> None:
        """End the process, also in the middle of its task."""
        if self._running is not None:
            process, pipe = self._running
            pipe.close()
            process.kill()
            process.join()
        self._running = None

    def _ended(self, process: SpawnProcess) -> WorkerEndedError:
        process.join()
        code = process.exitcode
        self.end()
        return WorkerEndedError(f"the process that worked on it ended ({_ending(code)})")

    def _started(self) -> tuple[SpawnProcess, Connection]:
        pipe, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(theirs, self._function), daemon=True)
        with _interruption_waits():
            process.start()
        self._done = 0
        theirs.close()
        return process, pipe


@contextmanager
def _interruption_waits() -> Iterator[None]:
    """What is started within it never hears of Ctrl-C, not even before :func:`_serve`; here it is heard right after."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # its start would let the signal through again, in the middle of ours
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        name = signal.Signals(-code).name
        return f"{name}, perhaps for want of memory: fewer processes at a time need less" if name == "SIGKILL" else name
    return f"exit code {code}"


def _serve(pipe: Connection, function: Callable[[Task], Outcome]) -> None:
    """What a process does: task after task, until the one that started it is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all; the one at the terminal ends the others
    threading.Thread(target=_end_with_parent, daemon=True).start()
    warnings.filterwarnings("ignore", module="pydicom")
    while True:
        try:
            task = pipe.recv()
        except EOFError:
            return
        pipe.send(_outcome(function, task))


def on_one_thread(function: Callable[[Task], Outcome], task: Task) -> Outcome:
    """Work on a task beside others: what it counts and measures takes no core from them.

    :param function: what is done.
    :param task: its argument.
    :returns: what it returns.
    """
    with threads(1):
        return function(task)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _outcome(function: Callable[[Task], Outcome], task: Task) -> Outcome | Exception:
    try:
        return function(task)
    except Exception as error:  # noqa: BLE001 - a fault on one case must not cost the others; the caller tells it
        return as_outcome(error)


def as_outcome(error: BaseException) -> Exception:
    """An error of a task as its outcome: ours as it is, a fault of the program with its kind."""
    return error if isinstance(error, ConcordanceError) else RuntimeError(f"{type(error).__name__}: {error}")


def python_program() -> Path | None:
    """The Python that other processes run: that of this one.

    Inside Slicer this program is Slicer itself, which would start once more for each process. There it is PythonSlicer,
    in the folder bin of the installation: that of SLICER_HOME, that beside this program, or on the path, where Slicer
    puts it.

    :returns: None where this program is no Python and PythonSlicer is not found: then there is no other process.
    """
    own = Path(sys.executable or "Slicer")
    if own.name.lower().startswith("py"):  # python3, pythonw.exe, python-real, PythonSlicer, pypy3
        return own
    name = "PythonSlicer.exe" if sys.platform == "win32" else "PythonSlicer"
    home = os.environ.get("SLICER_HOME", "")
    places = [*([Path(home, "bin")] if home else []), own.parent]
    found = next((str(place / name) for place in places if (place / name).is_file()), None) or shutil.which(name)
    return Path(found) if found else None


def use_python_program() -> None:
    """Have processes of multiprocessing, and those of Dask, run :func:`python_program`."""
    program = python_program()
    if program is not None and program != Path(sys.executable):
        multiprocessing.set_executable(str(program))


def _context() -> SpawnContext:
    """Fresh interpreters: a fork of a process with threads may hang."""
    use_python_program()
    return multiprocessing.get_context("spawn")
