"""Opening the encrypted file: keying, pragmas, and the database's errors in plain words."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import QueuePool, StaticPool

from app.errors import HistoryBusy, HistoryDamaged, HistoryDiskFull

MEMORY = ":memory:"
_BUSY_S = 5


def make_engine(path: Path | None, data_key: bytes, salt: str = "", *, to_write: bool = True) -> Engine:
    """Build the engine for a file, or for memory only.

    Args:
        path: The file; None for an ephemeral history.
        data_key: 32 bytes, given raw: no key derivation, 0.2 ms to open.
        salt: Salt of the file in hex, to read a file whose header is damaged; empty for the file's own.
        to_write: False to read a backup where it lies, be it on a disk that cannot be written.

    Returns:
        An engine whose errors hold no parameters. Nothing is opened yet.
    """
    url = URL.create("sqlite+pysqlcipher", password=f"x'{data_key.hex()}{salt}'", database=str(path or MEMORY))
    pool = {"poolclass": StaticPool} if path is None else {"poolclass": QueuePool, "pool_size": 2}
    engine = create_engine(
        url, hide_parameters=True, connect_args={"timeout": _BUSY_S, "check_same_thread": False}, **pool
    )
    event.listen(engine, "connect", _on_connect if to_write else _on_connect_to_read)
    event.listen(engine, "begin", _on_begin if to_write else _on_begin_to_read)
    return engine


_TO_READ = ("cipher_log_level = NONE", "foreign_keys = ON", "temp_store = MEMORY")
_TO_WRITE = (*_TO_READ, "journal_mode = WAL", "synchronous = FULL", "secure_delete = ON")


def _on_connect(connection: Any, _record: object, pragmas: tuple[str, ...] = _TO_WRITE) -> None:  # noqa: ANN401 - the driver's connection
    connection.isolation_level = None  # we say BEGIN ourselves: schema changes roll back too
    cursor = connection.cursor()
    for pragma in pragmas:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_connect_to_read(connection: Any, record: object) -> None:  # noqa: ANN401 - the driver's connection
    _on_connect(connection, record, _TO_READ)


def _on_begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _on_begin_to_read(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


@contextlib.contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Open a transaction; everything in it is saved, or nothing is.

    Raises:
        HistoryDiskFull: No room; rolled back.
        HistoryBusy: Another process is writing.
        HistoryDamaged: A page does not authenticate.
    """
    try:
        with engine.begin() as connection:
            yield connection
    except DatabaseError as error:
        raise translated(error) from None


def translated(error: DatabaseError | sqlcipher.DatabaseError) -> Exception:
    """Turn a database error into one of ours; one that is our bug stays what it is, without parameters."""
    words = str(error.orig if isinstance(error, DatabaseError) else error)
    if "full" in words or "disk I/O error" in words:
        return HistoryDiskFull()
    if "locked" in words or "busy" in words:
        return HistoryBusy()
    if "malformed" in words or "not a database" in words:
        return HistoryDamaged(where="a page cannot be read")
    return error


def is_wrong_key(error: Exception) -> bool:
    """Whether an error is the one of a wrong key, or of a damaged first page: they look alike."""
    return isinstance(error, DatabaseError) and "not a database" in str(error.orig)


def salt_of(engine: Engine) -> str:
    """Salt of the open file, hex; empty for memory."""
    with engine.connect() as connection:
        return str(connection.exec_driver_sql("PRAGMA cipher_salt").scalar() or "")


def check_pages(engine: Engine) -> None:
    """Authenticate every page, then check the structure.

    Raises:
        HistoryDamaged: The sentence names the first page, or says that the end is missing.
    """
    try:
        with contextlib.closing(engine.raw_connection()) as raw:
            cursor = raw.cursor()
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the check reads the file, not the log
            cursor.fetchall()
            bad = cursor.execute("PRAGMA cipher_integrity_check").fetchall()
            if bad:
                raise HistoryDamaged(where=str(bad[0][0])[:80])
            words = cursor.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except (DatabaseError, sqlcipher.DatabaseError) as error:
        raise HistoryDamaged(where="its end is missing or a page cannot be read") from error
    if words != "ok":
        raise HistoryDamaged(where="its end is missing or pages are out of place")


def copy_to_memory(engine: Engine) -> Engine:
    """Copy an open database into memory, where it can be changed without a trace."""
    memory = make_engine(None, os.urandom(32))
    with contextlib.closing(engine.raw_connection()) as source, contextlib.closing(memory.raw_connection()) as copy:
        source.driver_connection.backup(copy.driver_connection)  # type: ignore[union-attr]
    return memory


def rekey(path: Path, old: bytes, new: bytes) -> None:
    """Encrypt a closed database anew. A kill at any moment leaves it readable with exactly one of the keys."""
    engine = make_engine(path, old)
    try:
        with contextlib.closing(engine.raw_connection()) as raw:
            cursor = raw.cursor()
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.fetchall()
            cursor.execute(f"PRAGMA rekey = \"x'{new.hex()}'\"")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.fetchall()
    except sqlcipher.DatabaseError as error:
        raise translated(error) from None
    finally:
        engine.dispose()
