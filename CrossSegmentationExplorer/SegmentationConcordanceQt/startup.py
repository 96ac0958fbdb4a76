"""Whether the modules can work in this Slicer, and what to do where they cannot."""

import re
from pathlib import Path

import qt
import slicer
from slicer.i18n import tr as _

OLDEST_SLICER = (5, 12)
_FOLDER = Path(__file__).resolve().parents[1]


def setUpPanel(widget, makePanel):
    """Make a module's panel, show what the scene says, and enter it where it is shown already.

    Says in its place why the module cannot work here, or above it what else the user must know.

    :param widget: of the module, with ``refresh``.
    :param makePanel: called where the module can work.
    """
    from SegmentationConcordanceQt.reloading import enterAgain

    problem = obstacle()
    if problem or warning():
        label = qt.QLabel(problem or warning())
        label.wordWrap = True
        widget.layout.addWidget(label)
    if not problem:
        makePanel()
        widget.refresh()
        enterAgain(widget)


def obstacle():
    """Why the modules cannot work here, with the remedy; "" where they can."""
    return _olderSlicer() or _otherLibrary()


def warning():
    """What else the user must know, though the panel works; "" for nothing."""
    if not hasattr(slicer.modules, "crosssegmentationexplorer"):
        return ""
    path = Path(slicer.util.modulePath("CrossSegmentationExplorer")).resolve()
    if path.parent == _FOLDER:
        return ""
    return _(
        "The module Cross Segmentation Explorer in {folder} belongs to another extension of that name, which "
        "SegmentationConcordance replaces. Remove that extension to have the explorer of this one."
    ).format(folder=path.parent)


def _olderSlicer():
    version = (int(slicer.app.majorVersion), int(slicer.app.minorVersion))
    if version >= OLDEST_SLICER:
        return ""
    return _(
        "SegmentationConcordance needs 3D Slicer {least} or later, this is {version}: it uses pydicom 3, highdicom and "
        "dcmqi, which come with that. Install a newer Slicer from https://download.slicer.org."
    ).format(least="{}.{}".format(*OLDEST_SLICER), version="{}.{}".format(*version))


def _otherLibrary():
    """A library that Python found elsewhere, e.g. installed by pip, must be of the version that the panels expect."""
    import SegmentationConcordanceLib

    loaded = Path(SegmentationConcordanceLib.__file__).resolve().parent
    expected = _FOLDER / "SegmentationConcordanceLib"
    if loaded == expected:
        return ""
    text = (expected / "__init__.py").read_text(encoding="utf-8")
    version = re.search(r'__version__ = "(.*?)"', text).group(1)
    if getattr(SegmentationConcordanceLib, "__version__", "") == version:
        return ""
    return _(
        "Python loaded another version of this extension's library: {other} from {folder}, and not {version}. Remove "
        "it with pip uninstall segmentation-concordance, and start Slicer again."
    ).format(other=getattr(SegmentationConcordanceLib, "__version__", "?"), folder=loaded, version=version)
