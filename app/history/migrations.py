"""The schema, step by step: an ordered list that is only ever added to. `PRAGMA user_version` counts."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from app.errors import HistoryTooNew

_FIRST = """
CREATE TABLE case_ (id VARCHAR(32) NOT NULL, title TEXT NOT NULL, patient TEXT NOT NULL, created VARCHAR(32) NOT NULL,
    purged VARCHAR(32), PRIMARY KEY (id));
CREATE TABLE document (id VARCHAR(32) NOT NULL, case_id VARCHAR(32) NOT NULL, position INTEGER NOT NULL,
    name TEXT NOT NULL, kind TEXT NOT NULL, date VARCHAR(10) NOT NULL, text TEXT NOT NULL, sha256 VARCHAR(64) NOT NULL,
    PRIMARY KEY (id), UNIQUE (case_id, position), FOREIGN KEY(case_id) REFERENCES case_ (id));
CREATE TABLE draft (id VARCHAR(32) NOT NULL, case_id VARCHAR(32) NOT NULL, task TEXT NOT NULL,
    created VARCHAR(32) NOT NULL, PRIMARY KEY (id), FOREIGN KEY(case_id) REFERENCES case_ (id));
CREATE INDEX draft_case ON draft (case_id);
CREATE TABLE version (id VARCHAR(32) NOT NULL, draft_id VARCHAR(32) NOT NULL, number INTEGER NOT NULL,
    kind VARCHAR(8) NOT NULL, author TEXT NOT NULL, at VARCHAR(32) NOT NULL, body JSON,
    previous_sha256 VARCHAR(64) NOT NULL, sha256 VARCHAR(64) NOT NULL, purged VARCHAR(32),
    PRIMARY KEY (id), UNIQUE (draft_id, number), FOREIGN KEY(draft_id) REFERENCES draft (id));
CREATE TABLE finding (id VARCHAR(32) NOT NULL, version_id VARCHAR(32) NOT NULL, kind TEXT NOT NULL,
    severity VARCHAR(8) NOT NULL, blocking BOOLEAN NOT NULL, message TEXT NOT NULL, decision VARCHAR(16) NOT NULL,
    decided_by TEXT NOT NULL, decided_at VARCHAR(32) NOT NULL, PRIMARY KEY (id),
    FOREIGN KEY(version_id) REFERENCES version (id));
CREATE INDEX finding_version ON finding (version_id);
CREATE TABLE export (id VARCHAR(32) NOT NULL, version_id VARCHAR(32) NOT NULL, format VARCHAR(16) NOT NULL,
    at VARCHAR(32) NOT NULL, by TEXT NOT NULL, sha256 VARCHAR(64) NOT NULL, PRIMARY KEY (id),
    FOREIGN KEY(version_id) REFERENCES version (id));
CREATE TABLE audit (number INTEGER NOT NULL, at VARCHAR(32) NOT NULL, event VARCHAR(32) NOT NULL,
    subject VARCHAR(64) NOT NULL, details JSON NOT NULL, previous VARCHAR(64) NOT NULL, sha256 VARCHAR(64) NOT NULL,
    PRIMARY KEY (number));
CREATE TABLE searchable (id INTEGER NOT NULL, case_id VARCHAR(32) NOT NULL, source VARCHAR(32) NOT NULL,
    kind TEXT NOT NULL, date VARCHAR(10) NOT NULL, signed BOOLEAN NOT NULL, PRIMARY KEY (id),
    FOREIGN KEY(case_id) REFERENCES case_ (id), UNIQUE (source));
CREATE INDEX searchable_case ON searchable (case_id);
CREATE VIRTUAL TABLE words USING fts5(text, content='', contentless_delete=1,
    tokenize='unicode61 remove_diacritics 2')
"""
# Append-only is kept by the database itself: only retention may empty a version, and it must say when.
_TRIGGERS = (
    "CREATE TRIGGER audit_is_frozen BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'append only'); END",
    "CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'append only'); END",
    "CREATE TRIGGER version_is_kept BEFORE DELETE ON version BEGIN SELECT RAISE(ABORT, 'append only'); END",
    "CREATE TRIGGER version_is_frozen BEFORE UPDATE ON version WHEN NEW.purged IS NULL OR NEW.body IS NOT NULL"
    " OR NEW.id != OLD.id OR NEW.draft_id != OLD.draft_id OR NEW.number != OLD.number OR NEW.kind != OLD.kind"
    " OR NEW.author != OLD.author OR NEW.at != OLD.at OR NEW.sha256 != OLD.sha256"
    " OR NEW.previous_sha256 != OLD.previous_sha256 BEGIN SELECT RAISE(ABORT, 'append only'); END",
)


def _first(connection: Connection) -> None:
    for statement in (*_FIRST.split(";"), *_TRIGGERS):
        connection.exec_driver_sql(statement)


def _work(connection: Connection) -> None:
    connection.exec_driver_sql(
        "CREATE TABLE work (draft_id VARCHAR(32) NOT NULL, body JSON NOT NULL, at VARCHAR(32) NOT NULL,"
        " PRIMARY KEY (draft_id), FOREIGN KEY(draft_id) REFERENCES draft (id))"
    )


MIGRATIONS: tuple[Callable[[Connection], None], ...] = (_first, _work)


def current(connection: Connection) -> int:
    """Schema version of the open file; 0 for an empty one."""
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def is_old(connection: Connection) -> bool:
    """Whether the open file lacks steps.

    Raises:
        HistoryTooNew: The file comes from a later version of the program.
    """
    there = current(connection)
    if there > len(MIGRATIONS):
        raise HistoryTooNew
    return there < len(MIGRATIONS)


def migrate(connection: Connection, before: Callable[[], None]) -> None:
    """Bring the open file to the newest schema, in one transaction.

    Args:
        connection: In a transaction.
        before: Called once if a file that holds data is about to change: makes a backup.

    Raises:
        HistoryTooNew: The file comes from a later version of the program.
    """
    there = current(connection)
    if is_old(connection) and there > 0:
        before()
    for number, step in enumerate(MIGRATIONS[there:], there + 1):
        step(connection)
        connection.exec_driver_sql(f"PRAGMA user_version = {number}")
