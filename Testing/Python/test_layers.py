"""Who may know whom: walks the imports of every file of the library and of the module files."""

from __future__ import annotations

import ast
import functools
import re
import sys
from pathlib import Path

import pytest

from qt_host.module_files import module_files

LIBRARY = "SegmentationConcordanceLib"
ALLOWED = {
    "anatomy": set(),
    "imaging": {"anatomy"},
    "agreement": {"anatomy", "imaging"},
    "reporting": {"anatomy", "imaging", "agreement"},
    "harmonizing": {"anatomy", "imaging"},
    "exploring": {"anatomy", "imaging", "agreement", "review"},
    "scene": {"anatomy", "imaging", "agreement", "review", "harmonizing", "exploring"},
    "sample": {"anatomy", "imaging"},
    "viewer": {"anatomy", "imaging"},
    "browser": {"anatomy", "imaging", "agreement", "exploring", "review", "scene"},
    "review": {"anatomy", "imaging", "agreement"},
    "cohort": {"anatomy", "imaging", "agreement", "reporting", "review", "exploring"},
    "commands": {
        "anatomy",
        "imaging",
        "agreement",
        "reporting",
        "review",
        "cohort",
        "sample",
        "viewer",
        "exploring",
        "scene",
        "browser",
    },
}
BELOW_ALL = {
    "errors",
    "__version__",
    "near_matches",
    "plurals",
    "bounded_reading",
    "memory_budget",
    "csv_tables",
}  # files that know at most each other
MODULES = ("CrossSegmentationExplorer", "ConsensusMetrics", "SegmentHarmonizer")
QT = "SegmentationConcordanceQt"
"""What the modules' files share; installed beside the library, which never imports it."""
FILE_SCOPE_OF_MODULES = {"qt", "ctk", "vtk", "slicer"}


@functools.cache
def imported_names(path: Path, library: Path) -> tuple[tuple[str, bool], ...]:
    """Absolute names of what a file imports, and whether it does so at file scope."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    at_file_scope = {id(node) for node in tree.body}
    package = [library.name, *path.relative_to(library).with_suffix("").parts][:-1]
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [(alias.name, id(node) in at_file_scope) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            stem = ".".join([*base, *([node.module] if node.module else [])])
            names += [(f"{stem}.{alias.name}", id(node) in at_file_scope) for alias in node.names]
    return tuple(names)


@pytest.fixture(scope="module")
def library(repository) -> Path:
    return repository / "CrossSegmentationExplorer" / LIBRARY


def test_a_layer_knows_only_the_layers_below_it(library):
    wrong = []
    for path in library.rglob("*.py"):
        layer = path.relative_to(library).parts[0]
        if layer not in ALLOWED:
            continue
        for name, _ in imported_names(path, library):
            parts = name.split(".")
            if parts[0] == LIBRARY and parts[1] not in ALLOWED[layer] | {layer} | BELOW_ALL:
                wrong.append(f"{path.relative_to(library)} imports {name}")
    assert wrong == []


def test_what_lies_below_all_layers_knows_nothing_of_the_library(library):
    for name in BELOW_ALL - {"__version__"}:
        names = [n for n, _ in imported_names(library / f"{name}.py", library) if n.startswith(LIBRARY)]
        assert [n for n in names if n.split(".")[1] not in BELOW_ALL] == []


def test_every_folder_is_a_layer_with_rules(library):
    assert {path.name for path in library.iterdir() if path.is_dir() and path.name != "__pycache__"} <= set(ALLOWED)


def test_the_command_line_starts_without_slicer_core_and_trame(library):
    wrong = [
        f"{path.relative_to(library)} imports {name}"
        for path in (library / "commands").rglob("*.py")
        for name, at_file_scope in imported_names(path, library)
        if at_file_scope and name.split(".")[:2] in ([LIBRARY, "scene"], [LIBRARY, "browser"])
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("package", "where"),
    [
        ("vtk", {"scene"}),
        ("slicer", {"scene"}),
        *[(name, {"browser"}) for name in ("trame", "trame_server", "trame_slicer", "aiohttp")],
        *[(name, set()) for name in ("qt", "ctk", "pandas", QT, *MODULES, *(f"{module}Lib" for module in MODULES))],
    ],
)
def test_a_package_is_imported_only_where_it_may_be(library, package, where):
    wrong = [
        str(path.relative_to(library))
        for path in library.rglob("*.py")
        if path.relative_to(library).parts[0] not in where
        and any(name.split(".")[0] == package for name, _ in imported_names(path, library))
    ]
    assert wrong == []


def test_what_knows_no_scene_does_not_live_in_scene(library):
    wrong = []
    for path in (library / "scene").rglob("*.py"):
        names = [name.split(".") for name, _ in imported_names(path, library)]
        if path.name != "__init__.py" and not any(n[0] in ("vtk", "slicer") or n[1:2] == ["scene"] for n in names):
            wrong.append(str(path.relative_to(library)))
    assert wrong == []


def test_the_public_package_stands_on_the_library_and_nothing_stands_on_it(repository, library):
    public = library.parent / "segmentation_concordance"
    names = [(path, name) for path in public.glob("*.py") for name, _ in imported_names(path, public)]
    assert {path.name for path, name in names if name.split(".")[0] == "pandas"} == {"tables.py"}
    assert [name for _, name in names if name.split(".")[:2] in ([LIBRARY, "scene"], [LIBRARY, "browser"])] == []
    modules = [path for module in MODULES for path in module_files(repository / module)]
    for path in [*library.rglob("*.py"), *modules]:
        assert not any(name.startswith("segmentation_concordance") for name, _ in imported_names(path, path.parent))


def test_the_library_never_reaches_for_the_application_scene(library):
    assert [path.name for path in library.rglob("*.py") if "slicer.mrmlScene" in path.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("module", MODULES)
def test_module_files_import_little_at_file_scope(repository, library, module):
    wrong = [
        f"{path.name} imports {name}"
        for path in module_files(repository / module)
        for name, at_file_scope in imported_names(path, repository / module)
        if at_file_scope
        and name.split(".")[0] not in FILE_SCOPE_OF_MODULES | {f"{module}Lib", QT, *sys.stdlib_module_names}
    ]
    assert wrong == []


@pytest.mark.parametrize("module", MODULES)
def test_a_module_leaves_the_files_of_the_other_modules_alone(repository, library, module):
    others = {name for other in MODULES if other != module for name in (other, f"{other}Lib")}
    wrong = [
        f"{path.name} imports {name}"
        for path in module_files(repository / module)
        for name, _ in imported_names(path, repository / module)
        if name.split(".")[0] in others
    ]
    assert wrong == []


def test_the_map_of_the_house_is_this_table(repository):
    text = (repository / "CONTRIBUTING.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `(\w+)/` \| .* \| (.+) \|$", text, flags=re.MULTILINE))
    words = {"nothing else of ours": set(), "everything": ALLOWED["commands"]}
    assert {folder: words.get(may, set(re.findall(r"`(\w+)`", may))) for folder, may in told.items()} == ALLOWED
