"""Write the file lists of the three modules' CMakeLists.txt from what lies on disk.

python Scripts/update_cmake_lists.py
"""

from __future__ import annotations

import re
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
MODULES = ("CrossSegmentationExplorer", "ConsensusMetrics", "SegmentHarmonizer")


def main() -> None:
    """Rewrite the lists of scripts and resources, sorted, the module's own file first."""
    for module in MODULES:
        folder = REPOSITORY / module
        files = installed_files(folder)
        scripts = [name for name in files if name.endswith(".py")]
        scripts.sort(key=lambda name: name != f"{module}.py")
        resources = [name for name in files if not name.endswith(".py")]
        cmake_file = folder / "CMakeLists.txt"
        text = cmake_file.read_text(encoding="utf-8")
        for variable, names in (("MODULE_PYTHON_SCRIPTS", scripts), ("MODULE_PYTHON_RESOURCES", resources)):
            text = _with_list(text, variable, [name.replace(module, "${MODULE_NAME}") for name in names])
        cmake_file.write_text(text, encoding="utf-8")


def installed_files(folder: Path) -> list[str]:
    """What of a module's folder is installed, relative to it, sorted."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if _is_installed(path))


def _is_installed(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts and path.name != "CMakeLists.txt"


def _with_list(text: str, variable: str, names: list[str]) -> str:
    block = f"set({variable}\n" + "".join(f"  {name}\n" for name in names) + "  )"
    return re.sub(rf"set\({variable}\n.*?\)", lambda _: block, text, flags=re.DOTALL)


if __name__ == "__main__":
    main()
