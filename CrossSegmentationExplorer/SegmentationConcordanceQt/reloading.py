"""What a module needs to be reloaded while Slicer runs."""

import sys


def forgetPackages(moduleName):
    """Let the next import read the library, this package and the module's own package from disk again."""
    packages = ("SegmentationConcordanceLib", "SegmentationConcordanceQt", f"{moduleName}Lib")
    for name in [name for name in sys.modules if name.partition(".")[0] in packages]:
        del sys.modules[name]


def enterAgain(widget):
    """Enter a module that was set up while it is shown: ``reload()`` calls ``setup`` but not ``enter``."""
    if widget.parent.isEntered:
        widget.enter()
