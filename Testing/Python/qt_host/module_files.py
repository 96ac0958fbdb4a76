"""Which files are a module's own: those that are held to what PythonQt can do."""

from __future__ import annotations

from pathlib import Path


def module_files(folder: Path) -> list[Path]:
    """The module's file, those of the package beside it, which it is the only one to import, and the shared ones.

    :param folder: e.g. ConsensusMetrics; its package would be ConsensusMetrics/ConsensusMetricsLib.
    """
    packages = (f"{folder.name}Lib", "SegmentationConcordanceQt")
    return [
        folder / f"{folder.name}.py",
        *(path for name in packages for path in sorted((folder / name).rglob("*.py"))),
    ]
