"""The history in a process of its own: it alone holds the key, so ending it is locking.

Wiping a key inside a living Python process cannot be proved: copies stay in strings (measured: two or
three after closing). The end of a process can. The app asks through a pipe; `lock` ends the keeper.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from app import offline
from app.errors import EpicrisisError, HistoryError, HistoryLocked, by_code
from app.history import editing, retention
from app.history.keys import KeyStore, SystemKeyring
from app.history.store import History
from app.history.vault import Vault

_END_S = 2.0
# What may be asked for by name; everything else is refused.
_ASKED = frozenset(
    {
        "add_case", "add_document", "add_draft", "add_version", "sign", "decide", "record_export", "record", "cases",
        "documents", "drafts", "findings", "search", "trail",
    }
)  # fmt: skip
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "purge_case": retention.purge_case,
    "new_case": editing.new_case,
    "rename_case": editing.rename_case,
    "set_documents": editing.set_documents,
    "keep_work": editing.keep_work,
}


class Keeper:
    """A locked or unlocked history in another process. Any thread; one request at a time.

    Args:
        folder: Folder of the history.
        key_store: Class of the keyring; another one in tests. It is made in the keeper.
    """

    def __init__(self, folder: Path, key_store: Callable[[], KeyStore] = SystemKeyring) -> None:
        self._folder = folder
        self._key_store = key_store
        self._turn = threading.RLock()
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None

    @property
    def is_locked(self) -> bool:
        """Whether no process holds the key."""
        return self._process is None or not self._process.is_alive()

    def unlock(self, code: str | None = None) -> None:
        """Start the keeper and let it open the history.

        Args:
            code: Recovery code; None to use the system's keyring.

        Raises:
            HistoryError: It did not open; no process is left.
        """
        with self._turn:
            self.lock()
            context = multiprocessing.get_context("spawn")
            self._connection, theirs = context.Pipe()
            arguments = (theirs, self._folder, self._key_store)
            self._process = context.Process(target=_main, args=arguments, daemon=True, name="epicrisis-history")
            self._process.start()
            theirs.close()
            try:
                self._ask("unlock", code)
            except BaseException:
                self.lock()
                raise

    def call(self, name: str, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - one door for all methods
        """Call a method of `History` in the keeper.

        Args:
            name: The method.
            *arguments: Its arguments.
            **named: Its named arguments.

        Returns:
            What the method returns.

        Raises:
            HistoryLocked: The history is locked, or its process ended.
            EpicrisisError: What the method raises.
        """
        with self._turn:
            if self.is_locked:
                raise HistoryLocked
            return self._ask(name, *arguments, **named)

    def lock(self) -> None:
        """End the process that holds the key, and wait until it is gone.

        A request under way may finish; one that takes longer than two seconds (a keyring that waits for an
        answer, say) is cut off, which its transaction survives. Whoever waits for it gets HistoryLocked.
        """
        has_turn = self._turn.acquire(timeout=_END_S)
        try:
            process, connection = self._process, self._connection
            self._process = self._connection = None
            if process is not None:
                process.kill()  # nothing is in progress, or it took too long
                process.join()
                process.close()
            if connection is not None and has_turn:
                connection.close()
        finally:
            if has_turn:
                self._turn.release()

    def _ask(self, name: str, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401
        connection = self._connection
        if connection is None:
            raise HistoryLocked
        try:
            connection.send((name, arguments, named))
            is_done, value = connection.recv()
        except (EOFError, OSError) as error:
            self.lock()
            raise HistoryLocked from error
        if is_done:
            return value
        code, facts = value
        raise by_code(code)(**facts)


@dataclass(slots=True)
class IdleLock:
    """When to lock because nobody works: pure arithmetic on a clock that never goes back.

    Attributes:
        minutes: Idle time until the lock; policy may fix it between 1 and 240.
        last: Seconds of the last sign of a person, on the monotonic clock.
    """

    minutes: int
    last: float

    def touch(self, now: float) -> None:
        """A key, a click, a pasted text."""
        self.last = max(self.last, now)

    def is_due(self, now: float) -> bool:
        """Whether it is time to lock."""
        return now - self.last >= 60 * min(max(self.minutes, 1), 240)


def _main(connection: Connection, folder: Path, key_store: Callable[[], KeyStore]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    offline.install()
    vault = Vault(folder, key_store)
    history: History | None = None
    while True:
        try:
            name, arguments, named = connection.recv()
        except (EOFError, OSError):
            os._exit(0)  # at once, and with the memory that held the key
        try:
            if name == "unlock":
                history = vault.open() if arguments[0] is None else vault.open_with_code(arguments[0])
                answer: tuple[bool, Any] = (True, None)
            else:
                answer = (True, _do(history, name, arguments, named))
        except EpicrisisError as error:
            answer = (False, (error.code, error.facts))
        except Exception as error:  # noqa: BLE001 - a bug must not end the keeper, nor carry a note out
            answer = (False, (HistoryError.code, {"kind": type(error).__name__}))
        connection.send(answer)


def _do(history: History | None, name: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:  # noqa: ANN401
    if history is None:
        raise HistoryLocked
    if name in _FUNCTIONS:
        return _FUNCTIONS[name](history, *arguments, **named)
    if name not in _ASKED:
        raise ValueError(name)
    return getattr(history, name)(*arguments, **named)
