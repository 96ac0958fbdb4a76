"""What a test answers to the dialogs that a module opens."""

from __future__ import annotations

from .mismatch import PythonQtError

_given: list[tuple[str, object]] = []


def give(dialog: str, value: object) -> None:
    """Answer the next ``dialog``, e.g. "QFileDialog.getSaveFileName" or "QMenu". In the order of calls."""
    _given.append((dialog, value))


def answer(dialog: str, title: str) -> object:
    """The value that the test gave for this dialog.

    :raises PythonQtError: the test gave none, or expected another dialog.
    """
    if not _given or _given[0][0] != dialog:
        expected = _given[0][0] if _given else "none"
        raise PythonQtError(f"{dialog} {title!r} was opened, the test expected {expected}")
    return _given.pop(0)[1]


def take_unused() -> list[str]:
    """Forget the answers that no dialog asked for, and name their dialogs."""
    unused = [dialog for dialog, _ in _given]
    _given.clear()
    return unused
