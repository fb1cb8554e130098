"""Work off the window's thread: one thread that does things in order, and brings each result back."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot

from app.errors import EpicrisisError, ProgramFault


def fault(error: Exception) -> ProgramFault:
    """Tell where an error that nobody foresaw came from, without its text, which may quote a note."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return ProgramFault(kind=type(error).__name__, where=f"{Path(frame.filename).name}:{frame.lineno}")


class Background(QObject):
    """A queue of work with one thread.

    The thread is Python's: a QThreadPool's destructor waits for its threads while it holds the interpreter's
    lock, which they may need to end.

    Args:
        parent: Owner.
    """

    _came = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = ThreadPoolExecutor(1, "background")
        self._came.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def do(
        self,
        work: Callable[[], Any],
        then: Callable[[Any], Any] | None = None,
        failed: Callable[[EpicrisisError], Any] | None = None,
    ) -> None:
        """Do something after all that was asked before.

        Args:
            work: Runs on the thread. What it raises becomes an EpicrisisError.
            then: Gets its result, on the window's thread.
            failed: Gets its error, on the window's thread.
        """

        def run() -> None:
            try:
                value = work()
            except EpicrisisError as error:
                self._bring(failed, error)
            except Exception as error:  # noqa: BLE001 - a bug must not end the thread, nor carry a note out
                self._bring(failed, fault(error))
            else:
                self._bring(then, value)

        self._thread.submit(run)

    def finish(self, wait_ms: int = 5000) -> bool:
        """Wait until everything asked so far is done, and bring its results.

        Args:
            wait_ms: Longest time to wait.

        Returns:
            Whether all of it ended in time.
        """
        _, late = wait([self._thread.submit(lambda: None)], wait_ms / 1000)
        QCoreApplication.sendPostedEvents(self)
        return not late

    def _bring(self, to: Callable[[Any], Any] | None, value: object) -> None:
        if to is not None:
            self._came.emit(partial(to, value))

    @Slot(object)
    def _deliver(self, call: Callable[[], Any]) -> None:
        call()
