"""``python -m SegmentationConcordanceLib`` is the command line."""

import sys

from .entry import main

if __name__ == "__main__":  # processes that work on cases import this file under another name
    sys.exit(main())
