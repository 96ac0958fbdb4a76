"""How pytest-xdist shares the tests out: a file's tests stay in one process, with all that they have made together."""

from __future__ import annotations

from typing import Any

from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("browser", "sample")
"""Of these folders all files: they share a server, or arrays that are dear to read."""


class FileGroups(LoadScopeScheduling):
    """Groups are files or whole folders, begun in the order in which they are collected."""

    def __init__(self, config: Any, log: Any = None) -> None:
        config.option.loadscopereorder = False  # by the number of tests, which says nothing of the time they take
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        folder, _, file = nodeid.partition("::")[0].removeprefix("Testing/Python/").partition("/")
        return folder if folder in TOGETHER else f"{folder}/{file}"
