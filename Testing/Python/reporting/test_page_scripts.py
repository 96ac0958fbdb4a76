"""The unit tests of the page's scripts, by node's own runner."""

from __future__ import annotations

import shutil
import subprocess

import pytest


def test_the_scripts_of_the_page(repository):
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs Node.js: apt-get install nodejs")
    tests = sorted((repository / "Testing" / "JavaScript").glob("*.test.js"))
    assert tests
    done = subprocess.run([node, "--test", *map(str, tests)], capture_output=True, text=True, errors="replace")
    assert done.returncode == 0, done.stdout + done.stderr
