"""How pytest-xdist shares the tests out: a file's tests stay in one process, with all that they have made together."""

from __future__ import annotations

from typing import Any

from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("browser", "sample")
"""Of these folders all files: they share a server, or arrays that are dear to read."""

LONGEST = (
    "browser",
    "viewer/test_ohif_page.py",
    "test_python_interface.py",
    "scene/explorer/test_explorer_random.py",
    "commands/test_ends.py",
    "commands/test_compare.py",
)
"""Begun first, so that none of them is left for one process while the others have nothing to do."""


class FileGroups(LoadScopeScheduling):
    """Groups are files or whole folders, begun in the order in which they are collected, the longest before."""

    def __init__(self, config: Any, log: Any = None) -> None:
        config.option.loadscopereorder = False  # by the number of tests, which says nothing of the time they take
        super().__init__(config, log)

    def _assign_work_unit(self, node: Any) -> None:
        longest = next((group for group in LONGEST if group in self.workqueue), None)
        if longest is not None:
            self.workqueue.move_to_end(longest, last=False)
        super()._assign_work_unit(node)

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0].removeprefix("Testing/Python/")
        folder = file.partition("/")[0]
        return folder if folder in TOGETHER else file
