"""The window's process: one instance, the look and language of the settings, the desktop's lock and sleep."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QFileSystemWatcher, QLockFile, QObject, QSettings, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QMessageBox

from app import paths
from app.core import Core
from app.errors import EpicrisisError
from app.ui import i18n, style, wording
from app.ui.session_events import SessionEvents
from app.ui.window import Window

Build = Callable[[Mapping[str, Any]], Core]
_LOCK, _CALL = "window.lock", "window.call"
# Set by the check of a frozen app, which measures from outside how long the window takes.
_TELL_SHOWN = "EPICRISIS_TELL_SHOWN"


def run(build: Build, *, is_network_locked: bool) -> int:
    """Show the window until it is closed.

    Args:
        build: Makes the core.
        is_network_locked: Whether the system itself refuses connections of this process.

    Returns:
        The exit code.
    """
    app = application()
    folder = paths.user_data()
    lock = QLockFile(str(folder / _LOCK))
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        core = build({})
    except EpicrisisError as error:
        return _refuse(str(wording.sentence(error)), error.exit_code)
    except OSError:
        return _refuse("The folder for this user's data cannot be made. Nothing was started. Ask IT.", 2)
    options = core.settings.options
    i18n.install(app, options.language)
    style.choose(app, options.theme, options.text_scale)
    if not lock.tryLock(0):
        with contextlib.suppress(OSError):
            (folder / _CALL).touch()  # the window that is open comes to the front
        return 0
    window = Window(
        core,
        core.open_keeper(),
        QSettings(str(paths.user_settings().with_name("window.ini")), QSettings.Format.IniFormat),
        is_network_locked=is_network_locked,
    )
    style.dress(app)
    watcher = _come_when_called(window, folder)
    events = SessionEvents(window)
    events.locked.connect(window.lock)
    app.styleHints().colorSchemeChanged.connect(window.apply_look)
    _end_on_signal(app, window)
    if os.environ.get(_TELL_SHOWN):
        window.installEventFilter(_FirstPaint(window))
    window.show()
    QTimer.singleShot(0, window.begin)
    code = app.exec()
    del watcher
    lock.unlock()
    return code


class _FirstPaint(QObject):
    """Says on stderr when the window was first painted, by the clock that all processes of the machine share."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at every event of the window until it is painted."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            if sys.stderr is not None:
                sys.stderr.write(f"window shown {time.monotonic():.3f}\n")
                sys.stderr.flush()
        return False


def application() -> QApplication:
    """Make the application object, or take the one there is."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication([sys.argv[0] if sys.argv else "epicrisis"])
    app.setApplicationName(paths.APP_NAME)
    app.setDesktopFileName("epicrisis")
    icon = paths.resources() / "icons" / "epicrisis.png"
    if icon.exists():
        app.setWindowIcon(QIcon(str(icon)))
    return app


def _refuse(words: str, code: int) -> int:
    """The one pop-up there is: nothing else can be shown yet."""
    QMessageBox.critical(None, paths.APP_NAME, words)
    return code


def _come_when_called(window: Window, folder: Path) -> QFileSystemWatcher:
    call = folder / _CALL

    def come(_: str) -> None:
        if call.exists():
            call.unlink(missing_ok=True)
            window.setWindowState(window.windowState() & ~window.windowState().WindowMinimized)
            window.show()
            window.raise_()
            window.activateWindow()

    watcher = QFileSystemWatcher([str(folder)], window)
    watcher.directoryChanged.connect(come)
    return watcher


def _end_on_signal(app: QApplication, window: Window) -> None:
    """End of the session or Ctrl-C: close as a person would, so that everything is kept."""
    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, lambda *_: window.close())
    waker = QTimer(app, interval=500)  # Python looks at signals only while it runs
    waker.timeout.connect(lambda: None)
    waker.start()
    app.commitDataRequest.connect(lambda _: window.desk.kept.save())
