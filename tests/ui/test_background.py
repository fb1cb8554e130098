"""The background thread: results in order on the window's thread, errors without text, and an end that never hangs."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading

from pytestqt.qtbot import QtBot

from app.errors import EmptyInput, EpicrisisError, ProgramFault
from app.ui.background import Background


def test_results_come_in_order_on_the_windows_thread(qtbot: QtBot) -> None:
    work = Background()
    seen: list[tuple[int, threading.Thread]] = []
    for number in range(20):
        work.do(lambda number=number: number, lambda value: seen.append((value, threading.current_thread())))
    qtbot.waitUntil(lambda: len(seen) == 20)
    assert seen == [(number, threading.main_thread()) for number in range(20)]


def test_what_goes_wrong_comes_as_an_error_without_the_notes_text(qtbot: QtBot) -> None:
    work = Background()
    errors: list[EpicrisisError] = []

    def fail() -> None:
        raise ValueError("Ann Example has a fever")

    def refuse() -> None:
        raise EmptyInput

    work.do(fail, None, errors.append)
    work.do(refuse, None, errors.append)
    qtbot.waitUntil(lambda: len(errors) == 2)
    assert isinstance(errors[0], ProgramFault)
    assert "Ann Example" not in str(errors[0])
    assert isinstance(errors[1], EmptyInput)


def test_finish_waits_for_all_and_tells_what_is_late() -> None:
    work, gate = Background(), threading.Event()
    work.do(gate.wait)
    assert not work.finish(wait_ms=50)
    gate.set()
    assert work.finish()


def test_being_deleted_while_the_thread_ends_its_work_never_hangs() -> None:
    """A QThreadPool did: destroyed under the interpreter's lock, it waited for a thread that waited for that lock."""
    script = textwrap.dedent("""
        import time
        from PySide6.QtCore import QObject
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QApplication, QWidget
        from app.ui.background import Background
        app = QApplication([])
        for _ in range(5):
            owner = QObject()
            Background(owner).do(lambda: time.sleep(0.002), lambda _: None)
            owner.deleteLater()
            window = QWidget()
            window.show()
            QTest.qWaitForWindowActive(window, 1000)  # runs the event loop without giving the lock away
        print("ended")
    """)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "ended\n", done.stderr
