"""Backups made while in use, each under a key of its own, and restoring with the recovery code."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine

from app.errors import BackupUnusable, EpicrisisError, HistoryError, HistoryExists
from app.history import audit, database, keyfile
from app.history.guards import private_folder
from app.history.keyfile import KeyFile
from app.history.keys import KeyStore
from app.history.vault import BEFORE_MIGRATION, DATABASE, KEY_FILE, Vault

_NAME, _STAMP = "epicrisis-backup-", "%Y-%m-%d-%H%M%S"


def backup(vault: Vault, target: Path) -> Path:
    """Back up an open history.

    Args:
        vault: With an open history.
        target: Folder that gets a new folder with the backup.

    Returns:
        The new folder: database and key file. The recovery code of today opens it.

    Raises:
        BackupUnusable: It could not be written or read back; nothing was left behind.
    """
    history = vault.history
    if history is None:
        raise BackupUnusable(why="the history is not open")
    folder = make_backup(history.engine, vault.key_file, vault.data_key, target, vault._clock)
    history.record("backup made")
    return folder


def make_backup(
    engine: Engine, key_file: KeyFile, data_key: bytes, target: Path, clock: Callable[[], float] = time.time
) -> Path:
    """Copy an open database under a new key, with a key file of its own, and read it back.

    Args:
        engine: The open database.
        key_file: Its key file, whose code the copy shares.
        data_key: Its key; unused for the copy but to check that the key file is ours.
        target: Folder that gets the new folder.
        clock: Seconds since 1970.

    Returns:
        The new folder.

    Raises:
        BackupUnusable: It could not be written or read back.
    """
    key_file.check(data_key)
    stamp = time.strftime(_STAMP, time.localtime(clock()))
    final = target / f"{_NAME}{stamp}-{secrets.token_hex(2)}"
    staged = final.with_name(final.name + ".part")
    copy_key = os.urandom(32)
    try:
        private_folder(staged)
        _copy(engine, staged / DATABASE, copy_key)
        copied = database.make_engine(staged / DATABASE, copy_key, to_write=False)
        salt = database.salt_of(copied)
        copied.dispose()
        made = replace(key_file, id=secrets.token_hex(16), epoch=1, salt=salt, failures=0, failed_at=0.0)
        keyfile.write(staged / KEY_FILE, made.with_key(copy_key, None).authenticated(copy_key))
        verify(staged, copy_key)
        staged.replace(final)
        keyfile.sync_folder(target)
    except (OSError, sqlcipher.DatabaseError, EpicrisisError) as error:
        shutil.rmtree(staged, ignore_errors=True)
        why = str(error) if isinstance(error, EpicrisisError) else "it could not be written; is the disk full?"
        raise BackupUnusable(why=why) from None
    return final


def copies(folder: Path) -> dict[Path, float]:
    """The copies that migrations left beside a history, and when they were made, in seconds since 1970.

    Args:
        folder: Folder of the history.
    """
    found = {}
    for copy in sorted((folder / BEFORE_MIGRATION).glob(f"{_NAME}*")):
        stamp = copy.name.removeprefix(_NAME)[: len("YYYY-MM-DD-HHMMSS")]
        with contextlib.suppress(ValueError, OverflowError):  # a folder of another name is not ours
            found[copy] = time.mktime(time.strptime(stamp, _STAMP))
    return found


def remove_old_copies(folder: Path, days: int, clock_now: float) -> int:
    """Remove the copies of migrations that are older than what retention keeps: all their text is too.

    Args:
        folder: Folder of the history.
        days: Age in days.
        clock_now: Seconds since 1970.

    Returns:
        How many are gone.
    """
    old = [copy for copy, made in copies(folder).items() if made < clock_now - 86_400 * days]
    for copy in old:
        shutil.rmtree(copy, ignore_errors=True)
    return sum(not copy.exists() for copy in old)


def verify(folder: Path, data_key: bytes) -> int:
    """Read a history or backup back: key file, every page, structure, and the whole trail.

    Args:
        folder: The folder.
        data_key: Its key.

    Returns:
        Number of events of the trail.

    Raises:
        HistoryError: What is wrong.
    """
    key_file = keyfile.read(folder / KEY_FILE)
    key_file.check(data_key)
    engine = database.make_engine(folder / DATABASE, data_key, to_write=False)
    try:
        database.check_pages(engine)
        with database.transaction(engine) as connection:
            return audit.check(connection, key_file.head)
    finally:
        engine.dispose()


def restore(source: Path, folder: Path, code: str, key_store: Callable[[], KeyStore]) -> Vault:
    """Bring a backup back, on this machine or another.

    Args:
        source: Folder of the backup.
        folder: Where the history is to lie; it must hold none.
        code: Recovery code of the backup.
        key_store: See `Vault`.

    Returns:
        The vault, open; the system's keyring holds its key where there is one.

    Raises:
        HistoryExists: There is a history in the folder.
        WrongCode: The code does not open the backup.
        BackupUnusable: A file is missing or damaged.
    """
    vault = Vault(folder, key_store)
    if vault.exists:
        raise HistoryExists
    key_file = keyfile.read(source / KEY_FILE)
    data_key = key_file.by_code(code)[0]
    try:
        verify(source, data_key)
        private_folder(folder)
        # As in a setup: the database gets its right name last, when `open` finds the key file already.
        vault.staged.unlink(missing_ok=True)
        _copy_file(source / DATABASE, vault.staged)
        _copy_file(source / KEY_FILE, folder / KEY_FILE)
    except (OSError, EpicrisisError) as error:
        for file in (vault.staged, folder / KEY_FILE):
            file.unlink(missing_ok=True)
        why = str(error) if isinstance(error, EpicrisisError) else "it could not be copied; is the disk full?"
        raise BackupUnusable(why=why) from None
    history = vault.open_with_code(code)
    with contextlib.suppress(HistoryError):
        vault.enrol_keyring()
    history.record("restored")
    return vault


def _copy(engine: Engine, to: Path, key: bytes) -> None:
    """Online copy, page by page, into a file that is keyed before the first page."""
    os.close(os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    target = sqlcipher.connect(str(to))
    try:
        target.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        with contextlib.closing(engine.raw_connection()) as raw:
            raw.driver_connection.backup(target)  # type: ignore[union-attr]
        target.execute("PRAGMA journal_mode = DELETE")
    finally:
        target.close()


def _copy_file(source: Path, to: Path) -> None:
    descriptor = os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with source.open("rb") as reader, os.fdopen(descriptor, "wb") as writer:
        shutil.copyfileobj(reader, writer)
        writer.flush()
        os.fsync(writer.fileno())
