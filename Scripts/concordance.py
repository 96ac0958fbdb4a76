"""The command line inside 3D Slicer: Slicer --no-main-window --python-script Scripts/concordance.py -- compare --help

The "--" lets Slicer leave the words after it alone. Without it, Slicer takes those that it knows itself.
"""

import sys
from collections.abc import Sequence


def main(words: Sequence[str], command_line: Sequence[str]) -> int:
    """Run one command.

    :param words: what Slicer handed on, without the script's own name.
    :param command_line: all words that Slicer was started with; empty outside of it.
    :returns: the exit code.
    """
    from SegmentationConcordanceLib.cli import run

    words = [*words[1:]] if words[:1] == ["--"] else [*words]
    taken = taken_by_slicer(words, command_line)
    if taken:
        sys.stderr.write(
            f"concordance: Slicer took {' '.join(taken)} for itself. Put -- before the command: "
            f"--python-script concordance.py -- {' '.join(words[:1])} ...\n"
        )
        return 2
    return run(words)


def taken_by_slicer(words: Sequence[str], command_line: Sequence[str]) -> list[str]:
    """The words after the script's name that Slicer did not hand on."""
    names = [number for number, word in enumerate(command_line) if word.endswith("concordance.py")]
    given = [word for word in command_line[names[-1] + 1 :] if word != "--"] if names else []
    left = [*words]
    taken = []
    for word in given:
        if word in left:
            left.remove(word)
        else:
            taken.append(word)
    return taken


def slicer_command_line() -> list[str]:
    """All words that Slicer was started with; empty where this is no Slicer."""
    try:
        import slicer

        return [*slicer.app.arguments()]
    except (ImportError, AttributeError):
        return []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], slicer_command_line()))
