"""Public functions say what a caller must know: in one style, of arguments that are there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

LIBRARY, PUBLIC = "SegmentationConcordanceLib", "segmentation_concordance"
SECTION = re.compile(r"^:(param \w+|returns|raises \S+):", re.MULTILINE)
OTHER_STYLES = re.compile(r"^(Args|Arguments|Parameters|Returns|Raises):?\n", re.MULTILINE)


def public_functions(path: Path) -> Iterator[tuple[ast.FunctionDef, list[str]]]:
    """The public functions and methods of a file with a body, and the names of their arguments."""

    def walk(node: ast.Module | ast.ClassDef) -> Iterator[tuple[ast.FunctionDef, list[str]]]:
        for child in node.body:
            if isinstance(child, ast.ClassDef) and not child.name.startswith("_"):
                yield from walk(child)
            elif isinstance(child, ast.FunctionDef) and not child.name.startswith("_") and not is_stub(child):
                arguments = (*child.args.posonlyargs, *child.args.args, *child.args.kwonlyargs)
                also = (one for one in (child.args.vararg, child.args.kwarg) if one is not None)
                yield child, [one.arg for one in (*arguments, *also) if one.arg not in ("self", "cls")]

    yield from walk(ast.parse(path.read_text(encoding="utf-8")))


def is_stub(function: ast.FunctionDef) -> bool:
    last = function.body[-1]
    return isinstance(last, ast.Expr) and isinstance(last.value, ast.Constant) and last.value.value is ...


def python_files(repository: Path, *folders: str) -> list[Path]:
    library = repository / "CrossSegmentationExplorer"
    return [path for folder in folders for path in sorted((library / folder).rglob("*.py"))]


def test_functions_of_two_or_more_arguments_have_sections(repository):
    bare = [
        f"{path.name}, line {function.lineno}: {function.name}"
        for path in python_files(repository, PUBLIC, LIBRARY)
        for function, arguments in public_functions(path)
        if len(arguments) >= 2 and not SECTION.search(ast.get_docstring(function) or "")
    ]
    assert bare == []


def test_sections_are_of_one_style_and_of_arguments_that_are_there(repository):
    wrong = []
    for path in python_files(repository, PUBLIC, LIBRARY):
        for function, arguments in public_functions(path):
            docstring = ast.get_docstring(function) or ""
            named = re.findall(r"^:param (\w+):", docstring, re.MULTILINE)
            if OTHER_STYLES.search(docstring) or set(named) - set(arguments):
                wrong.append(f"{path.name}: {function.name}")
    assert wrong == []


def test_every_public_function_of_the_package_for_python_names_each_argument(repository):
    missing = [
        f"{path.name}: {function.name}({name})"
        for path in python_files(repository, PUBLIC)
        for function, arguments in public_functions(path)
        for name in arguments
        if not path.stem.startswith("_") and len(arguments) >= 2
        if f":param {name}:" not in (ast.get_docstring(function) or "")
    ]
    assert missing == []
