"""The history in a process of its own: it alone holds the key, so ending it is locking.

Wiping a key inside a living Python process cannot be proved: copies stay in strings (measured: two or
three after closing). The end of a process can. The app asks through a pipe; `lock` ends the keeper.
Database, cipher and keyring are loaded there only (`keeping`), so the window starts without them.
"""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from app.errors import EpicrisisError, HistoryLocked, by_code

if TYPE_CHECKING:
    from app.history.keys import KeyStore

_END_S = 2.0
# As `vault` names them; it is not imported here, since it loads the database.
_FILES = ("history.db", "history.key")

State = Literal["absent", "locked", "open"]


@dataclass(frozen=True, slots=True)
class Opened:
    """What is worth telling of a history that was opened.

    Attributes:
        key_store: Name of the keyring that keeps the key, for people; empty where only the recovery code opens it.
        is_ephemeral: Whether nothing is kept.
        purged: Number of cases that retention emptied.
        copies_removed: Number of old copies from before migrations that went with them.
        is_by_code: Whether the recovery code opened it: offer `enrol_keyring`, as the keyring may have lost the key.
        problems: Codes and facts of errors that a person must hear of, though it opened.
    """

    key_store: str = ""
    is_ephemeral: bool = False
    purged: int = 0
    copies_removed: int = 0
    is_by_code: bool = False
    problems: tuple[tuple[str, dict[str, Any]], ...] = ()

    @property
    def errors(self) -> tuple[EpicrisisError, ...]:
        """The problems as errors."""
        return tuple(by_code(code)(**facts) for code, facts in self.problems)


class Keeper:
    """A locked or unlocked history in another process. Any thread; one request at a time.

    Args:
        folder: Folder of the history.
        key_store: Class of the keyring, made in the keeper; None for the system's.
        retention_days: Cases older than this lose their content when the history is opened; 0 for never.
    """

    def __init__(
        self, folder: Path, key_store: Callable[[], KeyStore] | None = None, *, retention_days: int = 0
    ) -> None:
        self._folder = folder
        self._key_store = key_store
        self._retention_days = retention_days
        self._turn = threading.RLock()
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None
        self.opened = Opened()

    @property
    def is_locked(self) -> bool:
        """Whether no process holds the key."""
        return self._process is None or not self._process.is_alive()

    @property
    def state(self) -> State:
        """Whether there is a history, and whether it is open. Looks at the files only."""
        if not self.is_locked:
            return "open"
        return "locked" if any((self._folder / name).exists() for name in _FILES) else "absent"

    def unlock(self, code: str | None = None) -> Opened:
        """Start the keeper and let it open the history.

        Args:
            code: Recovery code; None to use the system's keyring.

        Returns:
            What is worth telling.

        Raises:
            HistoryError: It did not open; no process is left.
        """
        return self._begin("unlock", code)

    def create(self, code: str) -> Opened:
        """Start the keeper and let it set up a new history, opened.

        Args:
            code: Recovery code or passphrase; shown to the user before, and never kept.

        Returns:
            What is worth telling.

        Raises:
            HistoryError: It was not made; no process is left.
        """
        return self._begin("create", code)

    def open_ephemeral(self) -> Opened:
        """Start the keeper with a history in its memory only: gone when it ends.

        Returns:
            What is worth telling.
        """
        return self._begin("ephemeral", None)

    def _begin(self, how: str, code: str | None) -> Opened:
        with self._turn:
            self.lock()
            context = multiprocessing.get_context("spawn")
            self._connection, theirs = context.Pipe()
            arguments = (theirs, self._folder, self._key_store, self._retention_days)
            self._process = context.Process(target=_main, args=arguments, daemon=True, name="epicrisis-history")
            self._process.start()
            theirs.close()
            try:
                self.opened = self._ask(how, code)
            except BaseException:
                self.lock()
                raise
            return self.opened

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

    def enrol_keyring(self) -> Opened:
        """Keep a fresh key in the system's keyring, e.g. after the old one was lost and the recovery code opened it.

        Returns:
            What is worth telling now: the keyring's name is in it.

        Raises:
            HistoryLocked: The history is locked.
            KeyringUnusable: The keyring cannot be used; nothing was changed.
        """
        with self._turn:
            name = self.call("enrol_keyring")
            self.opened = replace(self.opened, key_store=name, is_by_code=False)
            return self.opened

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


def _main(connection: Connection, folder: Path, key_store: Callable[[], KeyStore] | None, retention_days: int) -> None:
    from app.history import keeping  # the database, the cipher and the keyring: in this process only

    keeping.serve(connection, folder, key_store, retention_days)
