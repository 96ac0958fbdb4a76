"""Which files are a module's own: those that are held to what PythonQt can do."""

from __future__ import annotations

from pathlib import Path


def module_files(folder: Path) -> list[Path]:
    """The module's file, and those of the package beside it, which it is the only one to import.

    :param folder: e.g. ConsensusMetrics; its package would be ConsensusMetrics/ConsensusMetricsLib.
    """
    return [folder / f"{folder.name}.py", *sorted((folder / f"{folder.name}Lib").rglob("*.py"))]
