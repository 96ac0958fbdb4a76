"""A 3D Slicer with widgets, for tests of the module files: PySide6 under PythonQt's rules, stand-ins for CTK and qMRML.

How a test uses it (the fixture ``desktop`` of Testing/Python/module_shells does the first line)::

    with qt_host.install(scene_host) as desktop:
        hosted = desktop.load_module("ConsensusMetrics")     # or qt_host.load_module("ConsensusMetrics")
        hosted.enter()
        hosted.ui.applyButton.click()                        # hosted.widget, hosted.module, hosted.panel
        desktop.give("QFileDialog.getSaveFileName", "/tmp/agreement.csv")
        hosted.ui.exportTablesButton.click()
        assert desktop.messages == [("error", "...")]        # what slicer.util displayed
        hosted.screenshot(path)
        hosted.close_scene()
        hosted.exit()

What is real: the scene, the logics, the layout node and its logic, ``slicer.util`` with loadUI, childWidgetVariables,
tryWithErrorDisplay and createProgressDialog, the widgets of Qt. What stands in: ``ctk``, ``slicer.qMRML...``,
``slicer.app`` with its layout manager (views of ``host`` behind it), ``slicer.ScriptedLoadableModule``,
``slicer.i18n``, the displays and questions of ``slicer.util``, and all dialogs that would wait for a person.

What fails a test though PySide6 alone would let it pass: a misspelt property, a property called as a method or of the
wrong type, keyword arguments of a constructor, ``connect`` to a signal that does not exist, ``exec()``, a .ui file with
an undeclared class or an unknown property, a member of a CTK or qMRML class that the real class does not show to
PythonQt (slicer_api.json; extract_api.py made it), an exception in a slot or observer, a warning of Qt, a dialog that
the test did not expect. What only reading finds is in shell_rules.py.

The stand-ins are few and dumb: no more behaviour than a module needs, so that tests go through them, not about them.
"""

from __future__ import annotations

import contextlib
import typing

from .mismatch import PythonQtError

if typing.TYPE_CHECKING:
    from host import SceneHost

    from .desktop import Desktop
    from .hosted_module import HostedModule

__all__ = ["PythonQtError", "install", "load_module", "missing_requirement"]

_DEBIAN_PACKAGES = "libegl1 libgl1 libxkbcommon0 libfontconfig1 libdbus-1-3 libglib2.0-0"


def missing_requirement() -> str:
    """What the machine lacks to run Qt, with the remedy; "" where nothing."""
    try:
        import PySide6.QtUiTools
        import PySide6.QtWidgets  # noqa: F401
    except ModuleNotFoundError:
        return "needs PySide6: make setup-test"
    except ImportError as error:
        return f"needs Qt's system libraries ({error}): apt-get install {_DEBIAN_PACKAGES}"
    return ""


def install(host: SceneHost, view_size: tuple[int, int] = (220, 220)) -> contextlib.AbstractContextManager[Desktop]:
    """See :func:`qt_host.desktop.install`; imported late, so that tests can skip where Qt is missing."""
    from .desktop import install as install_desktop

    return install_desktop(host, view_size)


def load_module(name: str) -> HostedModule:
    """:meth:`Desktop.load_module` of the desktop that was installed last."""
    from .desktop import installed

    return installed[-1].load_module(name)
