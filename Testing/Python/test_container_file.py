"""The container file: instructions that exist, an entry that exists, a Python that the package takes."""

from __future__ import annotations

import json
import re

INSTRUCTIONS = {"FROM", "COPY", "RUN", "WORKDIR", "ENTRYPOINT", "CMD"}


def test_the_container_file(repository):
    text = (repository / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    words = dict(line.split(None, 1) for line in lines)
    assert lines[0].startswith("FROM ")
    assert set(words) <= INSTRUCTIONS
    project = (repository / "pyproject.toml").read_text(encoding="utf-8")
    (program,) = json.loads(words["ENTRYPOINT"])
    assert re.search(rf"^{program} = ", project, re.MULTILINE)
    minor = int(re.fullmatch(r"python:3\.(\d+)-slim", words["FROM"])[1])
    low, high = map(int, re.search(r'requires-python = ">=3\.(\d+),<3\.(\d+)"', project).groups())
    assert low <= minor < high
    ignored = (repository / ".dockerignore").read_text(encoding="utf-8").split()
    assert not {"pyproject.toml", "README.md", "LICENSE", "CrossSegmentationExplorer"} & set(ignored)
