"""A test that is skipped names the command that lets it run."""

from __future__ import annotations

import ast
import re

COMMAND = re.compile(r": (make|apt-get install) \S")


def reason_of(call: ast.Call) -> str | None:
    """Why a test is skipped, as a pattern where it is put together; None for what is no skip, or says it elsewhere."""
    name = ast.unparse(call.func)
    if name not in ("pytest.skip", "pytest.mark.skip", "pytest.mark.skipif", "pytest.importorskip"):
        return None
    given = next((word.value for word in call.keywords if word.arg == "reason"), None)
    if given is None and name == "pytest.skip":
        given = call.args[0]
    return None if isinstance(given, ast.Name) else "" if given is None else ast.unparse(given)


def test_every_skip_names_a_command(repository):
    tests = repository / "Testing" / "Python"
    calls = [
        (path, node)
        for path in sorted(tests.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    ]
    reasons = [(f"{path.name}, line {call.lineno}", reason_of(call)) for path, call in calls]
    assert sum(reason is not None for _, reason in reasons) > 30
    assert [place for place, reason in reasons if reason is not None and not COMMAND.search(reason)] == []
