"""Errors speak to every user: of Slicer and Python in plain words, on the command line with the option besides."""

from __future__ import annotations

import argparse
import ast
import pickle
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from SegmentationConcordanceLib import cli
from SegmentationConcordanceLib.commands.option_words import in_options
from SegmentationConcordanceLib.errors import ConcordanceError, DicomSeriesError, Setting

LIBRARY = Path(cli.__file__).parent
OPTION = re.compile(r"(?<![\w(-])--[a-z][a-z-]+(?![a-z:=-])")


def error(named: str, **more: str) -> ConcordanceError:
    return DicomSeriesError("here", "is wrong", "Name one.", Setting(named, **more))


def test_the_message_of_the_library_has_no_option():
    assert str(error("series")) == "here: is wrong. Name one."


@pytest.mark.parametrize(
    ("asked", "options", "expected"),
    [
        (error("series"), ("series",), "here: is wrong. Name one: --series UID."),
        (error("series"), ("ct",), "here: is wrong. Name one."),
        (error("task"), ("model", "task"), "here: is wrong. Name one: --task TASK."),
        (error("run_task", run="A", label_map="moose"), ("model",), "here: is wrong. Name one: --model A=moose:TASK."),
        (error("run_task", label_map="moose"), ("model",), "here: is wrong. Name one: --model moose:TASK."),
        (
            error("run_task", run="{label_map}", label_map="m"),
            ("model",),
            "here: is wrong. Name one: --model {label_map}=m:TASK.",
        ),
        (ConcordanceError("here", "is wrong", "Mend it."), ("series",), "here: is wrong. Mend it."),
    ],
)
def test_a_command_adds_its_option_if_it_has_it(asked, options, expected):
    args = argparse.Namespace(**dict.fromkeys(options))
    assert in_options(asked, args) == expected


def test_an_error_from_another_process_keeps_what_it_asks_for():
    again = pickle.loads(pickle.dumps(error("run_task", run="A")))
    assert type(again) is DicomSeriesError
    assert again.setting == Setting("run_task", run="A")


def test_the_library_itself_names_no_option_of_the_command_line():
    files = [path for path in LIBRARY.rglob("*.py") if "commands" not in path.parts and path.name != "cli.py"]
    named = {f"{path.name}: {text}" for path in files for text in said_in(path) if OPTION.search(text)}
    assert named == set()


def test_options_in_messages_are_found(tmp_path):
    path = tmp_path / "one.py"
    path.write_text('def f(x):\n    "with --ct"\n    raise E(f"--kind {x}", "a", "Use --ct.")\n', encoding="utf-8")
    assert {text for text in said_in(path) if OPTION.search(text)} == {"--kind ", "Use --ct."}


def said_in(path: Path) -> Iterator[str]:
    """The texts in a file that a user may see: no docstrings, and no words of other programs' calls."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.List | ast.Tuple):
            silent |= {id(word) for word in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            yield node.value
