"""Retention: what policy says is too old, or the doctor asks to remove, loses its text and keeps its trace."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from app.errors import NoSuchEntry, NotAllowed
from app.history import search, tables
from app.history.store import History

_LONGEST_DAYS = 36_500  # beyond it the calendar ends; nothing in a history is that old


def purge_case(history: History, case: str, reason: str) -> None:
    """Remove the content of a case: texts, names, versions' bodies, findings, index. Hashes and times stay.

    Args:
        history: The open history.
        case: Id of the case.
        reason: `asked` or `retention`; goes into the trail.

    Raises:
        NoSuchEntry: There is no such case.
    """
    with history._change() as (connection, at):
        if connection.execute(select(tables.case.c.id).where(tables.case.c.id == case)).first() is None:
            raise NoSuchEntry(what="case")
        _empty(connection, case, at)
        search.forget(connection)
        history._record(connection, "purged", case, {"reason": reason}, at)


def purge_older_than(history: History, days: int, clock_now: float) -> tuple[str, ...]:
    """Purge every case made before a number of days.

    Args:
        history: The open history.
        days: Age in days.
        clock_now: Seconds since 1970.

    Returns:
        Ids of the purged cases.

    Raises:
        NotAllowed: Less than a day: a slip of the keyboard must not empty the history.
    """
    if days < 1:
        raise NotAllowed(why="Retention keeps at least one day.")
    days = min(days, _LONGEST_DAYS)
    limit = (datetime.fromtimestamp(clock_now, UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")
    with history.engine.connect() as connection:
        statement = select(tables.case.c.id).where(tables.case.c.created < limit, tables.case.c.purged.is_(None))
        old = tuple(connection.execute(statement).scalars())
    with history._change() as (connection, at):
        for case in old:
            _empty(connection, case, at)
            history._record(connection, "purged", case, {"reason": "retention"}, at)
        search.forget(connection)
    return old


def _empty(connection: Connection, case: str, at: str) -> None:
    document, draft, version = tables.document, tables.draft, tables.version
    documents = connection.execute(select(document.c.id).where(document.c.case_id == case)).scalars().all()
    drafts = connection.execute(select(draft.c.id).where(draft.c.case_id == case)).scalars().all()
    for source in (case, *documents, *drafts):
        search.remove(connection, source)
    connection.execute(update(document).where(document.c.case_id == case).values(text="", name=""))
    versions = select(version.c.id).where(version.c.draft_id.in_(drafts))
    connection.execute(delete(tables.work).where(tables.work.c.draft_id.in_(drafts)))
    connection.execute(delete(tables.finding).where(tables.finding.c.version_id.in_(versions)))
    connection.execute(update(version).where(version.c.draft_id.in_(drafts)).values(body=None, purged=at))
    connection.execute(update(tables.case).where(tables.case.c.id == case).values(title="", patient="", purged=at))
