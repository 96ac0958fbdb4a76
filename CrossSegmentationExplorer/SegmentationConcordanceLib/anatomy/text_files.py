"""Text files of label tables, read with a limit: what is no such table is said, and not taken into memory."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

from ..bounded_reading import read_at_most
from ..errors import LabelMapTableError

_LARGEST = 2**26
_DEEPEST = 100


def read_text(path: str | Path) -> str:
    """The text of a file in UTF-8, with or without a byte order mark.

    :raises LabelMapTableError: missing, a folder, larger than 64 MiB, or no UTF-8.
    """
    try:
        content = read_at_most(path, _LARGEST)
        if content is None:
            raise LabelMapTableError(path, "is larger than 64 MiB, which no table of labels is", "Give the table.")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fact = f"is no UTF-8 text (byte {error.start} is {error.object[error.start]:#04x})"
        raise LabelMapTableError(path, fact, "Save it in UTF-8.") from error
    except OSError as error:
        raise LabelMapTableError(path, f"cannot be read ({error.strerror})", "Check the path.") from error
    except ValueError as error:  # a NUL within the path
        raise LabelMapTableError(ascii(str(path)), f"is no path ({error})", "Check the path.") from error


def read_json(path: str | Path, remedy: str) -> Any:
    """The value that a JSON file holds.

    :param remedy: what the user should give instead.
    :raises LabelMapTableError: see :func:`read_text`; or it is no JSON, is nested too deeply, or holds half a letter.
    """
    try:
        content = json.loads(read_text(path))
        if _is_deeper(content, _DEEPEST):  # how much Python itself takes depends on its version
            raise RecursionError
        json.dumps(content, ensure_ascii=False).encode("utf-8")
    except RecursionError as error:
        raise LabelMapTableError(path, "is nested too deeply", remedy) from error
    except UnicodeEncodeError as error:
        letter = f"U+{ord(error.object[error.start]):04X}"
        raise LabelMapTableError(path, f"holds half a letter ({letter}), which no file can keep", remedy) from error
    except ValueError as error:
        raise LabelMapTableError(path, f"is no JSON ({error})", remedy) from error
    return content


def _is_deeper(content: object, levels: int) -> bool:
    found = [content]
    for _ in range(levels):
        found = [
            inner
            for outer in found
            if isinstance(outer, (dict, list))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return any(isinstance(one, (dict, list)) for one in found)


def control_characters(text: str) -> list[str]:
    """The characters in a text that control something and show nothing, as "U+0000"; each once."""
    return [f"U+{ord(letter):04X}" for letter in dict.fromkeys(text) if unicodedata.category(letter) in ("Cc", "Cs")]
