"""Says which system programs the tests can't find, with the command that installs them; their tests then skip."""

import ctypes
import os
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
    "chromium": not (shutil.which("chromium-headless-shell") or shutil.which("chromium")),
    "orthanc orthanc-dicomweb": shutil.which("Orthanc", path=f"{os.environ.get('PATH', '')}:/usr/sbin") is None,
    "iproute2": shutil.which("ip") is None,
    "libegl1 libgl1 libgl1-mesa-dri": not (has_library("libEGL.so.1") and has_library("libGL.so.1")),
    "libxkbcommon0": not has_library("libxkbcommon.so.0"),
    "libfontconfig1 fonts-dejavu-core": not has_library("libfontconfig.so.1"),
    "libdbus-1-3": not has_library("libdbus-1.so.3"),
    "libglib2.0-0": not has_library("libglib-2.0.so.0"),
}
packages = " ".join(name for name, missing in MISSING.items() if missing)
if packages:
    sys.stdout.write(f"Some tests will skip. To run them all: sudo apt-get install {packages}\n")
