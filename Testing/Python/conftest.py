"""Fixtures that every test may ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return REPOSITORY


def _shared_folder(name: str) -> Path:
    folder = REPOSITORY.parent / "shared" / name
    if not folder.is_dir():
        pytest.skip(f"needs ../shared/{name} beside the checkout, which holds real cases and published facts")
    return folder


@pytest.fixture(scope="session")
def shared_cases() -> Path:
    """Real CTs with real model outputs; skips where the folder is absent."""
    return _shared_folder("cases")


@pytest.fixture(scope="session")
def shared_reference() -> Path:
    """Label ids, codes and published values as published; skips where the folder is absent."""
    return _shared_folder("reference")
