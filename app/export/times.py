"""Points in time as a letter shows them: by the clock of this machine, with its distance from UTC."""

from __future__ import annotations

import datetime

from app.drafts.labels import Language, day


def local(at: str) -> datetime.datetime:
    """Read an ISO 8601 time, in UTC where it names no zone, and turn it to this machine's zone if it is in UTC.

    Raises:
        ValueError: It is no such time.
    """
    moment = datetime.datetime.fromisoformat(at)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
    return moment if moment.utcoffset() else moment.astimezone()


def said(at: str, language: Language) -> str:
    """Write an ISO 8601 time for people, to the minute: "24 November 2026 18:00 UTC+08:00"; a bare day as it is."""
    if len(at) <= len("2026-11-24T10:0"):
        return at
    moment = local(at)
    offset = moment.strftime("%z")
    zone = f"UTC{offset[:3]}:{offset[3:5]}" if moment.utcoffset() else "UTC"
    return f"{day(moment.date().isoformat(), language)} {moment:%H:%M} {zone}"
