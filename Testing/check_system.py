"""Says which system programs the tests can't find, with the command that installs them; their tests then skip."""

import ctypes
import shutil
import sys


def has_library(name: str) -> bool:
    """Whether the loader finds a shared library."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


MISSING = {
    "dicom3tools": shutil.which("dciodvfy") is None,
    "chromium": shutil.which("chromium") is None,
    "libegl1 libgl1 libgl1-mesa-dri": not (has_library("libEGL.so.1") and has_library("libGL.so.1")),
}
packages = " ".join(name for name, missing in MISSING.items() if missing)
if packages:
    sys.stdout.write(f"Some tests will skip. To run them all: sudo apt-get install {packages}\n")
