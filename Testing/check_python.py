"""Says what is missing before a virtual environment can be made, with the command that installs it."""

import sys

if not (3, 10) <= sys.version_info[:2] <= (3, 13):
    sys.exit(
        f"Python 3.10 to 3.13 is needed, this is {sys.version.split()[0]}. "
        "Name another one: make PYTHON=python3.12 demo"
    )
try:
    import ensurepip  # noqa: F401
    import venv  # noqa: F401
except ImportError:
    sys.exit("Python's venv module is missing. Install it: sudo apt-get install python3-venv")
