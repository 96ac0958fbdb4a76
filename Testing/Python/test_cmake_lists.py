"""What CMake installs is what lies on disk: a file left out works from a checkout and is missing when installed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

MODULES = ("CrossSegmentationExplorer", "ConsensusMetrics", "SegmentHarmonizer")
IGNORED = {"CMakeLists.txt"}


def listed_files(module_folder: Path) -> list[str]:
    text = (module_folder / "CMakeLists.txt").read_text(encoding="utf-8")
    files = []
    for name in ("MODULE_PYTHON_SCRIPTS", "MODULE_PYTHON_RESOURCES"):
        (block,) = re.findall(rf"set\({name}\n(.*?)\)", text, flags=re.DOTALL)
        files += block.replace("${MODULE_NAME}", module_folder.name).split()
    return files


@pytest.mark.parametrize("module", MODULES)
def test_cmake_lists_every_file_once(repository, module):
    folder = repository / module
    on_disk = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name not in IGNORED
    }
    listed = listed_files(folder)
    assert sorted(listed) == sorted(on_disk)


@pytest.mark.parametrize("module", MODULES)
def test_python_files_are_scripts_and_others_are_resources(repository, module):
    text = (repository / module / "CMakeLists.txt").read_text(encoding="utf-8")
    scripts = re.search(r"set\(MODULE_PYTHON_SCRIPTS\n(.*?)\)", text, flags=re.DOTALL).group(1).split()
    resources = re.search(r"set\(MODULE_PYTHON_RESOURCES\n(.*?)\)", text, flags=re.DOTALL).group(1).split()
    assert all(path.endswith(".py") for path in scripts)
    assert not any(path.endswith(".py") for path in resources)


def test_every_module_folder_is_added(repository):
    text = (repository / "CMakeLists.txt").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^add_subdirectory\((\w+)\)$", text, flags=re.MULTILINE)) == sorted(MODULES)
