"""Time and memory of calls, and the table that they end in."""

from __future__ import annotations

import gc
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")
_RESET_PEAK = "5"


@dataclass(frozen=True, eq=False)
class Timing:
    """What repeating one call gave.

    :param seconds: of each run.
    :param result: of the last run.
    """

    seconds: tuple[float, ...]
    result: Any

    @property
    def median(self) -> float:
        """In seconds."""
        return statistics.median(self.seconds)


@dataclass(frozen=True, slots=True)
class Demand:
    """A limit that a number has to keep, e.g. "at least 40 times"."""

    limit: float
    unit: str
    at_least: bool

    def met(self, value: float) -> bool:
        """Whether the number keeps it."""
        return value >= self.limit if self.at_least else value <= self.limit

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.limit:,g} {self.unit}"


def at_least_times(limit: float) -> Demand:
    """Ours is so many times as fast."""
    return Demand(limit, "x", True)


def at_most(limit: float, unit: str) -> Demand:
    """Ours is no more than that."""
    return Demand(limit, unit, False)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table.

    :param seconds: median; None where the row is no time.
    :param runs: how often it was measured; 0 where it was extrapolated, see ``what``.
    :param extra_mb: peak memory beyond what was there before, in MB of 10^6 bytes; None where not measured.
    :param value: the number that is demanded, as text, e.g. "52 x".
    :param demand: what the number has to keep.
    :param met: None where nothing is demanded.
    """

    what: str
    seconds: float | None = None
    runs: int = 0
    extra_mb: float | None = None
    value: str = ""
    demand: str = ""
    met: bool | None = None


def demanded(what: str, value: float, demand: Demand, **also: Any) -> Row:
    """A row whose number is held against a demand."""
    text = f"{value:,.0f}" if value >= 20 else f"{value:.2g}"
    return Row(what, value=f"{text} {demand.unit}", demand=str(demand), met=demand.met(value), **also)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows about one question.

    :param same: what was asserted to be equal.
    """

    title: str
    rows: tuple[Row, ...]
    same: str

    def markdown(self) -> str:
        """The table in Markdown."""
        lines = [f"### {self.title}", "", "| | median | runs | extra memory | measured | demanded | |"]
        lines.append("|---|---:|---:|---:|---:|---:|---|")
        for row in self.rows:
            seconds = "" if row.seconds is None else _seconds(row.seconds)
            memory = "" if row.extra_mb is None else f"{row.extra_mb:,.0f} MB"
            met = {None: "", True: "met", False: "**missed**"}[row.met]
            runs = str(row.runs) if row.runs else ""
            lines.append(f"| {row.what} | {seconds} | {runs} | {memory} | {row.value} | {row.demand} | {met} |")
        return "\n".join([*lines, "", f"Asserted equal: {self.same}.", ""])


def _seconds(value: float) -> str:
    if value < 0.1:
        return f"{value * 1000:.2g} ms" if value < 0.01 else f"{value * 1000:.0f} ms"
    return f"{value:,.2f} s" if value < 100 else f"{value:,.0f} s"


def in_turn(repeats: int, **calls: Callable[[], Any]) -> dict[str, Timing]:
    """Run the calls one after the other, ``repeats`` times over, so that all see the same neighbours on the machine."""
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    results: dict[str, Any] = {}
    for _ in range(repeats):
        for name, call in calls.items():
            results.pop(name, None)
            gc.collect()
            start = time.perf_counter()
            results[name] = call()
            seconds[name].append(time.perf_counter() - start)
    return {name: Timing(tuple(seconds[name]), results[name]) for name in calls}


def once(call: Callable[[], Any]) -> Timing:
    """One run, of what is too slow for more."""
    return in_turn(1, call=call)["call"]


def extra_python_mb(call: Callable[[], Any]) -> float:
    """Peak memory of one run beyond what was there before, as Python and numpy allocate it; the result included."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        call()
        return (tracemalloc.get_traced_memory()[1] - before) / 1e6
    finally:
        tracemalloc.stop()


def extra_process_mb(call: Callable[[], Any]) -> float | None:
    """The same of the whole process, libraries in C++ included; Linux only, None elsewhere.

    Memory that the process had freed and kept is not seen again, so this is a lower bound.
    """
    if not _CLEAR.exists():
        return None
    gc.collect()
    _CLEAR.write_text(_RESET_PEAK, encoding="ascii")
    before = _kilobytes("VmRSS")
    call()
    return (_kilobytes("VmHWM") - before) * 1024 / 1e6


def _kilobytes(field: str) -> int:
    lines = _STATUS.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:"))


def sampled(items: Sequence[Any], count: int) -> list[Any]:
    """``count`` of the items, evenly spread from the first to the last."""
    if len(items) <= count:
        return list(items)
    return [items[round(n * (len(items) - 1) / (count - 1))] for n in range(count)]


def require(condition: bool, what: str) -> None:
    """End the benchmark where results differ: times of different results say nothing."""
    if not condition:
        sys.exit(f"the results differ: {what}")
