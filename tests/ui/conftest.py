"""The real window over the scripted engine and a real encrypted history, for tests that act as a doctor does."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core import Core
from app.history import codes
from app.ui import i18n, style
from app.ui.window import Window
from tests.fakes import scripted_core

LONG_MS = 20_000

NOTE = """Ward round 03/05/2026
Admitted with chest pain and fever. Troponin 12 ng/L, CRP 80 mg/L.
Given aspirin 75 mg once daily.

Allergies: penicillin (rash)

Pending results: blood cultures.
"""


class Desktop:
    """Opens windows over one history, as one user would, one after the other."""

    def __init__(self, qtbot: QtBot, home: Path) -> None:
        self.qtbot, self.home = qtbot, home
        self.code = codes.new_code()
        self.windows: list[Window] = []

    def window(self, core: Core | None = None, *, begin: bool = True) -> Window:
        """Open the window; with `begin` its history is set up or opened, and the work is shown."""
        core = core or scripted_core()
        state = QSettings(str(self.home / "window.ini"), QSettings.Format.IniFormat)
        window = Window(core, core.open_keeper(), state)
        self.windows.append(window)
        with self.qtbot.waitActive(window, timeout=LONG_MS):
            window.show()
            window.activateWindow()
        if begin:
            is_new = window.desk.history.state == "absent"
            if is_new:
                window.desk.create(self.code, lambda: None, pytest.fail)
            else:
                window.unlock(None)
            self.until(lambda: window.desk.is_open)
            window.show_page(window.work)
        return window

    def until(self, condition: Callable[[], bool], timeout: int = LONG_MS) -> None:
        """Let the window work until something holds."""
        self.qtbot.waitUntil(condition, timeout=timeout)

    def paste(self, window: Window, text: str) -> None:
        """Put text on the clipboard and paste it as the doctor does."""
        before = len(window.desk.case.documents) if window.desk.case is not None else 0
        QApplication.clipboard().setText(text)
        window.commands["paste"].trigger()
        self.until(lambda: window.desk.case is not None and len(window.desk.case.documents) > before)
        self.until(lambda: window.desk.case is not None and window.desk.case.note is not None)

    def write(self, window: Window, task: str = "discharge-letter") -> None:
        """Ask for a draft and wait until it is kept."""
        window.draft.tasks.setCurrentIndex(window.draft.tasks.findData(task))
        window.draft.write.click()
        self.until(lambda: not window.writing.is_busy)
        self.until(lambda: bool(window.desk.current and window.desk.current.versions))
        self.settle(window)

    def settle(self, window: Window) -> None:
        """Wait until all is kept and checked."""
        done: list[bool] = []
        window.desk.checking.now(lambda: done.append(True))
        self.until(lambda: bool(done) and not window.desk.kept.has_unsaved)


@pytest.fixture
def desktop(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    """A user's desktop."""
    monkeypatch.setenv("EPICRISIS_TEST_KEYRING", str(tmp_path / "keyring"))
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    i18n.install(app, "en")
    style.apply(app, "light", 100)
    desk = Desktop(qtbot, tmp_path)
    yield desk
    for window in desk.windows:
        window.close()
        window.close()  # a window that could not keep everything closes the second time
        window.deleteLater()
    i18n.install(app, "en")
    style.apply(app, "light", 100)
    QApplication.clipboard().clear()
    assert "EPICRISIS_TEST_KEYRING" in os.environ
