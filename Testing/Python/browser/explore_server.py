"""`concordance explore` as a process of its own, in the environment that has trame-slicer."""

from __future__ import annotations

import re
import signal
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ExploreServer:
    """A running command.

    :param address: what it printed, with the key.
    """

    process: subprocess.Popen
    address: str

    @property
    def port(self) -> int:
        return int(re.search(r":(\d+)/", self.address).group(1))

    @property
    def key(self) -> str:
        return self.address.partition("key=")[2]

    def end(self) -> tuple[int, str]:
        """Interrupt it as Ctrl-C does; its exit code and what it wrote to standard error."""
        self.process.send_signal(signal.SIGINT)
        _, err = self.process.communicate(timeout=60)
        return self.process.returncode, err


def start_explore(python: Path, words: list[object]) -> ExploreServer:
    """Start the command, and wait until it prints its address."""
    command = [python, "-m", "SegmentationConcordanceLib", "explore", "--no-browser", *words]
    process = subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    watchdog = threading.Timer(120, process.kill)
    watchdog.start()
    address = process.stdout.readline().strip()
    watchdog.cancel()
    if not address.startswith("http"):
        process.kill()
        raise AssertionError(process.communicate()[1])
    return ExploreServer(process, address)
