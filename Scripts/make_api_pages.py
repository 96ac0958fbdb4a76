"""Write the pages of docs/api: one for the package for Python, one for each folder of the library.

python Scripts/make_api_pages.py FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

_REPOSITORY = Path(__file__).resolve().parents[1]
_LIBRARY = _REPOSITORY / "CrossSegmentationExplorer" / "SegmentationConcordanceLib"
_FOLDERS = ("anatomy", "imaging", "agreement", "reporting", "cohort", "review", "sample", "viewer")
"""What can be used without Slicer's scene."""


def main(folder: Path) -> None:
    """Write index.md and a page per folder of the library; every module with its public functions and classes."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {"segmentation_concordance": _module("segmentation_concordance", ":imported-members:")}
    for name in _FOLDERS:
        modules = sorted(path.stem for path in (_LIBRARY / name).glob("*.py") if path.stem != "__init__")
        pages[name] = "\n".join(_module(f"SegmentationConcordanceLib.{name}.{module}") for module in modules)
    for name, blocks in pages.items():
        (folder / f"{name}.md").write_text(f"# {name}\n\n{blocks}", encoding="utf-8")
    listed = "\n".join(pages)
    text = f"# The interface\n\n```{{toctree}}\n:maxdepth: 1\n\n{listed}\n```\n"
    (folder / "index.md").write_text(text, encoding="utf-8")


def _module(name: str, *options: str) -> str:
    heading = "" if name == "segmentation_concordance" else f"## {name.rpartition('.')[2]}\n\n"
    lines = "".join(f"{option}\n" for option in options)
    return f"{heading}```{{eval-rst}}\n.. automodule:: {name}\n{''.join(f'   {o}' for o in [lines] if o)}```\n"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
