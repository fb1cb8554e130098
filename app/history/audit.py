"""The audit trail: append-only, chained by hashes, metadata only. Its head is kept in the key file.

A copy of the file put back from yesterday is a valid chain that is too short: the head tells.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, inspect, select

from app.errors import HistoryDamaged, HistoryRolledBack
from app.history import tables
from app.history.entry import AuditEvent
from app.history.keyfile import Head

EVENTS = frozenset(
    {
        "created", "opened", "saved", "generated", "edited", "signed", "exported", "decided", "purged", "failed unlock",
        "settings changed", "backup made", "restored", "data key changed", "recovery code changed", "keyring enrolled",
        "ephemeral session", "clock confirmed",
    }
)  # fmt: skip


def now(clock: Callable[[], float]) -> str:
    """The time as ISO 8601 in UTC, to milliseconds."""
    return datetime.fromtimestamp(clock(), UTC).isoformat(timespec="milliseconds")


def record(connection: Connection, event: str, subject: str, details: dict[str, Any], at: str) -> Head:
    """Append an event.

    Args:
        connection: In the transaction of what the event tells.
        event: One of `EVENTS`.
        subject: Id of what it is about; never a name or text.
        details: Plain metadata; never note text.
        at: The time. A clock set back shows as `clock_went_back`, and the trail keeps its order by number.

    Returns:
        The new head.
    """
    if event not in EVENTS:
        raise ValueError(event)
    last = connection.execute(select(tables.audit).order_by(tables.audit.c.number.desc()).limit(1)).first()
    number, previous = (last.number + 1, last.sha256) if last else (1, "")
    if last and at < last.at:
        details = {**details, "clock_went_back": True}
    sha256 = _hash(number, at, event, subject, details, previous)
    values = {"number": number, "at": at, "event": event, "subject": subject, "details": details}
    connection.execute(insert(tables.audit).values(**values, previous=previous, sha256=sha256))
    return Head(number, sha256)


def events(connection: Connection, after: int = 0, limit: int = 1000) -> tuple[AuditEvent, ...]:
    """Read events in order.

    Args:
        connection: Any.
        after: Only events with a larger number.
        limit: Most events.
    """
    rows = connection.execute(
        select(tables.audit).where(tables.audit.c.number > after).order_by(tables.audit.c.number).limit(limit)
    )
    return tuple(
        AuditEvent(row.number, row.at, row.event, row.subject, row.details, row.previous, row.sha256) for row in rows
    )


def check(connection: Connection, head: Head) -> int:
    """Follow the whole chain and compare it with the head in the key file.

    Returns:
        Number of events.

    Raises:
        HistoryDamaged: An event was changed or taken out.
        HistoryRolledBack: The chain is whole but ends before the head, or another chain stands here.
    """
    number, previous, at_head = 0, "", head.number == 0
    while batch := events(connection, number):
        for one in batch:
            expected = _hash(one.number, one.at, one.event, one.subject, one.details, previous)
            if (one.number, one.previous, one.sha256) != (number + 1, previous, expected):
                raise HistoryDamaged(where=f"event {number + 1} of the audit trail was changed")
            number, previous = one.number, one.sha256
            at_head = at_head or (one.number, one.sha256) == (head.number, head.sha256)
    if not at_head:
        raise HistoryRolledBack(missing=max(1, head.number - number))
    return number


def compare_head(connection: Connection, head: Head) -> None:
    """Quick form of `check` for every opening: is the head's event there?

    Raises:
        HistoryRolledBack: It is not.
    """
    if head.number == 0:
        return
    if not inspect(connection).has_table(tables.audit.name):
        raise HistoryRolledBack(missing=head.number)
    row = connection.execute(select(tables.audit.c.sha256).where(tables.audit.c.number == head.number)).first()
    if row is None or row.sha256 != head.sha256:
        last = connection.execute(
            select(tables.audit.c.number).order_by(tables.audit.c.number.desc()).limit(1)
        ).scalar()
        raise HistoryRolledBack(missing=max(1, head.number - (last or 0)))


def as_csv(trail: Sequence[AuditEvent]) -> str:
    """Write events as CSV with a heading line."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["number", "at", "event", "subject", "details", "sha256"])
    for one in trail:
        writer.writerow([one.number, one.at, one.event, one.subject, json.dumps(one.details), one.sha256])
    return out.getvalue()


def _hash(number: int, at: str, event: str, subject: str, details: dict[str, Any], previous: str) -> str:
    plain = json.dumps([number, at, event, subject, details, previous], sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()
