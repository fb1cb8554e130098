"""Retention: what policy says is too old, or the doctor asks to remove, loses its text and keeps its trace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, func, select, update

from app.errors import ClockAhead, ClockBehind, NoSuchEntry, NotAllowed
from app.history import backup, clock, search, tables
from app.history.store import History
from app.history.vault import Vault

_LONGEST_DAYS = 36_500  # beyond it the calendar ends; nothing in a history is that old


@dataclass(frozen=True, slots=True)
class Swept:
    """What retention did when a history was opened.

    Attributes:
        purged: Ids of the cases that lost their content.
        copies: Number of old copies in `before-migration` that were removed.
        doubt: Why the clock is not believed; where it is ahead, nothing was removed.
    """

    purged: tuple[str, ...] = ()
    copies: int = 0
    doubt: ClockAhead | ClockBehind | None = None


@dataclass(frozen=True, slots=True)
class Removal:
    """What a removal would take, in figures: no name, no text.

    Attributes:
        cases: Ids of the cases that still have content.
        documents, drafts, signed: How much is in them.
        first, last: Days on which the oldest and the newest were made; empty without cases.
    """

    cases: tuple[str, ...]
    documents: int
    drafts: int
    signed: int
    first: str
    last: str


def sweep(vault: Vault, days: int) -> Swept:
    """Do what policy wants at an opening, unless the clock may be wrong.

    Args:
        vault: With an open history.
        days: Age in days at which cases lose their content; 0 for never.
    """
    history = vault.history
    if history is None or history.rolled_back is not None or days < 1:
        return Swept()
    now = history._clock()
    reading, due = _look(history, days, now)
    doubt = reading.doubt(len(due))
    if reading.is_ahead:
        return Swept(doubt=doubt)
    _purge(history, due)
    return Swept(due, remove_copies(vault, history, days, now), doubt)


def remove_copies(vault: Vault, history: History, days: int, clock_now: float) -> int:
    """Remove the copies in `before-migration` that are older than what retention keeps, unless the clock is ahead.

    Args:
        vault: Whose copies.
        history: Its open history.
        days: Age in days.
        clock_now: Seconds since 1970.

    Returns:
        How many are gone.
    """
    if not backup.copies(vault.folder):
        return 0
    with history.engine.connect() as connection:
        if clock.read(connection, days).is_ahead:
            return 0
    copies = backup.remove_old_copies(vault.folder, days, clock_now)
    if copies:
        history.record("purged", "", {"reason": "retention", "copies": copies})
    return copies


def doubted(history: History, days: int, clock_now: float) -> ClockAhead | ClockBehind | None:
    """Why the clock is not to be believed, if a removal by age depends on it.

    Args:
        history: The open history.
        days: Age in days.
        clock_now: Seconds since 1970.
    """
    reading, due = _look(history, days, clock_now)
    return reading.doubt(len(due))


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
    """Purge every case made before a number of days. The clock is taken at its word: see `doubted`.

    Args:
        history: The open history.
        days: Age in days.
        clock_now: Seconds since 1970.

    Returns:
        Ids of the purged cases.

    Raises:
        NotAllowed: Less than a day: a slip of the keyboard must not empty the history.
    """
    old = older_than(history, days, clock_now)
    _purge(history, old)
    return old


def older_than(history: History, days: int, clock_now: float) -> tuple[str, ...]:
    """Ids of the cases with content that were made before a number of days; for the rest see `purge_older_than`."""
    if days < 1:
        raise NotAllowed(why="Retention keeps at least one day.")
    return _look(history, days, clock_now)[1]


def removal(history: History, cases: tuple[str, ...]) -> Removal:
    """Count what a removal would take.

    Args:
        history: The open history.
        cases: Ids of the cases.

    Raises:
        NoSuchEntry: There is no such case.
    """
    case, document, draft, version = tables.case, tables.document, tables.draft, tables.version
    made: dict[str, str] = {}
    documents = drafts = signed = 0
    with history.engine.connect() as connection:
        for identity in cases:
            row = connection.execute(select(case.c.created, case.c.purged).where(case.c.id == identity)).first()
            if row is None:
                raise NoSuchEntry(what="case")
            if row.purged is None:
                made[identity] = row.created[:10]
                documents += connection.scalar(select(func.count()).where(document.c.case_id == identity)) or 0
                drafts += connection.scalar(select(func.count()).where(draft.c.case_id == identity)) or 0
                is_signed = (draft.c.case_id == identity, version.c.draft_id == draft.c.id, version.c.kind == "signed")
                signed += connection.scalar(select(func.count(draft.c.id.distinct())).where(*is_signed)) or 0
    days = sorted(made.values()) or [""]
    return Removal(tuple(made), documents, drafts, signed, days[0], days[-1])


def _look(history: History, days: int, clock_now: float) -> tuple[clock.Reading, tuple[str, ...]]:
    """What the trail says of the clock, and the cases that are older than a number of days."""
    limit = datetime.fromtimestamp(clock_now, UTC) - timedelta(days=min(days, _LONGEST_DAYS))
    kept = select(tables.case.c.id).where(tables.case.c.purged.is_(None)).order_by(tables.case.c.created)
    with history.engine.connect() as connection:
        reading = clock.read(connection, days)
        made = [(case, reading.made.get(case)) for case in connection.execute(kept).scalars()]
    return reading, tuple(case for case, since in made if since is not None and since < limit)


def _purge(history: History, cases: tuple[str, ...]) -> None:
    with history._change() as (connection, at):
        for case in cases:
            _empty(connection, case, at)
            history._record(connection, "purged", case, {"reason": "retention"}, at)
        search.forget(connection)


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
