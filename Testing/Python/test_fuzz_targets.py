"""The fuzz targets of Testing/Fuzz: seeds are sound, what once was a fault is told, and some mutations besides."""

from __future__ import annotations

import importlib.util
import random
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parents[1] / "Fuzz"
_MUTATIONS = 60


def _targets():
    spec = importlib.util.spec_from_file_location("fuzz_targets", HERE / "targets.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.TARGETS


TARGETS = _targets()
# A link and a pattern may be refused, a request finds no such study: these are texts, not files.
TEXTS = ("request", "link", "pattern")
FAULTS = sorted((HERE / "faults").glob("*/*"))


@pytest.mark.parametrize("name", sorted(set(TARGETS) - set(TEXTS)))
def test_every_seed_is_read(name, tmp_path):
    seeds = sorted((HERE / "seeds" / name).iterdir())
    assert seeds
    if name != "series":  # one slice alone is no series
        assert all(TARGETS[name].run(seed.read_bytes(), tmp_path) for seed in seeds)


@pytest.mark.parametrize("path", FAULTS, ids=[f"{path.parent.name}-{path.name}" for path in FAULTS])
def test_what_once_was_a_fault_is_told(path, tmp_path):
    TARGETS[path.parent.name].run(path.read_bytes(), tmp_path)


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_mutations_are_read_or_refused(name, tmp_path):
    """The same for everybody: the long runs, which go where the code leads, are noted in docs/reliability.md."""
    chance = random.Random(name)
    seeds = [path.read_bytes() for path in sorted((HERE / "seeds" / name).iterdir())]
    for _ in range(_MUTATIONS):
        data = bytearray(chance.choice(seeds))
        for _ in range(chance.choice((1, 1, 2, 8))):
            _mutate(data, chance)
        TARGETS[name].run(bytes(data), tmp_path)


def _mutate(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data) + 1)
    match chance.randrange(5):
        case 0 if at < len(data):
            data[at] = chance.randrange(256)
        case 1:
            data[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", bytes(4), b"\0\0\0\xf0", b"99999999", b"-1"))
        case 2:
            del data[at : at + chance.choice((1, 8, 200))]
        case 3:
            data[at:at] = data[: chance.randrange(64)]
        case _:
            data[at:at] = chance.choice((b"\0", b"\n", b",", b'"', b"\xed\xa0\x80", b"{", b"[" * 40))
