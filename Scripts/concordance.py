"""The command line inside 3D Slicer: Slicer --no-main-window --python-script Scripts/concordance.py compare --help"""

import sys

from SegmentationConcordanceLib.cli import run

if __name__ == "__main__":
    sys.exit(run())
