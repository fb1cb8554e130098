"""A folder with an encrypted history and its key file: made, opened, re-keyed, never replaced by an empty one."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from app.errors import (
    HistoryBusy,
    HistoryDamaged,
    HistoryError,
    HistoryExists,
    HistoryMissing,
    HistoryRolledBack,
    KeyFileAltered,
    KeyFileMissing,
    KeyringUnusable,
    NotWritable,
    WrongCode,
)
from app.history import audit, database, guards, keyfile, migrations
from app.history.keyfile import Head, KeyFile, sync_folder
from app.history.keys import KeyStore
from app.history.store import History

DATABASE = "history.db"
KEY_FILE = "history.key"
BEFORE_MIGRATION = "before-migration"
_PAGE = 4096


class Vault:
    """One history on disk.

    Args:
        folder: Where its files lie or will lie.
        key_store: Gives the system's keyring, or raises KeyringUnusable; a callable, since asking may block.
        clock: Seconds since 1970; a parameter for tests.
    """

    def __init__(self, folder: Path, key_store: Callable[[], KeyStore], clock: Callable[[], float] = time.time) -> None:
        self.folder = folder
        self.database = folder / DATABASE
        self.key_path = folder / KEY_FILE
        self.key_store = key_store
        self._clock = clock
        self.staged = folder / (DATABASE + ".part")
        self._lock = FileLock(folder / "history.lock", timeout=0, mode=0o600)
        self._data_key = b""
        self._key_file: KeyFile | None = None
        self._history: History | None = None

    @property
    def exists(self) -> bool:
        """Whether any file of a history is here."""
        return self.database.exists() or self.key_path.exists()

    @property
    def data_key(self) -> bytes:
        """The data key of the open history; empty while it is closed."""
        return self._data_key

    @property
    def history(self) -> History | None:
        """The open history, if any."""
        return self._history

    @property
    def key_file(self) -> KeyFile:
        """The key file as it stands."""
        return self._key_file or keyfile.read(self.key_path)

    def create(self, code: str) -> History:
        """Make a new, empty history, opened.

        Args:
            code: Recovery code or passphrase; shown to the user before, and never kept.

        Returns:
            The open history. Where there is no keyring, only the code opens it later.

        Raises:
            HistoryExists: There is one.
            CodeTooWeak: A passphrase that is too short.
        """
        if self.exists:
            raise HistoryExists
        code_slot = keyfile.code_slot(code)  # refuse a weak passphrase before anything is written
        guards.private_folder(self.folder)
        self._take_lock()
        try:
            guards.harden()
            self._data_key = os.urandom(32)
            salt = self._stage_database()
            made = replace(keyfile.new(self._data_key, None, code, salt), code=code_slot)
            self._save(made.with_key(self._data_key, None))
            self._finish_create()
            with contextlib.suppress(KeyringUnusable):
                self.enrol_keyring(record=False)
            history = self._opened(database.make_engine(self.database, self._data_key), None)
            history.record("created")
        except BaseException:
            self.close()
            raise
        return history

    def _stage_database(self) -> str:
        """Make the empty database under a name of its own; gives its salt.

        The key file comes next and the right name last: a kill in between leaves either a staged file
        without a key file, which holds nothing and is made anew, or all that `open` needs to finish.
        """
        for name in (self.staged.name, self.staged.name + "-wal", self.staged.name + "-shm"):
            (self.folder / name).unlink(missing_ok=True)
        os.close(os.open(self.staged, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        engine = database.make_engine(self.staged, self._data_key)
        try:
            with database.transaction(engine) as connection:
                migrations.migrate(connection, lambda: None)
            return database.salt_of(engine)
        finally:
            engine.dispose()

    def _finish_create(self) -> None:
        if self.staged.exists() and self.key_path.exists() and not self.database.exists():
            self.staged.rename(self.database)
            sync_folder(self.folder)

    def open(self) -> History:
        """Open with the key that the system's keyring keeps.

        Raises:
            KeyringUnusable: There is none, it is locked, or it lost the key: ask for the recovery code.
            HistoryError: Missing, altered, damaged, busy: see the class.
        """
        key_file = self._begin()
        try:
            secret = self.key_store().get(key_file.id)
            if secret is None or key_file.keyring is None:
                raise KeyringUnusable(why="it does not hold the key of this history")
            return self._unlocked(key_file, _by_keyring(key_file, secret), "keyring")
        except BaseException:
            self.close()
            raise

    def open_with_code(self, code: str) -> History:
        """Open with the recovery code or passphrase. Wrong ones wait longer and longer; nothing is deleted.

        Raises:
            WrongCode: Another code, or too soon after one.
            HistoryError: Missing, altered, damaged, busy: see the class.
        """
        key_file = self._begin()
        try:
            kept, key_file = key_file, key_file.by_this_clock(self._clock())
            if key_file != kept:
                keyfile.write(self.key_path, key_file)
            key_file.refuse_too_soon(self._clock())
            try:
                data_keys = key_file.by_code(code)
            except WrongCode:
                failed = key_file.failed_once_more(self._clock())
                keyfile.write(self.key_path, failed)
                raise WrongCode(wait_s=failed.delay_s()) from None
            return self._unlocked(key_file, data_keys, "recovery code")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the database and let others open it. Only the end of the process removes the key from memory."""
        if self._history is not None:
            self._history.close()
        self._history, self._data_key, self._key_file = None, b"", None
        self._lock.release()

    def enrol_keyring(self, *, record: bool = True) -> str:
        """Keep a fresh key in the system's keyring, e.g. after the old keyring was lost.

        Args:
            record: Whether the trail tells it.

        Returns:
            Name of the keyring, for people.

        Raises:
            KeyringUnusable: It cannot be used; nothing was changed.
        """
        store = self.key_store()
        keyring_key = os.urandom(32)
        before = store.get(self.key_file.id)
        store.set(self.key_file.id, keyring_key.hex())
        try:
            self._save(replace(self.key_file, epoch=self.key_file.epoch + 1).with_key(self._data_key, keyring_key))
        except (HistoryError, NotWritable):
            if before is not None:  # the slot on disk is still the one that this opens
                store.set(self.key_file.id, before)
            raise
        if record and self._history is not None:
            self._history.record("keyring enrolled")
        return store.name

    def change_code(self, code: str) -> None:
        """Replace the recovery code. The old one opens nothing any more; older backups keep theirs.

        Raises:
            CodeTooWeak: A passphrase that is too short.
        """
        changed = replace(self.key_file, epoch=self.key_file.epoch + 1, code=keyfile.code_slot(code))
        self._save(changed.with_key(self._data_key, self._keyring_key()))
        if self._history is not None:
            self._history.record("recovery code changed")

    def rotate(self) -> History:
        """Give the history a new data key, in two phases: until the end both keys are in the key file.

        Returns:
            The history, open under the new key. One opened before must not be used any more.

        Raises:
            HistoryError: It did not end; the history is closed and opens again with everything in it.
        """
        if self._history is None:
            raise HistoryMissing(why="it is not open")
        keyring_key = self._keyring_key()
        new_key = os.urandom(32)
        both = replace(self.key_file, epoch=self.key_file.epoch + 1).with_key(self._data_key, keyring_key)
        self._save(both.with_key(new_key, keyring_key, as_next=True))
        self._history.close()
        try:
            database.rekey(self.database, self._data_key, new_key)
            self._data_key = new_key
            self._save(self.key_file.without_old())
            history = self._opened(database.make_engine(self.database, new_key), None)
        except BaseException:
            self.close()
            raise
        history.record("data key changed")
        return history

    def _keyring_key(self) -> bytes | None:
        """The keyring's key; None where it was lost, so that its slot is dropped until it is enrolled again."""
        if self.key_file.keyring is None:
            return None
        with contextlib.suppress(KeyringUnusable):
            if secret := self.key_store().get(self.key_file.id):
                return bytes.fromhex(secret)
        return None

    def _begin(self) -> KeyFile:
        if self._history is not None:
            self.close()
        if not self.exists:
            raise HistoryMissing(why="none was set up")
        if not self.database.exists() and not self.staged.exists():
            raise HistoryMissing(why="its key file is, so it was moved or deleted")
        if not self.key_path.exists():
            raise KeyFileMissing(name=KEY_FILE)
        self._take_lock()
        try:
            key_file = keyfile.read(self.key_path)  # under the lock: another process may just have changed it
            guards.harden()
            self._finish_create()
            self._refuse_cut_short()
        except BaseException:
            self.close()
            raise
        return key_file

    def _refuse_cut_short(self) -> None:
        """SQLite takes a file below one page for a new one, drops its log and begins an empty history.

        Of a last page cut in two it says nothing until that page is read. A log may still hold the rest.
        """
        log = self.database.with_name(self.database.name + "-wal")
        size, has_log = self.database.stat().st_size, log.exists() and log.stat().st_size > 0
        if size < _PAGE or (size % _PAGE and not has_log):
            raise HistoryDamaged(where="its end is missing")

    def _take_lock(self) -> None:
        try:
            self._lock.acquire()
        except Timeout as error:
            raise HistoryBusy from error

    def _unlocked(self, key_file: KeyFile, data_keys: list[bytes], how: str) -> History:
        key_file.check(data_keys[0])
        engine, self._data_key = self._first_that_opens(key_file, data_keys)
        self._key_file = key_file
        if key_file.next_sealed is not None:
            finished = self._data_key != data_keys[0]
            settled = key_file.without_old() if finished else replace(key_file, next_keyring=None, next_sealed=None)
            self._save(settled)
        history = self._opened(engine, key_file.head)
        if history.rolled_back is None:
            if key_file.failures:
                history.record("failed unlock", "", {"times": key_file.failures})
            history.record("opened", "", {"with": how})
        return history

    def _first_that_opens(self, key_file: KeyFile, data_keys: list[bytes]) -> tuple[Engine, bytes]:
        for salt in ("", key_file.salt):
            for data_key in data_keys:
                engine = database.make_engine(self.database, data_key, salt)
                try:
                    with engine.begin() as connection:
                        found = migrations.current(connection)
                        if found and salt:
                            connection.exec_driver_sql(f"PRAGMA user_version = {found}")  # rewrites the header
                except DatabaseError as error:
                    engine.dispose()
                    if not database.is_wrong_key(error):
                        raise database.translated(error) from None
                    continue
                return engine, data_key
        # The key file authenticated, so the key is right and the page is not.
        raise HistoryDamaged(where="its first page")

    def _opened(self, engine: Engine, head: Head | None) -> History:
        rolled_back: HistoryRolledBack | None = None
        with database.transaction(engine) as connection:
            is_old = migrations.is_old(connection)
            try:
                audit.compare_head(connection, head or Head())
            except HistoryRolledBack as error:
                rolled_back = error
            else:
                migrations.migrate(connection, lambda: self._copy_before_migration(engine))
        if rolled_back is not None and is_old:
            engine = _to_look_at(engine)
        self._history = History(engine, self._keep_head, self._clock, rolled_back)
        return self._history

    def _copy_before_migration(self, engine: Engine) -> None:
        from app.history.backup import make_backup  # it imports this module

        make_backup(engine, self.key_file, self._data_key, self.folder / BEFORE_MIGRATION, self._clock)

    def _keep_head(self, head: Head) -> None:
        # The change is saved already: to report a failure here would make the doctor save it twice. A head
        # that lags is true, only less sharp, and the next change writes it again.
        with contextlib.suppress(HistoryError, NotWritable):
            self._save(replace(self.key_file, head=head, failures=0, failed_at=0.0))

    def _save(self, key_file: KeyFile) -> None:
        signed = key_file.authenticated(self._data_key)
        keyfile.write(self.key_path, signed)
        self._key_file = signed  # only now: what could not be written must not be written by a later change


def _to_look_at(engine: Engine) -> Engine:
    """A copy in memory with the newest tables: a file under suspicion is shown, and stays as it was found."""
    memory = database.copy_to_memory(engine)
    engine.dispose()
    with database.transaction(memory) as connection:
        migrations.migrate(connection, lambda: None)
    return memory


def _by_keyring(key_file: KeyFile, secret: str) -> list[bytes]:
    """Unwrap with what the keyring keeps. It may be of another time, e.g. after a crash while enrolling.

    A changed slot looks the same; the recovery code then tells, by the MAC.
    """
    try:
        return key_file.by_keyring(bytes.fromhex(secret))
    except (KeyFileAltered, ValueError) as error:
        raise KeyringUnusable(why="what it holds does not open this history") from error
