"""What is dear to make is made once in a run, whichever of its processes asks first."""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from SegmentationConcordanceLib.cohort.folder_lock import locked

Made = TypeVar("Made")


def made_once(temporary: pytest.TempPathFactory, name: str, make: Callable[[Path], Made]) -> Made:
    """What ``make`` returns for a folder that this run's processes share; who comes later waits for who is first.

    :param name: of the folder, one for each kind of thing.
    :param make: fills the folder, which is not there yet, and returns something that can be pickled. The tests only
        read what it leaves.
    """
    base = temporary.getbasetemp()
    place = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"once-{name}"
    told = place / "made.pickle"
    with locked(place):
        if not told.exists():
            shutil.rmtree(place / name, ignore_errors=True)  # of one that failed
            told.write_bytes(pickle.dumps(make(place / name)))
    return pickle.loads(told.read_bytes())
